// What a node of the TOML document says and where it stands, be it of the file or made by an environment
// variable. Internal to config/.
#pragma once

#include <toml++/toml.h>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace calcinode::config {

// Where a node stands: a line of the file, or a variable.
struct Place {
    int line = 0;
    std::string variable = {};
};
Place place_of(const toml::node& node);
Mistake mistake_at(const Place& place, std::string key, std::string what);

// The node's value, or none where it is of another type. Of a variable: true or false, digits, texts with
// commas between them (or, where a text has a comma itself, a list as in TOML).
std::optional<bool> boolean_of(const toml::node& node);
std::optional<std::int64_t> integer_of(const toml::node& node);
std::optional<double> number_of(const toml::node& node);  // with or without a fraction

struct Texts {
    struct Entry {
        Place place;
        std::optional<std::string> text;  // none: not a text
    };
    std::vector<Entry> entries;
};
std::optional<Texts> texts_of(const toml::node& node);

}  // namespace calcinode::config
