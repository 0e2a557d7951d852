// What a function returns where failure is a normal answer: a value, or an Error that says in plain words
// what was wrong and where. Exceptions are for what is not normal (a broken invariant, no memory).
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace calcinode {

struct Error {
    std::string what;  // one sentence for an administrator: what failed, on what, and why
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(std::string what) {
    return std::unexpected(Error{std::move(what)});
}

}  // namespace calcinode
