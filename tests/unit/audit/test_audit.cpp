#include <doctest/doctest.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include "audit/trail.hpp"
#include "base/fd.hpp"

using namespace calcinode;
using namespace calcinode::audit;

namespace {

const Reporter reporter{"NODE", "SOURCE", "host", 42};

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a received value cannot leave its attribute") {
    const auto text = xml({0, NotLetIn{"10.0.0.1", "calling \"X\" & <Y>\x01"}}, reporter);
    CHECK(holds(text, "calling &quot;X&quot; &amp; &lt;Y&gt;?"));
    CHECK(holds(text, R"(EventDateTime="1970-01-01T00:00:00Z" EventOutcomeIndicator="4")"));
}

TEST_CASE("who sends is the source, who receives the destination") {
    Transferred transfer{true, "10.0.0.1", "CT", "1.2", "", 3, "P1"};
    const auto received = xml({0, transfer}, reporter);
    CHECK(received.find("110153") < received.find("110152"));
    CHECK(received.find("AETITLES=CT") < received.find("AETITLES=NODE"));
    transfer.received = false;
    const auto sent = xml({0, transfer}, reporter);
    CHECK(sent.find("110153") < sent.find("110152"));
    CHECK(sent.find("AETITLES=NODE") < sent.find("AETITLES=CT"));
    CHECK(holds(sent, R"(<SOPClass NumberOfInstances="3"/>)"));
}

TEST_CASE("a syslog message has facility 10, severity notice and DICOM's name") {
    CHECK(syslog_message("x", 0, "host", 42) ==
          "<85>1 1970-01-01T00:00:00Z host calcinode 42 DICOM+RFC3881 - \xEF\xBB\xBFx");
}

TEST_CASE("nobody waits for a server that is away") {
    // A port that is bound and does not listen refuses connections.
    const Fd bound(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(bound.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(bound.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    const auto begin = std::chrono::steady_clock::now();
    {
        SyslogOptions options;
        options.transport = SyslogOptions::Transport::tcp;
        options.endpoint = {"127.0.0.1", ntohs(address.sin_port)};
        Trail trail(options, reporter, [](const std::string&) { return std::string("P"); });
        for (std::size_t n = 0; n < Trail::most_waiting + 10; ++n) trail.record(Application{true});
        CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
    }
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(15));
}
