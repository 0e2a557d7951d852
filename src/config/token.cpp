// The HTTP token from its file.
#include "base/fd.hpp"
#include "config/config.hpp"
#include "config/rules.hpp"

namespace calcinode::config {
namespace {

constexpr std::size_t largest_token_file = 4096;

}  // namespace

Result<std::string> token_of(const Http& http) {
    if (http.token_file.empty()) return std::string();
    const auto text = read_file(http.token_file, largest_token_file);
    if (!text) return fail("http.token_file: " + text.error().what);
    std::string token = text->substr(0, text->find_first_of("\r\n"));
    if (const auto wrong = token_rule(token); !wrong.empty())
        return fail("http.token_file: the first line of " + http.token_file.string() + " " + wrong);
    return token;
}

}  // namespace calcinode::config
