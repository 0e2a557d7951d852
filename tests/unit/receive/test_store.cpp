#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <tuple>

#include "dicom/own_objects.hpp"
#include "receive/node.hpp"
#include "spool/part10.hpp"
#include "support/raw_peer.hpp"

using namespace calcinode;
using namespace calcinode::test;
namespace fs = std::filesystem;

namespace {

CtFile slice(int number) {
    CtFile ct;
    ct.instance = "1.2.3." + std::to_string(number);
    return ct;
}

constexpr int success = 0, out_of_resources = 0xa700, class_mismatch = 0xa900, cannot_understand = 0xc000,
              coercion_warning = 0xb000;

}  // namespace

TEST_CASE("a verification request is answered") {
    const Node node;
    CHECK(run(node.words("echoscu", {})).code == 0);
}

TEST_CASE("an acknowledged instance is in the spool, byte for byte, and has its row") {
    Node node;
    const auto content = ct_file({});
    const auto sent = node.send({write_file(node.folder / "a.dcm", content)});
    CHECK(sent.output.find("Received Store Response (Success)") != std::string::npos);

    const auto row = node.database->find_instance("1.2.3.1");
    REQUIRE(row);
    CHECK(row->study_uid == "1.2");
    CHECK(row->series_uid == "1.2.3");
    CHECK(row->modality == "CT");
    CHECK(row->calling_ae == "STORESCU");
    CHECK(dataset_of(read_file(node.spool->file_of(*row))) == dataset_of(content));
    CHECK(node.half_written() == 0);
}

TEST_CASE("the same instance again is a success and changes nothing") {
    Node node;
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate() == 2);
    CHECK(peer.store("1.2.3.1", ct_dataset(slice(1))) == success);
    const auto before = node.database->find_study("1.2");
    CHECK(peer.store("1.2.3.1", ct_dataset(slice(1))) == success);
    const auto after = node.database->find_study("1.2");
    CHECK(after->last_received == before->last_received);
    CHECK(after->instances == 1);
    CHECK(after->conflicts == 0);
}

TEST_CASE("other bytes under the same UID keep the first, warn the sender and are counted") {
    Node node;
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate() == 2);
    auto other = slice(1);
    other.fill = '\x20';
    CHECK(peer.store("1.2.3.1", ct_dataset(slice(1))) == success);
    CHECK(peer.store("1.2.3.1", ct_dataset(other)) == coercion_warning);
    CHECK(node.database->find_study("1.2")->conflicts == 1);
    const auto row = node.database->find_instance("1.2.3.1");
    CHECK(dataset_of(read_file(node.spool->file_of(*row))) == ct_dataset(slice(1)));
}

TEST_CASE("an association aborted within an instance leaves the whole ones and nothing half") {
    Node node;
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate() == 2);
    CHECK(peer.store("1.2.3.1", ct_dataset(slice(1))) == success);
    peer.begin_store("1.2.3.2");
    peer.send(p_data(1, 0, ct_dataset(slice(2)).substr(0, 300)));
    peer.send(pdu(7, std::string(4, '\0')));
    peer.hang_up();
    node.server->stop(10);
    CHECK(node.database->find_instance("1.2.3.1"));
    CHECK_FALSE(node.database->find_instance("1.2.3.2"));
    CHECK(node.half_written() == 0);
}

TEST_CASE("a truncated dataset is refused as not understood, and the association goes on") {
    Node node;
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate() == 2);
    const auto whole = ct_dataset(slice(1));
    CHECK(peer.store("1.2.3.1", whole.substr(0, whole.size() - 100)) == cannot_understand);
    CHECK(node.half_written() == 0);
    CHECK_FALSE(node.database->find_study("1.2"));
    CHECK(peer.store("1.2.3.1", whole) == success);
}

TEST_CASE("what is not a dataset is refused as not understood") {
    Node node;
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate() == 2);
    CHECK(peer.store("1.2.3.1", std::string(4096, 'x')) == cannot_understand);
    CHECK(peer.store("1.2.3.1", "") == cannot_understand);
    CHECK(peer.store("1.2.3.1", std::string(4096, '\0')) == cannot_understand);
    CHECK(node.half_written() == 0);
}

TEST_CASE("an object that is not what was announced is refused") {
    Node node;
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate() == 2);
    CHECK(peer.store("1.2.3.2", ct_dataset(slice(1))) == class_mismatch);  // another instance
    auto mr = slice(1);
    mr.sop_class = "1.2.840.10008.5.1.4.1.1.4";
    CHECK(peer.store("1.2.3.1", ct_dataset(mr)) == class_mismatch);  // another class in the dataset
    peer.send(p_data(1, 3, store_command("1.2.3.1", mr.sop_class)));
    peer.send(p_data(1, 2, ct_dataset(mr)));
    CHECK(peer.status() == class_mismatch);  // another class than the presentation context's
    CHECK(node.database->studies().empty());
}

TEST_CASE("what this software made is acknowledged and dropped") {
    Node node;
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate() == 2);
    auto own = slice(1);
    own.manufacturer = our_manufacturer;
    own.model = our_model;
    CHECK(peer.store("1.2.3.1", ct_dataset(own)) == success);
    CHECK(node.database->studies().empty());
    CHECK(node.half_written() == 0);
}

TEST_CASE("without room on the disk an instance is refused for now") {
    Node node(Node::options(), std::uintmax_t{1} << 60);
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate() == 2);
    CHECK(peer.store("1.2.3.1", ct_dataset(slice(1))) == out_of_resources);
    CHECK(peer.store("1.2.3.2", ct_dataset(slice(2))) == out_of_resources);
}

TEST_CASE("a write that fails within an instance is answered, and the association goes on") {
    Node node;
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate() == 2);
    // A file size limit fails a write as a full disk does, in the middle of the file.
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    auto large = slice(1);
    large.side = 512;
    const rlimit small{256 * 1024, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    CHECK(peer.store("1.2.3.1", ct_dataset(large)) == out_of_resources);
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, ignored);
    CHECK(node.half_written() == 0);
    CHECK(peer.store("1.2.3.2", ct_dataset(slice(2))) == success);
}

TEST_CASE("an object larger than allowed is refused, one far larger ends the association") {
    auto options = Node::options();
    options.limits.max_object_bytes = 1000;
    Node node(options);
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate() == 2);
    CHECK(peer.store("1.2.3.1", std::string(2000, 'x')) == cannot_understand);
    CHECK(node.half_written() == 0);
    peer.begin_store("1.2.3.2");
    for (int i = 0; i < 10; ++i) peer.send(p_data(1, 0, std::string(1000, 'x')));
    CHECK(peer.receive().substr(0, 1) == "\7");  // A-ABORT
    CHECK(node.half_written() == 0);
}

TEST_CASE("a real slice in each accepted encoding arrives byte for byte, by dcmtk's sender too") {
    const char* const data = std::getenv("CALCINODE_CT");
    if (!data) {
        MESSAGE("SKIPPED: CALCINODE_CT names no folder with CT data");
        return;
    }
    const auto folder = fs::path(data) / "encodings/ge-mister-ct";
    // storescu's option that proposes the transfer syntax, the transfer syntax, the file.
    const std::tuple<std::string, std::string, std::string> encodings[] = {
        {"-xe", "1.2.840.10008.1.2.1", "LittleEndianExplicit"},
        {"-xi", "1.2.840.10008.1.2", "LittleEndianImplicit"},
        {"-xb", "1.2.840.10008.1.2.2", "BigEndianExplicit"},
        {"-xd", "1.2.840.10008.1.2.1.99", "DeflatedExplicitVRLittleEndian"},
        {"-xs", "1.2.840.10008.1.2.4.70", "JPEGProcess14SV1"},
        {"", "1.2.840.10008.1.2.4.57", "JPEGProcess14"},
        {"-xt", "1.2.840.10008.1.2.4.80", "JPEGLSLossless"},
        {"-xu", "1.2.840.10008.1.2.4.81", "JPEGLSLossy"},
        {"-xr", "1.2.840.10008.1.2.5", "RLELossless"},
        {"-xv", "1.2.840.10008.1.2.4.90", "JPEG2000LosslessOnly"},
        {"-xw", "1.2.840.10008.1.2.4.91", "JPEG2000"},
    };
    for (const auto& [option, uid, name] : encodings) {
        CAPTURE(name);
        const auto file = folder / ("CTImage.dcm_" + name + "TransferSyntax_" + uid + ".dcm");
        const auto dataset = dataset_of(read_file(file));
        const auto instance = spool::read_part10(file)->identity.sop_instance_uid;
        Node node;
        RawPeer peer(node.server->port());
        REQUIRE(peer.associate({{ct_image_storage, {uid}}}) == 2);
        CHECK(peer.store(instance, dataset) == success);
        const auto row = node.database->find_instance(instance);
        REQUIRE(row);
        CHECK(row->transfer_syntax_uid == uid);
        CHECK(dataset_of(read_file(node.spool->file_of(*row))) == dataset);
        if (option.empty()) continue;
        Node other;
        const auto sent = other.send({option, file.string()});
        CHECK(sent.output.find("Received Store Response (Success)") != std::string::npos);
        REQUIRE(other.database->find_instance(instance));
        CHECK(other.database->find_instance(instance)->transfer_syntax_uid == uid);
    }
}

TEST_CASE("four senders at once lose nothing") {
    Node node;
    std::vector<std::unique_ptr<Program>> senders;  // each with 25 files
    for (int sender = 0; sender < 4; ++sender) {
        std::vector<std::string> files;
        for (int i = 0; i < 25; ++i) {
            const int number = sender * 25 + i + 1;
            files.push_back(
                write_file(node.folder / (std::to_string(number) + ".dcm"), ct_file(slice(number))).string());
        }
        senders.push_back(std::make_unique<Program>(node.words("storescu", files)));
    }
    for (auto& sender : senders) CHECK(sender->wait().code == 0);
    CHECK(node.database->find_study("1.2")->instances == 100);
}

TEST_CASE("several associations that bring the same instance at once store it once") {
    Node node;
    std::vector<std::unique_ptr<RawPeer>> peers;
    for (int i = 0; i < 8; ++i) {
        peers.push_back(std::make_unique<RawPeer>(node.server->port()));
        REQUIRE(peers.back()->associate() == 2);
        peers.back()->begin_store("1.2.3.1");
    }
    for (auto& peer : peers) peer->send(p_data(1, 2, ct_dataset(slice(1))));
    for (auto& peer : peers) CHECK(peer->status() == success);
    CHECK(node.database->find_study("1.2")->instances == 1);
    CHECK(node.half_written() == 0);
}
