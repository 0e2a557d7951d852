// A peer that says anything, and then hangs up, ends its association and nothing else. Behind the server is a
// real spool, so that datasets are taken in as well. The input is a conversation:
//   1 byte    odd: begins with a sound association request
//   then, repeated: 1 byte kind and flags, 2 bytes length of what follows (little endian), and that
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "app/store_answer.hpp"
#include "receive/server.hpp"
#include "spool/spool.hpp"
#include "store/store.hpp"
#include "support/raw_peer.hpp"

namespace {

using namespace calcinode;

constexpr int most_conversations = 2000;  // with one spool, which grows

class Node {
  public:
    Node() {
        std::filesystem::create_directory(folder_);
        database_ =
            std::make_unique<store::Database>(store::Database::open(folder_ / "calcinode.db").value());
        spool_ = std::make_unique<spool::Spool>(spool::Spool::open(folder_ / "spool", *database_, 0).value());
        receive::ServerOptions options;
        options.bind_address = "127.0.0.1";
        options.port = 0;
        options.limits.max_object_bytes = 64 * 1024;
        server_ = receive::Server::start(options, app::sink_into(*spool_)).value();
    }
    ~Node() {
        server_.reset();
        spool_.reset();
        database_.reset();
        std::filesystem::remove_all(folder_);
    }
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    std::uint16_t port() const { return server_->port(); }

  private:
    // In memory where there is such a file system: it is synced to all the time.
    std::filesystem::path folder_ =
        (std::filesystem::exists("/dev/shm") ? "/dev/shm" : std::filesystem::temp_directory_path()) /
        std::filesystem::path("calcinode-fuzz-" + std::to_string(::getpid()));
    std::unique_ptr<store::Database> database_;
    std::unique_ptr<spool::Spool> spool_;
    std::unique_ptr<receive::Server> server_;
};

// The node of this run of the target.
Node& node() {
    spdlog::set_level(spdlog::level::off);  // makes the logger before the node, which uses it to its end
    static std::unique_ptr<Node> current;
    static int conversations = 0;
    if (!current || ++conversations % most_conversations == 0) {
        current.reset();
        current = std::make_unique<Node>();
    }
    return *current;
}

const std::string& sound_request() {
    static const std::string request =
        test::associate_request({{"1.2.840.10008.1.1", {"1.2.840.10008.1.2"}},
                                 {test::ct_image_storage, {test::explicit_little_endian}},
                                 {test::ct_image_storage, {"1.2.840.10008.1.2"}},
                                 {test::ct_image_storage, {"1.2.840.10008.1.2.1.99"}}});
    return request;
}

std::string said(int kind, int flags, const std::string& content) {
    const int context = 2 * (flags & 7) + 1, control = flags >> 3 & 3;
    switch (kind) {
        case 1:
            return test::p_data(context, control, content);
        case 2:
            return test::p_data(context, 3, test::store_command("1.2.3." + std::to_string(content.size())));
        case 3:
            return test::pdu(flags & 15, content);
        case 4:
            return test::pdu(1, content);
        default:
            return content;
    }
}

std::string conversation(std::string_view input) {
    std::string all = (input[0] & 1) != 0 ? sound_request() : "";
    input.remove_prefix(1);
    while (input.size() > 3) {
        const auto byte = [&](std::size_t n) { return static_cast<std::uint8_t>(input[n]); };
        const int kind = byte(0) & 7, flags = byte(0) >> 3;
        const auto length = static_cast<std::size_t>(byte(1) | byte(2) << 8);
        const auto content = input.substr(3, length);
        all += said(kind, flags, std::string(content));
        input.remove_prefix(3 + content.size());
    }
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    auto peer = std::make_unique<test::RawPeer>(node().port());
    // The fuzzer's own alarm clock may interrupt it.
    while (peer->error_number() == EINTR) peer = std::make_unique<test::RawPeer>(node().port());
    if (!peer->connected()) {
        std::fprintf(stderr, "no connection to the node: %s\n", std::strerror(peer->error_number()));
        __builtin_trap();
    }
    peer->send(conversation({reinterpret_cast<const char*>(data), size}));
    peer->finish_sending();
    while (!peer->receive().empty()) {
    }
    return 0;
}
