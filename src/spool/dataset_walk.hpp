// Passes over a dataset's elements as its bytes come, without building it in memory.
//
// Written for bytes from strangers: no recursion, memory bounded whatever they say, and every element's
// length held against what really comes, so that a truncated or foreign dataset is told from a whole one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace calcinode::spool {

enum class Encoding { implicit_little, explicit_little, explicit_big };

using Tag = std::uint32_t;  // group << 16 | element

constexpr Tag make_tag(std::uint16_t group, std::uint16_t element) {
    return static_cast<Tag>(group) << 16 | element;
}
std::string to_string(Tag tag);  // "(7fe0,0010)"

// Called with each element of the outermost level: where its value goes, without padding; null: it is not
// wanted. The text must stay where it is until the walk is over.
using Wanted = std::function<std::string*(Tag)>;

class DatasetWalk {
  public:
    DatasetWalk(Encoding encoding, Wanted wanted) : encoding_(encoding), wanted_(std::move(wanted)) {}

    // The next bytes, cut anywhere. After an Error nothing more may be fed.
    Result<> feed(std::span<const std::byte> bytes);
    // No bytes are left. An Error where they end within an element or a sequence, or where there were none.
    Result<> finish() const;

  private:
    struct Element {
        Tag tag = 0;
        std::array<char, 2> vr{};  // zeros: implicit, or an item's or a delimiter's
        std::uint32_t length = 0;
        bool is(const char* name) const { return vr[0] == name[0] && vr[1] == name[1]; }
    };
    // What of undefined length is open, with the encoding to go back to when it ends.
    struct Open {
        enum class Kind { sequence, item, fragments } kind;
        Encoding outside;
    };
    // What the bytes that come next are.
    enum class Step { header, long_length, value, passed_over };

    void expect(Step step, std::uint32_t bytes);
    void keep(std::span<const std::byte> bytes);
    Result<> step_done();
    Result<> header_done();
    Result<> begin();
    Result<> begin_value(std::string* value);
    Result<> begin_undefined();
    Result<> delimiter();
    Result<> push(Open::Kind kind);
    Result<> pop();
    bool inside(Open::Kind kind) const { return !open_.empty() && open_.back().kind == kind; }
    std::uint16_t u16(std::size_t at) const;
    std::uint32_t u32(std::size_t at) const;

    static constexpr std::uint32_t header_bytes = 8;  // with a short length, or an implicit one

    Encoding encoding_;
    Wanted wanted_;
    std::vector<Open> open_;
    Step step_ = Step::header;
    std::uint32_t missing_ = header_bytes;            // bytes until the step is done
    std::array<std::byte, header_bytes + 4> head_{};  // the header as far as it came
    std::size_t head_used_ = 0;
    Element element_;
    std::string* value_ = nullptr;  // of element_, in Step::value
    std::uint64_t position_ = 0;
};

}  // namespace calcinode::spool
