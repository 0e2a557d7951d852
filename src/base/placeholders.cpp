#include "base/placeholders.hpp"

#include <algorithm>

namespace calcinode {
namespace {

constexpr std::string_view braces = "{}";

std::string names_of(const Placeholders& values) {
    std::string names;
    for (const auto& [name, value] : values) names += (names.empty() ? "{" : ", {") + std::string(name) + "}";
    return names;
}

// Takes a placeholder, which `pattern` begins with, off it and gives its value.
Result<std::string> take_placeholder(std::string_view& pattern, const Placeholders& values) {
    const auto end = pattern.find('}');
    if (pattern.front() == '}' || end == std::string_view::npos)
        return fail("has a brace that stands alone; write {{ or }} for a brace itself");
    const auto name = pattern.substr(1, end - 1);
    const auto value = std::ranges::find(values, name, &Placeholders::value_type::first);
    if (value == values.end())
        return fail("has the placeholder {" + std::string(name) + "}; there are " + names_of(values));
    pattern.remove_prefix(end + 1);
    return value->second;
}

}  // namespace

Result<std::string> filled_in(std::string_view pattern, const Placeholders& values) {
    std::string text;
    while (!pattern.empty()) {
        const auto brace = std::min(pattern.find_first_of(braces), pattern.size());
        text += pattern.substr(0, brace);
        pattern.remove_prefix(brace);
        if (pattern.empty()) break;
        if (pattern.starts_with("{{") || pattern.starts_with("}}")) {
            text += pattern.front();
            pattern.remove_prefix(2);
            continue;
        }
        const auto value = take_placeholder(pattern, values);
        if (!value) return std::unexpected(value.error());
        text += *value;
    }
    return text;
}

std::string single_spaced(std::string text) {
    const auto twice = std::ranges::unique(text, [](char a, char b) { return a == ' ' && b == ' '; });
    text.erase(twice.begin(), twice.end());
    if (!text.empty() && text.back() == ' ') text.pop_back();
    if (!text.empty() && text.front() == ' ') text.erase(0, 1);
    return text;
}

}  // namespace calcinode
