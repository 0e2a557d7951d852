#include "receive/node.hpp"
#include "support/eventually.hpp"
#include "support/raw_peer.hpp"

using namespace calcinode;
using namespace calcinode::test;
using receive::Ending;
using receive::Refusal;

namespace {

// A server that shows a certificate of its own making, and asks for none.
struct TlsNode {
    TempFolder folder;
    std::string certificate = folder / "node.pem", key = folder / "node.key";
    std::optional<Node> node;

    TlsNode() {
        REQUIRE(run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=node"})
                    .code == 0);
        auto options = Node::options();
        options.tls = receive::TlsOptions{.port = 0, .files = {certificate, key, ""}};
        options.limits.acse_timeout_s = 2;
        node.emplace(options);
    }

    Ran send(const std::string& file) const {
        return run({"storescu", "-aec", "CALCINODE", "+tla", "+cf", certificate, "127.0.0.1",
                    std::to_string(node->server->tls_port()), file});
    }
};

}  // namespace

TEST_CASE("an instance that comes through TLS is in the spool, byte for byte") {
    TlsNode tls;
    auto slice = CtFile{};
    slice.side = 512;
    const auto content = ct_file(slice);
    CHECK(tls.send(write_file(tls.folder / "a.dcm", content)).code == 0);
    const auto row = tls.node->database->find_instance("1.2.3.1");
    REQUIRE(row);
    CHECK(dataset_of(read_file(tls.node->spool->file_of(*row))) == dataset_of(content));
}

TEST_CASE("what is not TLS, at the port for it, is closed and counted") {
    const TlsNode tls;
    const auto port = tls.node->server->tls_port();
    RawPeer plain(port), junk(port), silent(port), unfinished(port);
    CHECK(plain.associate() != 2);
    junk.send(std::string(100'000, '\xff'));
    unfinished.send(std::string("\x16\3\1\2\0\1", 6));
    CHECK(unfinished.receive().empty());
    CHECK(silent.receive().empty());
    const auto count = [&](Refusal why) { return tls.node->server->counts().of(why); };
    CHECK(eventually([&] { return count(Refusal::tls_handshake) == 3 && count(Refusal::silent) == 1; }));
}

TEST_CASE("a stop ends associations through TLS and their handshakes") {
    const TlsNode tls;
    RawPeer undecided(tls.node->server->tls_port());
    undecided.send("\x16");
    tls.node->server->stop(0);
    CHECK(undecided.receive().empty());
}
