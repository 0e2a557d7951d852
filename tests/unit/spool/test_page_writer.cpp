#include "spool/page_writer.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <random>
#include <span>
#include <string>

#include "support/ct_file.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using spool::PageWriter;

TEST_CASE("what is written in pieces of any length is in the file, header and all") {
    const test::TempFolder folder;
    std::minstd_rand random(1);
    const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random()) % bound; };
    for (int round = 0; round < 300; ++round) {
        const std::string header(1 + below(600), 'h');
        std::string body(below(round % 3 == 0 ? 9000 : 100'000), '\0');
        for (char& c : body) c = static_cast<char>(random());
        const bool padded = round % 2 == 0;
        const std::size_t longest = round % 5 == 0 ? 10 : 40'000;
        const auto path = folder / std::to_string(round);
        const std::string before(padded ? 200 * PageWriter::page_bytes : 0, '\xff');
        test::write_file(path, before);
        const Fd file(::open(path.c_str(), O_RDWR, 0600));
        PageWriter writer(header.size());
        int error = 0;
        for (std::size_t at = 0; at < body.size() && error == 0;) {
            const auto count = std::min(1 + below(longest), body.size() - at);
            error = writer.write(file, std::as_bytes(std::span(body).subspan(at, count)));
            at += count;
        }
        REQUIRE(error == 0);
        CHECK(writer.position() == header.size() + body.size());
        if (padded)  // the header's page comes last, whole pages before it
            CHECK(test::read_file(path).substr(0, PageWriter::page_bytes) ==
                  before.substr(0, PageWriter::page_bytes));
        REQUIRE(writer.finish(file, header, padded) == 0);
        auto expected = header + body;
        if (padded)
            expected.resize((expected.size() + PageWriter::page_bytes - 1) / PageWriter::page_bytes *
                            PageWriter::page_bytes);
        if (padded) expected += before.substr(expected.size());
        CHECK(bool(test::read_file(path) == expected));
    }
}

TEST_CASE("a write that fails says why") {
    const Fd full(::open("/dev/full", O_RDWR | O_CLOEXEC));
    PageWriter writer(100);
    const std::string bytes(10'000, 'x');
    CHECK(writer.write(full, std::as_bytes(std::span(bytes))) == ENOSPC);
    PageWriter small(100);
    CHECK(small.write(full, std::as_bytes(std::span(bytes).first(10))) == 0);
    CHECK(small.finish(full, std::string(100, 'h'), false) == ENOSPC);
}
