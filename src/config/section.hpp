// Reads one table of the TOML document into typed fields, and keeps a Mistake for each key that is of the
// wrong type, out of range or not known. Internal to config/: the only header that sees toml++.
#pragma once

#include <toml++/toml.h>
#include <concepts>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace calcinode::config {

// What is wrong with a text, or "" where nothing is.
using TextRule = std::function<std::string(const std::string&)>;

class Section {
  public:
    // `table` may be null: then every field keeps its default. `line` is where the section starts.
    Section(const toml::table* table, std::string name, std::vector<Mistake>& mistakes, int line = 0);

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

  private:
    const toml::node* find(const std::string& key);
    void integer(const std::string& key, std::int64_t& field, std::int64_t least, std::int64_t most);
    void mistake(const toml::node* node, const std::string& key, std::string what);

    const toml::table* table_;
    std::string name_;
    std::vector<Mistake>* mistakes_;
    int line_;
    std::vector<std::string> keys_;
};

int line_of(const toml::node& node);

}  // namespace calcinode::config
