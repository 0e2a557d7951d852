// DICOM unique identifiers (PS3.5 chapter 9).
#pragma once

#include <compare>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace calcinode {

// A well-formed UID: 1 to 64 characters, digits and single dots, no leading zero in a component of more than
// one digit. A value of this type is safe as a file name and as a key.
class Uid {
  public:
    // Nothing where `text` is not well-formed. Trailing padding (NUL or space) is taken off first.
    static std::optional<Uid> parse(std::string_view text);

    // The UID under 2.25 that follows from `parts`: the same parts give the same UID, always and everywhere.
    // Results are named so, so that a repeated run makes the same objects (design: "Each study once").
    static Uid derived_from(std::initializer_list<std::string_view> parts);

    // A UID under 2.25 that nobody can guess, for what is named by chance: transactions.
    static Uid random();

    const std::string& str() const { return text_; }
    friend auto operator<=>(const Uid&, const Uid&) = default;

  private:
    explicit Uid(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace calcinode
