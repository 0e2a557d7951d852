// How this software marks what it makes, and knows it again when a PACS sends it back (design: "No echo").
#pragma once

#include <string_view>

namespace calcinode {

inline constexpr std::string_view our_manufacturer = "Calcinode project";  // (0008,0070)
inline constexpr std::string_view our_model = "Calcinode";                 // (0008,1090)

constexpr bool made_by_us(std::string_view manufacturer, std::string_view model) {
    return manufacturer == our_manufacturer && model == our_model;
}

}  // namespace calcinode
