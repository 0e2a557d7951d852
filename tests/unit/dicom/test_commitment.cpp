#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dctk.h>
#include <doctest/doctest.h>

#include <random>

#include "dicom/commitment.hpp"

using namespace calcinode;
using namespace calcinode::dicom;

namespace {

using Bytes = std::vector<std::byte>;

Bytes written(DcmDataset& dataset, E_TransferSyntax syntax) {
    Bytes bytes(1 << 16);
    DcmOutputBufferStream stream(bytes.data(), static_cast<offile_off_t>(bytes.size()));
    dataset.transferInit();
    REQUIRE(dataset.write(stream, syntax, EET_UndefinedLength, nullptr).good());
    dataset.transferEnd();
    void* used = nullptr;
    offile_off_t size = 0;
    stream.flushBuffer(used, size);
    bytes.resize(static_cast<std::size_t>(size));
    return bytes;
}

void add(DcmDataset& report, const DcmTagKey& sequence, const char* sop_class, const char* instance,
         int reason = -1) {
    DcmItem* item = nullptr;
    REQUIRE(report.findOrCreateSequenceItem(sequence, item, -2).good());
    item->putAndInsertString(DCM_ReferencedSOPClassUID, sop_class);
    item->putAndInsertString(DCM_ReferencedSOPInstanceUID, instance);
    if (reason >= 0) item->putAndInsertUint16(DCM_FailureReason, static_cast<Uint16>(reason));
}

DcmDataset mixed_report() {
    DcmDataset report;
    report.putAndInsertString(DCM_TransactionUID, "2.25.7");
    add(report, DCM_ReferencedSOPSequence, "1.2.3", "1.2.3.1");
    add(report, DCM_ReferencedSOPSequence, "1.2.3", "not a UID");
    add(report, DCM_FailedSOPSequence, "1.2.3", "1.2.3.2", 0x0112);
    add(report, DCM_FailedSOPSequence, "1.2.3", "1.2.3.3");
    return report;
}

}  // namespace

TEST_CASE("a report names what is committed and what is not, in every uncompressed transfer syntax") {
    for (const auto& [syntax, uid] :
         {std::pair{EXS_LittleEndianImplicit, UID_LittleEndianImplicitTransferSyntax},
          {EXS_LittleEndianExplicit, UID_LittleEndianExplicitTransferSyntax},
          {EXS_BigEndianExplicit, UID_BigEndianExplicitTransferSyntax}}) {
        CAPTURE(uid);
        auto dataset = mixed_report();
        const auto report = parse_commitment_report(written(dataset, syntax), uid);
        REQUIRE(report);
        CHECK(report->transaction_uid == "2.25.7");
        CHECK(report->committed == std::vector<InstanceReference>{{"1.2.3", "1.2.3.1"}});
        CHECK(report->failed ==
              std::vector<FailedReference>{{{"1.2.3", "1.2.3.2"}, 0x0112}, {{"1.2.3", "1.2.3.3"}, 0}});
    }
}

TEST_CASE("a request holds the transaction and each instance") {
    DcmDataset request;
    write_commitment_request("2.25.7", {{"1.2.3", "1.2.3.1"}, {"1.2.4", "1.2.4.1"}}, request);
    // A request and a report that all is committed differ in nothing but the command around them.
    const auto bytes = written(request, EXS_LittleEndianExplicit);
    const auto back = parse_commitment_report(bytes, UID_LittleEndianExplicitTransferSyntax);
    REQUIRE(back);
    CHECK(back->transaction_uid == "2.25.7");
    CHECK(back->committed.size() == 2);
}

TEST_CASE("what is no report is an error, never a crash") {
    const auto* const syntax = UID_LittleEndianExplicitTransferSyntax;
    CHECK_FALSE(parse_commitment_report({}, syntax));
    CHECK_FALSE(parse_commitment_report(Bytes(longest_commitment_report + 1), syntax));
    DcmDataset nameless;
    add(nameless, DCM_ReferencedSOPSequence, "1.2.3", "1.2.3.1");
    CHECK_FALSE(parse_commitment_report(written(nameless, EXS_LittleEndianExplicit), syntax));

    auto dataset = mixed_report();
    const auto whole = written(dataset, EXS_LittleEndianExplicit);
    std::mt19937 random(1);  // always the same nonsense
    for (std::size_t length = 0; length < whole.size(); ++length) {
        Bytes damaged(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        parse_commitment_report(damaged, syntax);
        damaged = whole;
        damaged[random() % damaged.size()] = static_cast<std::byte>(random());
        parse_commitment_report(damaged, syntax);
    }
}
