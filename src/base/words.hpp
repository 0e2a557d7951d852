// Lists in the words of logs and messages.
#pragma once

#include <string>

namespace calcinode {

// "a, b, c"; `if_none` where there is nothing to list.
template <class Texts>
std::string listed(const Texts& texts, const std::string& if_none = "") {
    std::string words;
    for (const auto& text : texts) {
        if (!words.empty()) words += ", ";
        words += text;
    }
    return words.empty() ? if_none : words;
}

}  // namespace calcinode
