#include "receive/node.hpp"
#include "support/eventually.hpp"
#include "support/raw_peer.hpp"

using namespace calcinode;
using namespace calcinode::test;

namespace {

// Result, source and reason of an A-ASSOCIATE-RJ (PS3.8 table 9-21).
std::string rejection(const RawPeer& peer) {
    const auto& answer = peer.answer();
    if (answer.size() != 10) return "no rejection";
    return std::to_string(answer[7]) + " " + std::to_string(answer[8]) + " " + std::to_string(answer[9]);
}

const std::string implicit_little = "1.2.840.10008.1.2", explicit_big = "1.2.840.10008.1.2.2",
                  deflated = "1.2.840.10008.1.2.1.99", jpeg_baseline = "1.2.840.10008.1.2.4.50",
                  jpegls = "1.2.840.10008.1.2.4.80", jpegls_lossy = "1.2.840.10008.1.2.4.81",
                  j2k = "1.2.840.10008.1.2.4.90", j2k_lossy = "1.2.840.10008.1.2.4.91",
                  htj2k = "1.2.840.10008.1.2.4.201", verification = "1.2.840.10008.1.1",
                  mr_image_storage = "1.2.840.10008.5.1.4.1.1.4";

}  // namespace

TEST_CASE("a caller that is not on the list is rejected for that reason, one on it is not") {
    auto options = Node::options();
    options.allowed_callers = {"SCANNER1", "PACS"};
    const Node node(options);
    RawPeer stranger(node.server->port()), known(node.server->port());
    CHECK(stranger.associate({{verification, {implicit_little}}}, "STRANGER") == 3);
    CHECK(rejection(stranger) == "1 1 3");  // permanent, service user, calling AE title not recognized
    CHECK(known.associate({{verification, {implicit_little}}}, "PACS") == 2);
}

TEST_CASE("a wrong called AE title is rejected, unless it is not to be checked") {
    const auto request = associate_request({{verification, {implicit_little}}}, "PACS", "SOMEBODY");
    {
        const Node node;
        RawPeer peer(node.server->port());
        peer.send(request);
        CHECK(peer.receive() == pdu(3, std::string("\0\1\1\7", 4)));
    }
    auto options = Node::options();
    options.check_called = false;
    const Node node(options);
    RawPeer peer(node.server->port());
    peer.send(request);
    CHECK(peer.receive().front() == 2);
}

TEST_CASE("AE titles of spaces only are rejected: no answer can be made that names them") {
    auto options = Node::options();
    options.check_called = false;
    const Node node(options);
    const std::string nobody;
    RawPeer unnamed(node.server->port()), to_nobody(node.server->port());
    unnamed.send(associate_request({{verification, {implicit_little}}}, nobody));
    CHECK(unnamed.receive() == pdu(3, std::string("\0\1\1\3", 4)));  // calling AE title not recognized
    to_nobody.send(associate_request({{verification, {implicit_little}}}, "PACS", nobody));
    CHECK(to_nobody.receive() == pdu(3, std::string("\0\1\1\7", 4)));  // called AE title not recognized
}

TEST_CASE("only CT storage and verification are accepted, in transfer syntaxes that can be analysed") {
    const Node node;
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate({{ct_image_storage, {jpeg_baseline}},
                            {ct_image_storage, {htj2k}},
                            {mr_image_storage, {explicit_little_endian}},
                            {verification, {jpegls}},
                            {ct_image_storage, {deflated}},
                            {"1.2.840.10008.5.1.4.1.1.2.1", {explicit_big}},
                            {"1.2.840.10008.5.1.4.1.1.2.2", {j2k_lossy}}}) == 2);
    const auto contexts = contexts_of(peer.answer());
    REQUIRE(contexts.size() == 7);
    CHECK(contexts[0].result == 4);
    CHECK(contexts[1].result == 4);
    CHECK(contexts[2].result == 3);
    CHECK(contexts[3].result == 4);
    CHECK(contexts[4].transfer_syntax == deflated);
    CHECK(contexts[5].transfer_syntax == explicit_big);
    CHECK(contexts[6].transfer_syntax == j2k_lossy);
}

TEST_CASE("of several transfer syntaxes the one that keeps most is taken, then the proposer's first") {
    const Node node;
    RawPeer peer(node.server->port());
    REQUIRE(peer.associate({{ct_image_storage, {implicit_little, explicit_little_endian}},
                            {ct_image_storage, {jpegls_lossy, implicit_little}},
                            {ct_image_storage, {j2k, jpegls}},
                            {ct_image_storage, {jpeg_baseline, jpegls_lossy}}}) == 2);
    const auto contexts = contexts_of(peer.answer());
    REQUIRE(contexts.size() == 4);
    CHECK(contexts[0].transfer_syntax == explicit_little_endian);
    CHECK(contexts[1].transfer_syntax == implicit_little);
    CHECK(contexts[2].transfer_syntax == j2k);
    CHECK(contexts[3].transfer_syntax == jpegls_lossy);
}

TEST_CASE("beyond the limit of associations the next is rejected for now, and accepted when there is room") {
    auto options = Node::options();
    options.limits.associations = 2;
    const Node node(options);
    RawPeer first(node.server->port()), second(node.server->port()), third(node.server->port());
    CHECK(first.associate() == 2);
    CHECK(second.associate() == 2);
    CHECK(third.associate() == 3);
    CHECK(rejection(third) == "2 3 2");  // transient, presentation related, local limit exceeded
    CHECK(first.release());
    first.hang_up();
    // The released one's thread is still ending.
    CHECK(eventually([&] { return RawPeer(node.server->port()).associate() == 2; }));
}
