#include "web/exposition.hpp"

#include <spdlog/fmt/fmt.h>

namespace calcinode::web {
namespace {

std::string escaped(std::string_view value) {
    std::string text;
    for (const char c : value) {
        if (c == '\\' || c == '"') text += '\\';
        if (c == '\n')
            text += "\\n";
        else
            text += c;
    }
    return text;
}

}  // namespace

void Exposition::metric(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

void Exposition::sample(double value, const Labels& labels, std::string_view suffix) {
    text_.append(name_).append(suffix);
    for (std::size_t i = 0; i < labels.size(); ++i)
        text_ += fmt::format("{}{}=\"{}\"", i == 0 ? "{" : ",", labels[i].first, escaped(labels[i].second));
    if (!labels.empty()) text_ += '}';
    text_ += fmt::format(" {}\n", value);
}

void Exposition::one(std::string_view name, std::string_view type, std::string_view help, double value) {
    metric(name, type, help);
    sample(value);
}

}  // namespace calcinode::web
