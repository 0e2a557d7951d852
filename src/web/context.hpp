// What the answers are made from: one for all requests, used by the server's thread alone.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "web/limits.hpp"
#include "web/message.hpp"
#include "web/node.hpp"

namespace calcinode::web {

// A value that many ask for, and that is made anew only when it is older than `made_anew`.
template <class Value>
class Kept {
  public:
    const Value& get(const std::function<Value()>& make) {
        const auto now = std::chrono::steady_clock::now();
        if (!value_ || now - made_ > made_anew) {
            value_ = make();
            made_ = now;
        }
        return *value_;
    }
    void forget() { value_.reset(); }

  private:
    std::optional<Value> value_;
    std::chrono::steady_clock::time_point made_;
};

struct Context {
    Node node;
    store::Database database;  // a connection of its own: ingest waits for none of its locks
    std::filesystem::path results;
    std::vector<std::string> destinations;  // names, as configured
    Kept<std::string> status{}, metrics{};
    std::int64_t own_changes = 0;  // made through `database`, which its data_version() does not tell
    std::uint64_t requests = 0, refused_tokens = 0, failed_handshakes = 0, closed_for_others = 0;
    std::size_t connections = 0;
};

}  // namespace calcinode::web
