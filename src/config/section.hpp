// Reads one table of the TOML document into typed fields, and keeps a Mistake for each key that is of the
// wrong type, out of range or not known. What each field then holds is kept in words as well. Internal to
// config/: this header, value.hpp and environment.hpp alone see toml++.
#pragma once

#include <toml++/toml.h>
#include <concepts>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/value.hpp"

namespace calcinode::config {

// What is wrong with a text, or "" where nothing is.
using TextRule = std::function<std::string(const std::string&)>;

class Section {
  public:
    // `table` may be null: then every field keeps its default.
    Section(const toml::table* table, std::string name, std::vector<Mistake>& mistakes);

    void text(const std::string& key, std::string& field, const TextRule& rule);
    void texts(const std::string& key, std::vector<std::string>& fields, const TextRule& rule);
    void boolean(const std::string& key, bool& field);

    template <std::integral Number>
    void number(const std::string& key, Number& field, Number least, Number most) {
        std::int64_t value = field;
        integer(key, value, least, most);
        field = static_cast<Number>(value);
    }

    // A number with or without a fraction.
    void number(const std::string& key, double& field, double least, double most);

    // The key must be there.
    void require(const std::string& key);
    // Each key of the table that no call above asked for is a mistake.
    void finish();

    const std::vector<std::string>& keys() const { return keys_; }
    // The keys without the section's name, and their values.
    const Settings& settings() const { return settings_; }

  private:
    const toml::node* find(const std::string& key);
    void integer(const std::string& key, std::int64_t& field, std::int64_t least, std::int64_t most);
    void read_texts(const toml::node& node, const std::string& key, std::vector<std::string>& fields,
                    const TextRule& rule);
    void mistake(const Place& place, const std::string& key, std::string what);

    const toml::table* table_;
    std::string name_;
    std::vector<Mistake>* mistakes_;
    std::vector<std::string> keys_;
    Settings settings_;
};

}  // namespace calcinode::config
