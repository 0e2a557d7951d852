// Passes over a dataset's elements without building it in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "spool/byte_source.hpp"

namespace calcinode::spool {

enum class Encoding { implicit_little, explicit_little, explicit_big };

using Tag = std::uint32_t;  // group << 16 | element

constexpr Tag make_tag(std::uint16_t group, std::uint16_t element) {
    return static_cast<Tag>(group) << 16 | element;
}

// Called with each element of the outermost level: where its value goes, without padding; null: it is not
// wanted.
using Wanted = std::function<std::string*(Tag)>;

// Walks from here to the end of `bytes`. An Error says where the dataset is cut off, or why it is none.
Result<> walk_dataset(ByteSource& bytes, Encoding encoding, const Wanted& wanted);

// Preamble, "DICM" and file meta information (PS3.10 7.1); stops at the dataset's first byte.
Result<> walk_file_head(ByteSource& bytes, const Wanted& wanted);

}  // namespace calcinode::spool
