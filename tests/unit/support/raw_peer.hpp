// A DICOM peer that sends exactly the bytes a test wants, right or wrong (PS3.8 chapter 9).
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include "support/ct_file.hpp"

namespace calcinode::test {

inline std::string big(std::uint32_t value, int bytes) {
    std::string text;
    for (int i = bytes; i-- > 0;) text += static_cast<char>(value >> 8 * i & 0xff);
    return text;
}

inline std::string pdu(int type, const std::string& body) {
    return std::string{static_cast<char>(type), '\0'} + big(static_cast<std::uint32_t>(body.size()), 4) +
           body;
}

// A presentation data value PDU. `control`: 1 command, 2 last fragment.
inline std::string p_data(int context, int control, const std::string& data) {
    return pdu(4, big(static_cast<std::uint32_t>(data.size() + 2), 4) + static_cast<char>(context) +
                      static_cast<char>(control) + data);
}

struct ProposedContext {
    std::string abstract_syntax;
    std::vector<std::string> transfer_syntaxes;
};

inline std::string item(int type, const std::string& body) {
    return std::string{static_cast<char>(type), '\0'} + big(static_cast<std::uint32_t>(body.size()), 2) +
           body;
}

// Contexts get the IDs 1, 3, 5, ...
inline std::string associate_request(const std::vector<ProposedContext>& contexts,
                                     std::string calling = "RAWPEER", std::string called = "CALCINODE") {
    calling.resize(16, ' ');
    called.resize(16, ' ');
    std::string body = big(1, 2) + std::string(2, '\0') + called + calling + std::string(32, '\0') +
                       item(0x10, "1.2.840.10008.3.1.1.1");
    int id = 1;
    for (const auto& context : contexts) {
        std::string inner =
            std::string{static_cast<char>(id), '\0', '\0', '\0'} + item(0x30, context.abstract_syntax);
        for (const auto& syntax : context.transfer_syntaxes) inner += item(0x40, syntax);
        body += item(0x20, inner);
        id += 2;
    }
    return pdu(1, body + item(0x50, item(0x51, big(16384, 4)) + item(0x52, "1.2.3.4")));
}

inline std::string command_element(std::uint32_t number, const std::string& value) {
    return detail::little(0, 2) + detail::little(number, 2) +
           detail::little(static_cast<std::uint32_t>(value.size()), 4) + value;
}

inline std::string store_command(const std::string& instance,
                                 const std::string& sop_class = ct_image_storage) {
    const auto even = [](std::string text) { return text.size() % 2 != 0 ? text + '\0' : text; };
    const auto us = [](std::uint32_t value) { return detail::little(value, 2); };
    return command_element(2, even(sop_class)) + command_element(0x100, us(1)) +
           command_element(0x110, us(7)) + command_element(0x700, us(0)) + command_element(0x800, us(1)) +
           command_element(0x1000, even(instance));
}

class RawPeer {
  public:
    // `from`: a loopback address, 127.x.x.x, to be a peer of its own.
    explicit RawPeer(std::uint16_t port, const char* from = "127.0.0.1")
        : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in source{}, address{};
        source.sin_family = AF_INET;
        ::inet_pton(AF_INET, from, &source.sin_addr);
        ::bind(socket_, reinterpret_cast<sockaddr*>(&source), sizeof source);
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval patience{20, 0};  // a test that waits for ever tells nothing
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) error_ = errno;
    }
    ~RawPeer() { hang_up(); }
    RawPeer(const RawPeer&) = delete;
    RawPeer& operator=(const RawPeer&) = delete;

    bool connected() const { return error_ == 0; }
    int error_number() const { return error_; }  // errno of why it is not connected
    void hang_up() {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }
    // The node sees the end of what is sent; its answers can still be read.
    void finish_sending() { ::shutdown(socket_, SHUT_WR); }
    bool send(const std::string& bytes) {
        std::size_t done = 0;
        while (done < bytes.size()) {
            const auto count = ::send(socket_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
            if (count <= 0) return false;
            done += static_cast<std::size_t>(count);
        }
        return true;
    }
    // The next PDU, header included; empty where the connection ended.
    std::string receive() {
        const auto head = exactly(6);
        if (head.size() < 6) return "";
        std::uint32_t length = 0;
        for (std::size_t i = 2; i < 6; ++i) length = length << 8 | static_cast<unsigned char>(head[i]);
        return head + exactly(length);
    }
    // Type of the answer: 2 accepted, 3 rejected.
    int associate(const std::vector<ProposedContext>& contexts = {{ct_image_storage,
                                                                   {explicit_little_endian}}},
                  const std::string& calling = "RAWPEER") {
        send(associate_request(contexts, calling));
        answer_ = receive();
        return answer_.empty() ? 0 : answer_[0];
    }
    const std::string& answer() const { return answer_; }
    bool begin_store(const std::string& instance) { return send(p_data(1, 3, store_command(instance))); }
    // The status of the C-STORE response that comes next; -1 where none comes.
    int status() {
        const auto response = receive();
        // Implicit little endian: tag (0000,0900), length 2, value.
        const auto at = response.find(std::string("\0\0\0\x09\2\0\0\0", 8));
        if (response.empty() || response[0] != 4 || at == std::string::npos) return -1;
        return static_cast<unsigned char>(response[at + 8]) | static_cast<unsigned char>(response[at + 9])
                                                                  << 8;
    }
    int store(const std::string& instance, const std::string& dataset) {
        constexpr std::size_t step = 16000;  // less than the node's maximum PDU
        begin_store(instance);
        for (std::size_t at = 0; at == 0 || at < dataset.size(); at += step)
            send(p_data(1, at + step >= dataset.size() ? 2 : 0, dataset.substr(at, step)));
        return status();
    }
    bool release() {
        send(pdu(5, std::string(4, '\0')));
        const auto reply = receive();
        return !reply.empty() && reply[0] == 6;
    }

  private:
    std::string exactly(std::size_t count) {
        std::string bytes(count, '\0');
        std::size_t done = 0;
        while (done < count) {
            const auto got = ::recv(socket_, bytes.data() + done, count - done, 0);
            if (got <= 0) break;
            done += static_cast<std::size_t>(got);
        }
        bytes.resize(done);
        return bytes;
    }

    int socket_;
    int error_ = 0;
    std::string answer_;
};

struct NegotiatedContext {
    int result = -1;  // 0 accepted, 3 abstract syntax, 4 transfer syntaxes not supported
    std::string transfer_syntax;
};

// From an A-ASSOCIATE-AC PDU, in order.
inline std::vector<NegotiatedContext> contexts_of(const std::string& accept) {
    std::vector<NegotiatedContext> contexts;
    const auto length_at = [&](std::size_t at) {
        return static_cast<std::size_t>(static_cast<unsigned char>(accept[at]) << 8 |
                                        static_cast<unsigned char>(accept[at + 1]));
    };
    for (std::size_t at = 74; at + 4 <= accept.size(); at += 4 + length_at(at + 2)) {
        if (accept[at] != 0x21) continue;
        NegotiatedContext context{.result = accept[at + 6], .transfer_syntax = {}};
        if (context.result == 0) context.transfer_syntax = accept.substr(at + 12, length_at(at + 10));
        contexts.push_back(context);
    }
    return contexts;
}

}  // namespace calcinode::test
