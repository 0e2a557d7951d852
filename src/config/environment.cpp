#include "config/environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "config/value.hpp"

namespace calcinode::config {
namespace {

constexpr std::string_view prefix = "CALCINODE_";
constexpr std::string_view separator = "__";
constexpr std::size_t most_digits = 3;  // of a place in a list: a thousand of anything are no configuration

using Parts = std::vector<std::string>;

bool is_number(const std::string& part) {
    return !part.empty() && part.size() <= most_digits &&
           std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
}

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

// The names between the separators in lower case, as the file has them; none where one of them can't be a
// key.
Parts parts_of(std::string_view name) {
    Parts parts;
    name.remove_prefix(prefix.size());
    while (true) {
        const auto end = name.find(separator);
        std::string part(name.substr(0, end));
        const bool fits = !part.empty() && std::ranges::all_of(part, [](char c) {
            return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        });
        if (!fits) return {};
        std::ranges::transform(part, part.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        parts.push_back(std::move(part));
        if (end == std::string_view::npos) return parts;
        name.remove_prefix(end + separator.size());
    }
}

// An empty table, list or text that says it stands in `variable`.
template <class Node>
Node made_by(const std::string& variable, const char* empty) {
    auto document = toml::parse(std::string("v = ") + empty, variable);
    return std::move(*document.get("v")->as<Node>());
}

struct Variable {
    std::string name, value;
    Parts parts;
};

// Puts one variable into the document.
class Put {
  public:
    Put(const Variable& variable, std::vector<Mistake>& mistakes)
        : variable_(&variable), mistakes_(&mistakes) {}

    void into(toml::table& document) {
        const auto& parts = variable_->parts;
        toml::node* at = &document;
        for (std::size_t i = 0; at && i + 1 < parts.size(); ++i) at = below(*at, i);
        if (!at) return;
        auto* table = at->as_table();
        if (!table)
            return wrong(
                "names no key: a list's place and a key must follow, as in CALCINODE_DESTINATION__0__HOST");
        auto text = made_by<toml::value<std::string>>(variable_->name, "''");
        text.get() = variable_->value;
        table->insert_or_assign(parts.back(), std::move(text));
    }

  private:
    void wrong(std::string what) {
        mistakes_->push_back(mistake_at({0, variable_->name}, "", std::move(what)));
    }

    // The node that part `i` names below `at`, made if need be; null after a mistake.
    toml::node* below(toml::node& at, std::size_t i) {
        const auto& part = variable_->parts[i];
        if (auto* table = at.as_table()) {
            if (!table->contains(part) && !make(*table, i)) return nullptr;
            return table->get(part);
        }
        auto* list = at.as_array();
        if (!list || !is_number(part)) return wrong("goes below what is no section"), nullptr;
        const std::size_t place = std::stoul(part);
        if (place > list->size()) return leaves_out(list->size()), nullptr;
        if (place == list->size()) list->push_back(made_by<toml::table>(so_far(i), "{}"));
        return list->get(place);
    }

    // The table that part `i` names, or the list where a place in it follows.
    bool make(toml::table& table, std::size_t i) {
        const auto& next = variable_->parts[i + 1];
        if (!is_number(next))
            table.insert(variable_->parts[i], made_by<toml::table>(so_far(i), "{}"));
        else if (std::stoul(next) == 0)
            table.insert(variable_->parts[i], made_by<toml::array>(so_far(i), "[]"));
        else
            return leaves_out(0), false;
        return true;
    }

    void leaves_out(std::size_t next) {
        wrong("leaves out a place of the list, whose next is " + std::to_string(next));
    }

    // The variable's name up to part `i`.
    std::string so_far(std::size_t i) const {
        std::string name(prefix);
        for (std::size_t k = 0; k <= i; ++k)
            name += (k ? std::string(separator) : "") + upper(variable_->parts[k]);
        return name;
    }

    const Variable* variable_;
    std::vector<Mistake>* mistakes_;
};

// Places of a list in their order: 2 before 10.
bool before(const Variable& a, const Variable& b) {
    return std::ranges::lexicographical_compare(a.parts, b.parts, [](const auto& x, const auto& y) {
        if (is_number(x) && is_number(y)) return std::stoul(x) < std::stoul(y);
        return x < y;
    });
}

}  // namespace

Environment process_environment() {
    Environment environment;
    for (char** entry = ::environ; entry && *entry; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (!text.starts_with(prefix) || equals == std::string_view::npos) continue;
        environment.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return environment;
}

void lay_over(toml::table& document, const Environment& environment, std::vector<Mistake>& mistakes) {
    std::vector<Variable> variables;
    for (const auto& [name, value] : environment) {
        if (!name.starts_with(prefix) || name.find(separator, prefix.size()) == std::string::npos) continue;
        auto parts = parts_of(name);
        if (parts.empty()) {
            mistakes.push_back(
                mistake_at({0, name}, "",
                           "is no key: write section and key in capitals, as in CALCINODE_NODE__AE_TITLE"));
            continue;
        }
        variables.push_back({name, value, std::move(parts)});
    }
    std::ranges::stable_sort(variables, before);
    for (const auto& variable : variables) Put(variable, mistakes).into(document);
}

void find_slips(const std::vector<std::string>& sections, const Environment& environment,
                std::vector<Mistake>& mistakes) {
    for (const auto& [name, value] : environment) {
        if (name.find(separator, prefix.size()) != std::string::npos) continue;
        for (const auto& section : sections) {
            const auto begin = std::string(prefix) + upper(section) + "_";
            if (name.starts_with(begin) && name.size() > begin.size())
                mistakes.push_back(mistake_at({0, name}, "",
                                              "is no key: two underscores stand between section and key: " +
                                                  begin + "_" + name.substr(begin.size())));
        }
    }
}

}  // namespace calcinode::config
