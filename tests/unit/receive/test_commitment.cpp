// Reports of storage commitment on an association that the keeper of images opens, sent by DCMTK's SCU.
#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmnet/scu.h>
#include <doctest/doctest.h>

#include <mutex>

#include "node.hpp"

using namespace calcinode;

namespace {

struct Received {
    std::mutex mutex;
    std::vector<dicom::CommitmentReport> reports;
};

// A server that takes in nothing but reports.
std::unique_ptr<receive::Server> server_into(Received& received) {
    spdlog::default_logger();  // made before the threads: see test::Node
    receive::InstanceSink sink;
    sink.on_commitment = [&](const dicom::CommitmentReport& report) -> std::uint16_t {
        const std::scoped_lock lock(received.mutex);
        if (report.transaction_uid == "2.25.13") throw std::runtime_error("the disk is full");
        received.reports.push_back(report);
        return 0;
    };
    return receive::Server::start(test::Node::options(), sink).value();
}

class Keeper : public DcmSCU {
  public:
    // Proposes `role`, and expects to be taken for the SCP unless it says nothing of roles.
    Keeper(std::uint16_t port, T_ASC_SC_ROLE role)
        : role_(role == ASC_SC_ROLE_DEFAULT ? ASC_SC_ROLE_DEFAULT : ASC_SC_ROLE_SCP) {
        OFList<OFString> syntaxes;
        syntaxes.push_back(UID_LittleEndianExplicitTransferSyntax);
        syntaxes.push_back(UID_LittleEndianImplicitTransferSyntax);
        setAETitle("PACS");
        setPeerAETitle("CALCINODE");
        setPeerHostName("127.0.0.1");
        setPeerPort(port);
        addPresentationContext(dicom::commitment_class, syntaxes, role);
        REQUIRE(initNetwork().good());
        REQUIRE(negotiateAssociation().good());
    }
    // The status of the answer; -1: there was none.
    int report(const std::string& transaction_uid, Uint16 event_type = 1,
               const char* instance = dicom::commitment_instance) {
        DcmDataset dataset;
        dicom::write_commitment_request(transaction_uid, {{"1.2.3", "1.2.3.1"}}, dataset);
        Uint16 status = 0;
        const auto id =
            findPresentationContextID(dicom::commitment_class, UID_LittleEndianExplicitTransferSyntax, role_);
        REQUIRE(id != 0);
        return sendEVENTREPORTRequest(id, instance, event_type, &dataset, status).good() ? status : -1;
    }

  private:
    T_ASC_SC_ROLE role_;
};

}  // namespace

TEST_CASE(
    "a report is taken in from a peer that proposes to be SCP, and from one that says nothing of roles") {
    for (const auto role : {ASC_SC_ROLE_SCP, ASC_SC_ROLE_SCUSCP, ASC_SC_ROLE_DEFAULT}) {
        CAPTURE(static_cast<int>(role));
        Received received;
        const auto server = server_into(received);
        Keeper keeper(server->port(), role);
        CHECK(keeper.report("2.25.7") == 0);
        CHECK(keeper.report("2.25.8", 2) == 0);
        CHECK(keeper.releaseAssociation().good());
        const std::scoped_lock lock(received.mutex);
        REQUIRE(received.reports.size() == 2);
        CHECK(received.reports[0].transaction_uid == "2.25.7");
        CHECK(received.reports[0].committed.size() == 1);
    }
}

TEST_CASE("what is wrong with a report is said in its answer, and the association goes on") {
    Received received;
    const auto server = server_into(received);
    Keeper keeper(server->port(), ASC_SC_ROLE_SCP);
    CHECK(keeper.report("2.25.13") == 0x0110);
    CHECK(keeper.report("2.25.7", 3) == 0x0113);
    CHECK(keeper.report("2.25.7", 1, "1.2.3.4") == 0x0112);
    CHECK(keeper.report("not a UID") == 0x0115);
    CHECK(keeper.report("2.25.7") == 0);
}

TEST_CASE("a node that asks for no commitments knows no transaction") {
    const test::Node node;
    Keeper keeper(node.server->port(), ASC_SC_ROLE_SCP);
    CHECK(keeper.report("2.25.7") == 0x0115);
}
