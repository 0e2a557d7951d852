#include "config/section.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace calcinode::config {

namespace {

std::string short_text(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

}  // namespace

int line_of(const toml::node& node) {
    return static_cast<int>(node.source().begin.line);
}

Section::Section(const toml::table* table, std::string name, std::vector<Mistake>& mistakes, int line)
    : table_(table), name_(std::move(name)), mistakes_(&mistakes), line_(line) {}

const toml::node* Section::find(const std::string& key) {
    const auto full = name_ + "." + key;
    if (std::ranges::find(keys_, full) == keys_.end()) keys_.push_back(full);
    return table_ ? table_->get(key) : nullptr;
}

void Section::mistake(const toml::node* node, const std::string& key, std::string what) {
    mistakes_->push_back({node ? line_of(*node) : line_, name_ + "." + key, std::move(what)});
}

void Section::text(const std::string& key, std::string& field, const TextRule& rule) {
    const auto* node = find(key);
    if (!node) return;
    const auto value = node->value_exact<std::string>();
    if (!value) return mistake(node, key, "must be a text in quotes");
    if (auto wrong = rule(*value); !wrong.empty()) return mistake(node, key, std::move(wrong));
    field = *value;
}

void Section::texts(const std::string& key, std::vector<std::string>& fields, const TextRule& rule) {
    const auto* node = find(key);
    if (!node) return;
    const auto* values = node->as_array();
    if (!values) return mistake(node, key, R"(must be a list of texts: ["A", "B"])");
    std::vector<std::string> read;
    for (const auto& entry : *values) {
        const auto value = entry.value_exact<std::string>();
        const auto wrong = value ? rule(*value) : "must be a text in quotes";
        if (!wrong.empty()) return mistake(&entry, key, "each entry " + wrong);
        read.push_back(*value);
    }
    fields = std::move(read);
}

void Section::boolean(const std::string& key, bool& field) {
    const auto* node = find(key);
    if (!node) return;
    const auto value = node->value_exact<bool>();
    if (!value) return mistake(node, key, "must be true or false");
    field = *value;
}

void Section::integer(const std::string& key, std::int64_t& field, std::int64_t least, std::int64_t most) {
    const auto* node = find(key);
    if (!node) return;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < least || *value > most)
        return mistake(
            node, key,
            "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    field = *value;
}

void Section::number(const std::string& key, double& field, double least, double most) {
    const auto* node = find(key);
    if (!node) return;
    auto value = node->value_exact<double>();
    if (const auto whole = node->value_exact<std::int64_t>()) value = static_cast<double>(*whole);
    const bool in_range = value && *value >= least && *value <= most;  // TOML's nan is not
    if (!in_range)
        return mistake(node, key, "must be a number from " + short_text(least) + " to " + short_text(most));
    field = *value;
}

void Section::require(const std::string& key) {
    if (!find(key)) mistake(nullptr, key, "is missing");
}

void Section::finish() {
    if (!table_) return;
    for (const auto& [key, node] : *table_) {
        const std::string name(key.str());
        if (std::ranges::find(keys_, name_ + "." + name) == keys_.end())
            mistake(&node, name, "is not known here");
    }
}

}  // namespace calcinode::config
