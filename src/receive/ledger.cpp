#include "receive/ledger.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace calcinode::receive {
namespace {

std::string held(int lines) {
    return lines == 0 ? "" : " (" + std::to_string(lines) + " such lines held back)";
}

}  // namespace

void Ledger::refused(Refusal why, const std::string& address, const std::string& what) {
    const auto index = static_cast<std::size_t>(why);
    ++refused_[index];
    int held_back = 0;
    if (!what.empty() && refusal_lines_[index].take(held_back))
        spdlog::warn("association from {}: {}{}", address, what, held(held_back));
}

void Ledger::ended(Ending how, const std::string& line, Line worth) {
    const auto index = static_cast<std::size_t>(how);
    ++ended_[index];
    if (worth == Line::debug) return spdlog::debug("{}", line);
    int held_back = 0;
    if (worth == Line::always || ending_lines_[index].take(held_back))
        spdlog::info("{}{}", line, held(held_back));
}

void Ledger::nothing_taken(const std::string& what) {
    int held_back = 0;
    if (nothing_taken_lines_.take(held_back)) spdlog::warn("association from {}{}", what, held(held_back));
}

void Ledger::cannot_accept(const std::string& why) {
    int held_back = 0;
    if (accept_lines_.take(held_back)) spdlog::error("cannot accept connections: {}{}", why, held(held_back));
}

Counts Ledger::counts() const {
    const auto load = [](const auto& number) { return number.load(); };
    Counts counts{.connections = connections_, .associations = associations_, .refused = {}, .ended = {}};
    std::ranges::transform(refused_, counts.refused.begin(), load);
    std::ranges::transform(ended_, counts.ended.begin(), load);
    return counts;
}

}  // namespace calcinode::receive
