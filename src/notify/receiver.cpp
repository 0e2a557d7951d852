#include "notify/receiver.hpp"

#include "base/fd.hpp"

namespace calcinode::notify {
namespace {

constexpr std::size_t largest_message = 4 << 20;

}  // namespace

Result<std::string> Receiver::content_of(const deliver::FileToSend& file) {
    return read_file(file.file, largest_message);
}

}  // namespace calcinode::notify
