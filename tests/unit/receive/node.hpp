// A server with a real spool and database behind it, on a free loopback port, and DCMTK's senders for it.
#pragma once

#include <doctest/doctest.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <optional>

#include "app/store_answer.hpp"
#include "receive/server.hpp"
#include "spool/spool.hpp"
#include "store/store.hpp"
#include "support/ct_file.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace calcinode::test {

struct Node {
    TempFolder folder;
    std::optional<store::Database> database;
    std::optional<spool::Spool> spool;
    std::unique_ptr<receive::Server> server;

    static receive::ServerOptions options() {
        receive::ServerOptions options;
        options.bind_address = "127.0.0.1";
        options.port = 0;
        return options;
    }

    explicit Node(const receive::ServerOptions& with = options(), std::uintmax_t minimum_free_bytes = 0) {
        // Made before the threads, as the daemon does: ThreadSanitizer can't see how spdlog's library guards
        // it.
        spdlog::default_logger();
        auto opened = store::Database::open(folder / "calcinode.db");
        REQUIRE(opened.has_value());
        database.emplace(std::move(*opened));
        auto made = spool::Spool::open(folder / "spool", *database, minimum_free_bytes);
        REQUIRE(made.has_value());
        spool.emplace(std::move(*made));
        auto started = receive::Server::start(with, app::sink_into(*spool));
        REQUIRE(started.has_value());
        server = std::move(*started);
    }

    std::string port() const { return std::to_string(server->port()); }

    std::vector<std::string> words(const std::string& program, std::vector<std::string> more) const {
        std::vector<std::string> all{program, "-v", "-aec", "CALCINODE", "127.0.0.1", port()};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    Ran send(const std::vector<std::string>& files) const { return run(words("storescu", files)); }

    std::size_t half_written() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(folder / "spool/incoming"), {}));
    }
};

}  // namespace calcinode::test
