#include <chrono>
#include <functional>
#include <thread>

#include "receive/node.hpp"
#include "support/eventually.hpp"
#include "support/raw_peer.hpp"

using namespace calcinode;
using namespace calcinode::test;

namespace {

double seconds_of(const std::function<void()>& what) {
    const auto begin = std::chrono::steady_clock::now();
    what();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

TEST_CASE("garbage, malformed and oversized PDUs do no harm") {
    auto options = Node::options();
    options.limits.acse_timeout_s = 2;
    options.limits.idle_timeout_s = 2;
    options.limits.associations = 500;  // the peers below come faster than their threads end
    const Node node(options);
    const auto request = associate_request({{ct_image_storage, {explicit_little_endian}}});
    const auto port = node.server->port();

    // Instead of an association request.
    for (const std::string& bytes :
         {std::string("GET / HTTP/1.1\r\n\r\n"), std::string(100'000, '\xff'), pdu(4, "x"), pdu(1, ""),
          pdu(1, std::string(68, '\0')), std::string("\1\0\xff\xff\xff\xff", 6), request.substr(0, 40)}) {
        RawPeer peer(port);
        peer.send(bytes);
        peer.hang_up();
    }
    // Requests with a broken length somewhere: every byte of the items, one after the other.
    for (std::size_t at = 74; at < request.size(); ++at) {
        auto broken = request;
        broken[at] = '\xff';
        RawPeer peer(port);
        peer.send(broken);
        peer.hang_up();
    }
    // Within an association.
    const std::string bad[] = {
        pdu(4, ""),                               // no data value
        pdu(4, big(0, 4)),                        // an empty one
        pdu(4, big(0xffffffff, 4) + "xx"),        // one that claims more than is there
        std::string("\4\0\x7f\xff\xff\xff", 6),   // a PDU beyond the maximum
        p_data(1, 3, "junk"),                     // no command
        p_data(99, 3, store_command("1.2.3.1")),  // in a context that was never negotiated
        p_data(1, 2, "dataset without a command"),
        p_data(1, 3, store_command("../../etc/passwd")) + p_data(1, 2, ct_dataset({})),
        p_data(1, 1, std::string(16000, 'c')),  // a command without end
        request,                                // a second request
        std::string(5000, '\0'),
    };
    for (const auto& bytes : bad) {
        RawPeer peer(port);
        REQUIRE(peer.associate() == 2);
        peer.send(bytes);
        peer.receive();
    }
    CHECK(run(node.words("echoscu", {})).code == 0);
    CHECK(node.half_written() == 0);
}

TEST_CASE("a peer that connects and says nothing delays nobody") {
    const Node node;
    std::vector<std::unique_ptr<RawPeer>> silent;
    for (int i = 0; i < 20; ++i) {
        silent.push_back(std::make_unique<RawPeer>(node.server->port()));
        silent.back()->send("\1");
    }
    CHECK(seconds_of([&] { CHECK(run(node.words("echoscu", {})).code == 0); }) < 5);
}

TEST_CASE("a silent association is aborted after its time") {
    auto options = Node::options();
    options.limits.idle_timeout_s = 1;
    const Node node(options);
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate() == 2);
    peer.begin_store("1.2.3.1");
    peer.send(p_data(1, 0, "half a dataset"));
    CHECK(seconds_of([&] { CHECK(peer.receive().substr(0, 1) == "\7"); }) < 10);
    CHECK(peer.receive().empty());
}

TEST_CASE("a shutdown lets an association finish within its bound") {
    const Node node;
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate() == 2);
    std::jthread stopping([&] { node.server->stop(20); });
    ::usleep(100'000);
    CHECK(peer.store("1.2.3.1", ct_dataset({})) == 0);
    CHECK(peer.release());
    peer.hang_up();
    CHECK(seconds_of([&] { stopping.join(); }) < 10);
    CHECK_FALSE(RawPeer(node.server->port()).connected());
}

TEST_CASE("a shutdown aborts what is open after its bound") {
    const Node node;
    RawPeer idle(node.server->port()), busy(node.server->port()), undecided(node.server->port());
    REQUIRE(idle.associate() == 2);
    REQUIRE(busy.associate() == 2);
    busy.begin_store("1.2.3.1");
    busy.send(p_data(1, 0, ct_dataset({}).substr(0, 200)));
    CHECK(seconds_of([&] { node.server->stop(1); }) < 5);
    CHECK(idle.receive().substr(0, 1) == "\7");
    CHECK(node.half_written() == 0);
}

TEST_CASE("an association feeds the studies it has sent, and any while its first instance is on the way") {
    const Node node;
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate() == 2);
    CHECK_FALSE(node.server->feeds("1.2"));
    CHECK(peer.store("1.2.3.1", ct_dataset({})) == 0);
    CHECK(node.server->feeds("1.2"));
    CHECK_FALSE(node.server->feeds("9.9"));

    RawPeer other(node.server->port());
    REQUIRE(other.associate() == 2);
    other.begin_store("1.2.3.2");
    other.send(p_data(1, 0, ct_dataset({}).substr(0, 200)));
    CHECK(eventually([&] { return node.server->feeds("9.9"); }));
    other.hang_up();
    peer.release();
    peer.hang_up();
    CHECK(eventually([&] { return !node.server->feeds("1.2"); }));
}

TEST_CASE("a port that is taken is a clear error") {
    const Node node;
    auto options = Node::options();
    options.port = node.server->port();
    const auto second = receive::Server::start(options, {});
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().what.find(node.port()) != std::string::npos);
}
