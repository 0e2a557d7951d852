#include "config/value.hpp"

#include <charconv>
#include <string_view>

namespace calcinode::config {
namespace {

// The text of a node that a variable made.
const std::string* from_variable(const toml::node& node) {
    return place_of(node).variable.empty() || !node.is_string() ? nullptr : &node.as_string()->get();
}

template <class Number>
std::optional<Number> parsed(const std::string& text) {
    Number number{};
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return "";
    return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

std::optional<Texts> texts_in(const toml::array& list, const std::string& variable) {
    Texts texts;
    for (const auto& entry : list) {
        const auto place = variable.empty() ? place_of(entry) : Place{0, variable};
        texts.entries.push_back({place, entry.value_exact<std::string>()});
    }
    return texts;
}

std::optional<Texts> texts_in(const std::string& text, const std::string& variable) {
    if (text.starts_with('[')) {
        try {
            const auto document = toml::parse("v = " + text);
            const auto* list = document.get_as<toml::array>("v");
            return list && document.size() == 1 ? texts_in(*list, variable) : std::nullopt;
        } catch (const toml::parse_error&) {
            return std::nullopt;
        }
    }
    Texts texts;
    std::string_view rest = text;
    while (!trimmed(rest).empty()) {
        const auto comma = rest.find(',');
        texts.entries.push_back({{0, variable}, trimmed(rest.substr(0, comma))});
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
    return texts;
}

}  // namespace

Place place_of(const toml::node& node) {
    const auto& source = node.source();
    if (source.path && !source.path->empty()) return {0, *source.path};
    return {static_cast<int>(source.begin.line), ""};
}

Mistake mistake_at(const Place& place, std::string key, std::string what) {
    return {place.line, std::move(key), std::move(what), place.variable};
}

std::optional<bool> boolean_of(const toml::node& node) {
    const auto* text = from_variable(node);
    if (!text) return node.value_exact<bool>();
    if (*text == "true") return true;
    if (*text == "false") return false;
    return std::nullopt;
}

std::optional<std::int64_t> integer_of(const toml::node& node) {
    const auto* text = from_variable(node);
    return text ? parsed<std::int64_t>(*text) : node.value_exact<std::int64_t>();
}

std::optional<double> number_of(const toml::node& node) {
    if (const auto* text = from_variable(node)) return parsed<double>(*text);
    if (const auto whole = node.value_exact<std::int64_t>()) return static_cast<double>(*whole);
    return node.value_exact<double>();
}

std::optional<Texts> texts_of(const toml::node& node) {
    if (const auto* text = from_variable(node)) return texts_in(*text, place_of(node).variable);
    const auto* list = node.as_array();
    return list ? texts_in(*list, "") : std::nullopt;
}

}  // namespace calcinode::config
