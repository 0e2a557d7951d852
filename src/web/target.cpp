#include "web/target.hpp"

#include <algorithm>

#include "web/limits.hpp"

namespace calcinode::web {
namespace {

constexpr int hexadecimal = 16;

std::optional<int> digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

std::optional<char> escaped(std::string_view text, std::size_t at) {
    if (at + 2 >= text.size()) return std::nullopt;
    const auto high = digit(text[at + 1]), low = digit(text[at + 2]);
    if (!high || !low) return std::nullopt;
    return static_cast<char>(*high * hexadecimal + *low);
}

enum class Plus { is_plus, is_space };

std::optional<std::string> decoded(std::string_view text, Plus plus) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        char c = text[at];
        if (c == '%') {
            const auto value = escaped(text, at);
            if (!value) return std::nullopt;
            c = *value;
            at += 2;
        } else if (c == '+' && plus == Plus::is_space) {
            c = ' ';
        }
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return std::nullopt;
        out += c;
    }
    return out;
}

// Calls `take` with each part between separators; false as soon as that returns false.
template <class Take>
bool each_part(std::string_view text, char separator, Take take) {
    while (true) {
        const auto end = std::min(text.find(separator), text.size());
        if (!take(text.substr(0, end))) return false;
        if (end == text.size()) return true;
        text.remove_prefix(end + 1);
    }
}

bool add_parameter(Target& target, std::string_view part) {
    if (part.empty()) return true;
    const auto equals = std::min(part.find('='), part.size());
    const auto name = decoded(part.substr(0, equals), Plus::is_space);
    const auto value = decoded(part.substr(std::min(equals + 1, part.size())), Plus::is_space);
    if (!name || !value || target.parameters.size() >= most_parameters) return false;
    return target.parameters.try_emplace(*name, *value).second;  // a name given twice could mean either
}

}  // namespace

std::optional<Target> parse_target(std::string_view text) {
    if (text.empty() || text.front() != '/' || text.size() > longest_target) return std::nullopt;
    Target target;
    const auto question = std::min(text.find('?'), text.size());
    const auto path = text.substr(1, question - 1);
    const bool path_read = path.empty() || each_part(path, '/', [&](std::string_view part) {
                               auto segment = decoded(part, Plus::is_plus);
                               if (segment) target.path.push_back(std::move(*segment));
                               return segment.has_value();
                           });
    if (!path_read) return std::nullopt;
    if (question == text.size()) return target;
    const bool query_read = each_part(text.substr(question + 1), '&',
                                      [&](std::string_view part) { return add_parameter(target, part); });
    return query_read ? std::optional(target) : std::nullopt;
}

std::string Target::parameter(const std::string& name) const {
    const auto found = parameters.find(name);
    return found == parameters.end() ? "" : found->second;
}

}  // namespace calcinode::web
