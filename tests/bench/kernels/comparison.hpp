// Times two ways to the same result side by side, and prints them as a row of a table.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace calcinode::bench {

struct Comparison {
    std::string kernel{};
    std::array<int, 3> size{};
    std::vector<double> ours_ms{}, itk_ms{};
    double difference = 0, tolerance = 0;  // the largest, and how large it may be
    std::string unit{};                    // of both
    bool counts = true;                    // false: ITK has a faster way, which is what is asked for
};

// The time of one call in ms. The result is handed out and its memory freed by the caller, untimed.
template <class Call>
auto timed(std::vector<double>& ms, Call&& call) {
    const auto start = std::chrono::steady_clock::now();
    auto result = call();
    ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    return result;
}

// Ours and ITK's take turns `runs` times, so that whatever else the machine does slows both; the results of
// the last turn are compared.
template <class Ours, class Itk, class Difference>
void compare(Comparison& row, int runs, Ours&& ours, Itk&& itk, Difference&& difference) {
    for (int run = 0; run < runs; ++run) {
        const auto a = timed(row.ours_ms, ours);
        const auto b = timed(row.itk_ms, itk);
        if (run + 1 == runs) row.difference = difference(a, b);
    }
}

double ratio(const Comparison& row);
void print(const std::vector<Comparison>& rows);

}  // namespace calcinode::bench
