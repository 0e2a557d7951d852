#include "base/placeholders.hpp"

#include <algorithm>

namespace calcinode {
namespace {

std::string without_extra_spaces(std::string text) {
    const auto twice = std::ranges::unique(text, [](char a, char b) { return a == ' ' && b == ' '; });
    text.erase(twice.begin(), twice.end());
    if (!text.empty() && text.back() == ' ') text.pop_back();
    if (!text.empty() && text.front() == ' ') text.erase(0, 1);
    return text;
}

std::string names_of(const Placeholders& values) {
    std::string names;
    for (const auto& [name, value] : values) names += (names.empty() ? "{" : ", {") + std::string(name) + "}";
    return names;
}

}  // namespace

Result<std::string> filled_in(std::string_view pattern, const Placeholders& values) {
    std::string text;
    while (!pattern.empty()) {
        const auto brace = std::min(pattern.find_first_of("{}"), pattern.size());
        text += pattern.substr(0, brace);
        pattern.remove_prefix(brace);
        if (pattern.empty()) break;
        const auto end = pattern.find('}');
        if (pattern.front() == '}' || end == std::string_view::npos) return fail("has a brace too many");
        const auto name = pattern.substr(1, end - 1);
        const auto value = std::ranges::find(values, name, &Placeholders::value_type::first);
        if (value == values.end())
            return fail("has the placeholder {" + std::string(name) + "}; there are " + names_of(values));
        text += value->second;
        pattern.remove_prefix(end + 1);
    }
    return without_extra_spaces(std::move(text));
}

}  // namespace calcinode
