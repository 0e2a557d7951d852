#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "deliver/dicom_peer.hpp"
#include "pacs.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::deliver;
using test::Pacs;

namespace {

Destination at(std::uint16_t port, bool storage_commitment = false) {
    return {.name = "TEST",
            .host = "127.0.0.1",
            .port = port,
            .called_ae = "PACS",
            .calling_ae = "CALCINODE",
            .timeout_s = 2,
            .storage_commitment = storage_commitment};
}

const std::vector<FileToSend> missing_files = {{test::ct_image_storage, "1.2.3", "/no/such/file"},
                                               {test::ct_image_storage, "1.2.4", "/no/such/file"}};

struct Reported {
    std::vector<dicom::CommitmentReport> reports;
    OnReport into() {
        return [this](const dicom::CommitmentReport& report) {
            reports.push_back(report);
            return std::uint16_t{0};
        };
    }
};

// Small CT images to send.
struct Files {
    test::TempFolder folder;
    std::vector<FileToSend> list(int count) const {
        std::vector<FileToSend> files;
        for (int i = 1; i <= count; ++i) {
            const test::CtFile ct{.instance = "1.2.3." + std::to_string(i)};
            files.push_back({ct.sop_class, ct.instance,
                             test::write_file(folder / (ct.instance + ".dcm"), test::ct_file(ct))});
        }
        return files;
    }
};

int arrived(const Sent& sent) {
    return static_cast<int>(std::ranges::count(sent.outcomes, SendState::arrived, &SendOutcome::state));
}

}  // namespace

TEST_CASE("nobody listening is trouble that may pass, and no file's fault") {
    const test::FreePort nobody;
    Reported reported;
    DicomPeer peer(at(nobody.port), reported.into());
    const auto sent = peer.store(missing_files);
    CHECK(sent.outcomes.empty());
    REQUIRE(sent.trouble);
    CHECK(sent.trouble->kind == Trouble::Kind::unreachable);
    CHECK(sent.trouble->what.find("127.0.0.1") != std::string::npos);
    CHECK(peer.ask_commitment("2.25.1", {{"1.2", "1.2.3"}})->kind == Trouble::Kind::unreachable);
}

TEST_CASE("a peer that accepts the connection and says nothing is given up after the time-out") {
    const test::FreePort silent;
    REQUIRE(::listen(silent.socket.get(), 1) == 0);
    Reported reported;
    DicomPeer peer(at(silent.port), reported.into());
    const auto start = std::chrono::steady_clock::now();
    const auto sent = peer.store(missing_files);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
    REQUIRE(sent.trouble);
    CHECK(sent.trouble->kind == Trouble::Kind::unreachable);
}

TEST_CASE("many objects, one after another and at different times, go over one association") {
    const Pacs pacs({});
    const Files files;
    Reported reported;
    {
        DicomPeer peer(at(pacs.port()), reported.into());
        CHECK(arrived(peer.store(files.list(3))) == 3);
        peer.attend();
        CHECK(arrived(peer.store(files.list(2))) == 2);
    }
    CHECK(pacs.stored() == 5);
    CHECK(pacs.associations() == 1);
}

TEST_CASE("a file that cannot be read is refused, and the others are sent") {
    const Pacs pacs({});
    const Files files;
    auto list = files.list(2);
    list.insert(list.begin(), missing_files[0]);
    Reported reported;
    DicomPeer peer(at(pacs.port()), reported.into());
    const auto sent = peer.store(list);
    REQUIRE(sent.outcomes.size() == 3);
    CHECK(sent.outcomes[0].state == SendState::permanent_failure);
    CHECK(arrived(sent) == 2);
    CHECK_FALSE(sent.trouble);
}

TEST_CASE("only a file that is gone, or is no DICOM file, is refused; what the machine lacks passes") {
    const Pacs pacs({});
    const Files files;
    const test::TempFolder folder;
    Reported reported;
    DicomPeer peer(at(pacs.port()), reported.into());
    const auto state_of = [&](const std::filesystem::path& file) {
        return peer.store({{test::ct_image_storage, "1.2.3", file}}).outcomes.at(0).state;
    };
    std::ofstream(folder / "text.dcm") << "no DICOM file at all";
    CHECK(state_of(folder / "text.dcm") == SendState::permanent_failure);
    CHECK(state_of(folder / "nowhere" / "sr.dcm") == SendState::permanent_failure);
    // It can't be opened, and it is not gone: a loop of names stands for EIO, EMFILE and ENOMEM.
    std::filesystem::create_symlink(folder / "loop.dcm", folder / "loop.dcm");
    CHECK(state_of(folder / "loop.dcm") == SendState::transient_failure);
    std::filesystem::copy_file(files.list(1).at(0).file, folder / "whole.dcm");
    CHECK(state_of(folder / "whole.dcm") == SendState::arrived);
}

TEST_CASE("after an abort in mid-transfer what follows waits, and a new association is made for it") {
    const Pacs pacs({.aborts_after = 2});
    const Files files;
    Reported reported;
    DicomPeer peer(at(pacs.port()), reported.into());
    const auto sent = peer.store(files.list(5));
    REQUIRE(sent.outcomes.size() == 3);
    CHECK(arrived(sent) == 2);
    CHECK(sent.outcomes[2].state == SendState::transient_failure);
    REQUIRE(sent.trouble);
    CHECK(sent.trouble->kind == Trouble::Kind::unreachable);
    CHECK(arrived(peer.store(files.list(5))) == 5);
    CHECK(pacs.associations() == 2);
}

TEST_CASE("an association that the peer gave up while it was kept open costs nothing but a new one") {
    const Pacs pacs({.aborts_after = 2});
    const Files files;
    Reported reported;
    DicomPeer peer(at(pacs.port()), reported.into());
    REQUIRE(arrived(peer.store(files.list(2))) == 2);
    const auto sent = peer.store(files.list(2));  // the abort comes here, as for one that was stale
    CHECK(arrived(sent) == 2);
    CHECK_FALSE(sent.trouble);
    CHECK(pacs.associations() == 2);
}

TEST_CASE("a report on the same association is taken in and answered, before the response and after it") {
    for (const auto when : {Pacs::Reports::before_response, Pacs::Reports::after_response}) {
        CAPTURE(static_cast<int>(when));
        const Pacs pacs({.reports = when});
        Reported reported;
        DicomPeer peer(at(pacs.port(), true), reported.into());
        CHECK_FALSE(peer.ask_commitment("2.25.7", {{"1.2.3", "1.2.3.1"}, {"1.2.3", "1.2.3.2"}}));
        for (int i = 0; i < 500 && (reported.reports.empty() || pacs.report_status() < 0); ++i) {
            peer.attend();
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        REQUIRE(reported.reports.size() == 1);
        CHECK(reported.reports[0].transaction_uid == "2.25.7");
        CHECK(reported.reports[0].committed.size() == 2);
        CHECK(pacs.report_status() == 0);
        CHECK(pacs.associations() == 1);
    }
}

TEST_CASE("a report that cannot be recorded is answered all the same") {
    const Pacs pacs({.reports = Pacs::Reports::before_response});
    DicomPeer peer(at(pacs.port(), true),
                   [](const dicom::CommitmentReport&) -> std::uint16_t { throw std::runtime_error("full"); });
    CHECK_FALSE(peer.ask_commitment("2.25.7", {{"1.2.3", "1.2.3.1"}}));
    CHECK(pacs.report_status() == 0x0110);
}

TEST_CASE("a peer without storage commitment says so, and what to do") {
    const Pacs pacs({.knows_commitment = false});
    const Files files;
    Reported reported;
    DicomPeer peer(at(pacs.port(), true), reported.into());
    CHECK(arrived(peer.store(files.list(1))) == 1);
    const auto trouble = peer.ask_commitment("2.25.7", {{"1.2.3", "1.2.3.1"}});
    REQUIRE(trouble);
    CHECK(trouble->kind == Trouble::Kind::refused);
    CHECK(trouble->what.find("storage_commitment = false") != std::string::npos);
}

TEST_CASE("a status that is not success refuses the request for commitment") {
    const Pacs pacs({.action_status = 0x0213});
    Reported reported;
    DicomPeer peer(at(pacs.port(), true), reported.into());
    const auto trouble = peer.ask_commitment("2.25.7", {{"1.2.3", "1.2.3.1"}});
    REQUIRE(trouble);
    CHECK(trouble->kind == Trouble::Kind::refused);
    CHECK(trouble->what.find("0213H") != std::string::npos);
}

TEST_CASE("nothing to send asks for no association") {
    Reported reported;
    DicomPeer peer(at(1), reported.into());
    CHECK(peer.store({}).outcomes.empty());
    peer.attend();
}
