#include "deliver/peer.hpp"

namespace calcinode::deliver {

SendState state_of_unread(const std::filesystem::path& file) {
    std::error_code error;
    const bool gone = std::filesystem::status(file, error).type() == std::filesystem::file_type::not_found;
    return gone ? SendState::permanent_failure : SendState::transient_failure;
}

}  // namespace calcinode::deliver
