#include "config/section.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>

#include "base/words.hpp"

namespace calcinode::config {

namespace {

std::string short_text(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

}  // namespace

Section::Section(const toml::table* table, std::string name, std::vector<Mistake>& mistakes)
    : table_(table), name_(std::move(name)), mistakes_(&mistakes) {}

const toml::node* Section::find(const std::string& key) {
    const auto full = name_ + "." + key;
    if (std::ranges::find(keys_, full) == keys_.end()) keys_.push_back(full);
    return table_ ? table_->get(key) : nullptr;
}

void Section::mistake(const Place& place, const std::string& key, std::string what) {
    mistakes_->push_back(mistake_at(place, name_ + "." + key, std::move(what)));
}

void Section::text(const std::string& key, std::string& field, const TextRule& rule) {
    if (const auto* node = find(key)) {
        const auto value = node->value_exact<std::string>();
        const auto wrong = value ? rule(*value) : "must be a text in quotes";
        if (wrong.empty())
            field = *value;
        else
            mistake(place_of(*node), key, wrong);
    }
    settings_[key] = field.empty() ? "nothing" : field;
}

void Section::texts(const std::string& key, std::vector<std::string>& fields, const TextRule& rule) {
    if (const auto* node = find(key)) read_texts(*node, key, fields, rule);
    settings_[key] = listed(fields, "nothing");
}

void Section::read_texts(const toml::node& node, const std::string& key, std::vector<std::string>& fields,
                         const TextRule& rule) {
    const auto given = texts_of(node);
    if (!given) return mistake(place_of(node), key, R"(must be a list of texts: ["A", "B"])");
    std::vector<std::string> read;
    for (const auto& entry : given->entries) {
        const auto wrong = entry.text ? rule(*entry.text) : "must be a text in quotes";
        if (!wrong.empty()) return mistake(entry.place, key, "each entry " + wrong);
        read.push_back(*entry.text);
    }
    fields = std::move(read);
}

void Section::boolean(const std::string& key, bool& field) {
    if (const auto* node = find(key)) {
        if (const auto value = boolean_of(*node))
            field = *value;
        else
            mistake(place_of(*node), key, "must be true or false");
    }
    settings_[key] = field ? "true" : "false";
}

void Section::integer(const std::string& key, std::int64_t& field, std::int64_t least, std::int64_t most) {
    if (const auto* node = find(key)) {
        const auto value = integer_of(*node);
        if (value && *value >= least && *value <= most)
            field = *value;
        else
            mistake(place_of(*node), key,
                    "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    settings_[key] = std::to_string(field);
}

void Section::number(const std::string& key, double& field, double least, double most) {
    if (const auto* node = find(key)) {
        const auto value = number_of(*node);
        if (value && *value >= least && *value <= most)  // TOML's nan is not
            field = *value;
        else
            mistake(place_of(*node), key,
                    "must be a number from " + short_text(least) + " to " + short_text(most));
    }
    settings_[key] = short_text(field);
}

void Section::require(const std::string& key) {
    if (!find(key)) mistake(table_ ? place_of(*table_) : Place{}, key, "is missing");
}

void Section::finish() {
    if (!table_) return;
    for (const auto& [key, node] : *table_) {
        const std::string name(key.str());
        if (std::ranges::find(keys_, name_ + "." + name) == keys_.end())
            mistake(place_of(node), name,
                    "is not known here; there are " + listed(std::views::keys(settings_)));
    }
}

}  // namespace calcinode::config
