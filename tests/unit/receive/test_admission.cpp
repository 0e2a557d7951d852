#include <chrono>
#include <thread>

#include "receive/node.hpp"
#include "receive/peers.hpp"
#include "support/eventually.hpp"
#include "support/raw_peer.hpp"

using namespace calcinode;
using namespace calcinode::test;
using receive::Ending;
using receive::Refusal;

namespace {

using Peer = std::unique_ptr<RawPeer>;

Peer connect(const Node& node, const char* from = "127.0.0.1") {
    return std::make_unique<RawPeer>(node.server->port(), from);
}

// Whether the count becomes that much; the association's thread makes it after it has told the peer.
template <class Reason>
bool counted(const Node& node, Reason why, std::uint64_t times) {
    return eventually([&] { return node.server->counts().of(why) == times; });
}

}  // namespace

TEST_CASE("one address gets only its share of the associations, others still get theirs") {
    auto options = Node::options();
    options.limits.associations = 4;
    options.limits.associations_per_peer = 2;
    const Node node(options);
    std::vector<Peer> peers;
    for (int i = 0; i < 2; ++i) {
        peers.push_back(connect(node, "127.0.0.2"));
        CHECK(peers.back()->associate() == 2);
    }
    const auto third = connect(node, "127.0.0.2");
    CHECK(third->associate() == 3);
    CHECK(third->answer().substr(7) == "\2\3\2");  // transient, provider (presentation), local limit exceeded
    for (int i = 0; i < 2; ++i) {
        peers.push_back(connect(node, "127.0.0.3"));
        CHECK(peers.back()->associate() == 2);
    }
    CHECK(connect(node, "127.0.0.4")->associate() == 3);
    CHECK(counted(node, Refusal::too_many_from_peer, 1));
    CHECK(counted(node, Refusal::too_many, 1));
    CHECK(eventually([&] { return node.server->counts().associations == 4; }));
    CHECK(node.server->open_associations() == 4);
}

TEST_CASE("whoever is refused takes no place from those that are not") {
    auto options = Node::options();
    options.limits.associations = 1;
    options.allowed_callers = {"PACS"};
    const Node node(options);
    std::vector<Peer> strangers;
    for (int i = 0; i < 10; ++i) {
        strangers.push_back(connect(node));
        strangers.back()->send(associate_request({{ct_image_storage, {explicit_little_endian}}}, "STRANGER"));
    }
    CHECK(connect(node)->associate({{ct_image_storage, {explicit_little_endian}}}, "PACS") == 2);
    CHECK(counted(node, Refusal::calling_ae, 10));
}

TEST_CASE("silent connections displace the oldest of the address that has most, and nobody who speaks") {
    const Node node;
    std::vector<Peer> silent;
    const auto from_elsewhere = connect(node, "127.0.0.3");
    for (int i = 0; i < 2 * receive::Peers::most_unheard; ++i) silent.push_back(connect(node, "127.0.0.2"));
    CHECK(counted(node, Refusal::crowded, receive::Peers::most_unheard + 1));
    CHECK(silent.front()->receive().empty());
    CHECK(from_elsewhere->associate() == 2);
    CHECK(silent.back()->associate() == 2);
}

TEST_CASE("a connection from an address that is not allowed is closed at once") {
    auto options = Node::options();
    options.allowed_addresses = {IpNetwork::parse("127.0.0.2").value(),
                                 IpNetwork::parse("127.1.0.0/16").value()};
    const Node node(options);
    CHECK(connect(node)->associate() == 0);
    CHECK(connect(node, "127.0.0.2")->associate() == 2);
    CHECK(connect(node, "127.1.2.3")->associate() == 2);
    CHECK(counted(node, Refusal::address, 1));
}

TEST_CASE("an association request has its time, however it drips") {
    auto options = Node::options();
    options.limits.acse_timeout_s = 1;
    const Node node(options);
    const auto peer = connect(node);
    const auto request = associate_request({{ct_image_storage, {explicit_little_endian}}});
    const auto begin = std::chrono::steady_clock::now();
    for (const char byte : request) {
        if (!peer->send(std::string(1, byte))) break;
        ::usleep(50'000);
    }
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
    CHECK(counted(node, Refusal::silent, 1));
}

TEST_CASE("a dataset that drips is aborted when the time of a message is over") {
    auto options = Node::options();
    options.limits.message_timeout_s = 1;
    const Node node(options);
    const auto peer = connect(node);
    REQUIRE(peer->associate() == 2);
    peer->begin_store("1.2.3.1");
    CHECK(eventually([&] { return !peer->send(p_data(1, 0, "drip")); }));
    CHECK(counted(node, Ending::slow_message, 1));
    CHECK(node.half_written() == 0);
}

TEST_CASE("a message of endless empty fragments is aborted") {
    const Node node;
    for (const int control : {0, 1}) {
        const auto peer = connect(node);
        REQUIRE(peer->associate() == 2);
        if (control == 0) peer->begin_store("1.2.3.1");
        CHECK(eventually([&] {
            for (int i = 0; i < 1000; ++i)
                if (!peer->send(p_data(1, control, ""))) return true;
            return false;
        }));
    }
    CHECK(counted(node, Ending::not_dicom, 2));
    CHECK(node.half_written() == 0);
}

TEST_CASE("an association that is open for long enough ends between two messages") {
    auto options = Node::options();
    options.limits.association_timeout_s = 1;
    Node node(options);
    const auto peer = connect(node);
    REQUIRE(peer->associate() == 2);
    peer->begin_store("1.2.3.1");
    ::usleep(1'200'000);
    const auto dataset = ct_dataset({});
    peer->send(p_data(1, 2, dataset));
    CHECK(peer->status() == 0);
    CHECK(peer->receive().substr(0, 1) == "\7");
    CHECK(counted(node, Ending::too_long, 1));
    CHECK(node.database->find_instance("1.2.3.1"));
}

TEST_CASE("a peer that was aborted and does not hang up does not hold its association") {
    const Node node;
    const auto silent = connect(node), loud = connect(node);
    const auto no_command = p_data(1, 2, std::string(1000, 'x'));
    for (const auto& peer : {silent.get(), loud.get()}) REQUIRE(peer->associate() == 2);
    const auto begin = std::chrono::steady_clock::now();
    silent->send(no_command);
    const std::jthread flood([&](const std::stop_token& stop) {
        while (!stop.stop_requested() && loud->send(no_command)) {
        }
    });
    CHECK(counted(node, Ending::not_dicom, 2));
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("how associations end is counted") {
    const Node node;
    {
        const auto released = connect(node), aborted = connect(node), gone = connect(node);
        for (const auto& peer : {released.get(), aborted.get(), gone.get()}) REQUIRE(peer->associate() == 2);
        CHECK(released->release());
        aborted->send(pdu(7, std::string(4, '\0')));
    }
    CHECK(counted(node, Ending::released, 1));
    CHECK(counted(node, Ending::aborted_by_peer, 1));
    CHECK(counted(node, Ending::lost, 1));
    CHECK(eventually([&] { return node.server->open_associations() == 0; }));
    CHECK(node.server->counts().connections == 3);
    CHECK(name_of(Ending::aborted_by_peer) == "aborted_by_peer");
    CHECK(name_of(Refusal::internal_error) == "internal_error");
}

TEST_CASE("no PDU larger than configured is asked for") {
    auto options = Node::options();
    options.limits.max_pdu_bytes = 16384;
    const Node node(options);
    const auto peer = connect(node);
    REQUIRE(peer->associate() == 2);
    // The maximum length item of the acceptance (PS3.8 annex D.1).
    CHECK(peer->answer().find(item(0x51, big(16384, 4))) != std::string::npos);
}
