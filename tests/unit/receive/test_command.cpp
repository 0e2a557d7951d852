#include "receive/command.hpp"

#include <doctest/doctest.h>

using namespace calcinode;
using receive::Command;

namespace {

std::string text(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("a response names its request, the status, and the reason where there is one") {
    Command request;
    request.field = Command::store_request;
    request.message_id = 7;
    request.sop_class_uid = "1.2.3";
    request.sop_instance_uid = "1.2.3.44";
    const auto response = receive::response_to(request, 0xa700, "no space left");

    const auto parsed = receive::parse_command(response);
    REQUIRE(parsed.has_value());
    CHECK(parsed->field == 0x8001);
    CHECK_FALSE(parsed->has_dataset);
    CHECK(parsed->sop_class_uid == "1.2.3");
    CHECK(parsed->sop_instance_uid == "1.2.3.44");
    using namespace std::string_literals;
    CHECK(text(response).starts_with("\0\0\0\0\4\0\0\0"s + static_cast<char>(response.size() - 12) +
                                     "\0\0\0"s));
    CHECK(text(response).find("\0\0\x20\x01\2\0\0\0\7\0"s) != std::string::npos);            // Message ID
    CHECK(text(response).find("\0\0\0\x09\2\0\0\0\0\xa7"s) != std::string::npos);            // Status
    CHECK(text(response).find("\0\0\2\x09\x0e\0\0\0no space left "s) != std::string::npos);  // Error Comment
}

TEST_CASE("a response to an echo has no instance, and no comment when all is well") {
    Command request;
    request.field = Command::echo_request;
    const auto response = text(receive::response_to(request, 0, ""));
    using namespace std::string_literals;
    CHECK(response.find("\0\0\0\x10"s) == std::string::npos);
    CHECK(response.find("\0\0\2\x09"s) == std::string::npos);
}
