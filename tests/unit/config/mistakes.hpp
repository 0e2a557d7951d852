// What the tests of the configuration share.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "config/config.hpp"
#include "config/environment.hpp"

namespace calcinode::test {

inline const std::string pacs = "[[destination]]\nname = 'P'\nhost = 'h'\nae_title = 'A'\n";

// The only mistake in `text` with `environment` over it.
inline config::Mistake mistake_in(const std::string& text, const config::Environment& environment = {}) {
    const auto parsed = config::parse(text, environment);
    REQUIRE_FALSE(parsed.has_value());
    REQUIRE(parsed.error().size() == 1);
    return parsed.error().front();
}

}  // namespace calcinode::test
