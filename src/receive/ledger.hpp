// Counts what becomes of connections, and tells the log: of each reason only so many lines in so much time,
// so that neither a stranger can fill the log nor one kind of trouble hide another. All calls from any
// thread.
#pragma once

#include <atomic>
#include <string>

#include "receive/counts.hpp"
#include "receive/log_budget.hpp"

namespace calcinode::receive {

class Ledger {
  public:
    void connected() { ++connections_; }
    void accepted() { ++associations_; }
    // `what`: in words; empty: not worth a line.
    void refused(Refusal why, const std::string& address, const std::string& what);
    // An association that was accepted, and that brings no image: its sender does not say why.
    void nothing_taken(const std::string& what);
    enum class Line { debug, within_budget, always };
    void ended(Ending how, const std::string& line, Line worth);
    // The kernel gives no more connections.
    void cannot_accept(const std::string& why);

    Counts counts() const;

  private:
    template <std::size_t size>
    using Numbers = std::array<std::atomic<std::uint64_t>, size>;

    std::atomic<std::uint64_t> connections_ = 0, associations_ = 0;
    Numbers<refusals> refused_{};
    Numbers<endings> ended_{};
    std::array<LogBudget, refusals> refusal_lines_;
    std::array<LogBudget, endings> ending_lines_;
    LogBudget accept_lines_, nothing_taken_lines_;
};

}  // namespace calcinode::receive
