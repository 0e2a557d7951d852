// The two halves of a DIMSE message as they come from a peer. After an error the association is of no use.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <vector>

#include "deliver/association.hpp"

namespace calcinode::deliver {

struct Command {
    T_DIMSE_Message message{};
    T_ASC_PresentationContextID context = 0;
    std::string comment;  // Error Comment (0000,0902) in printable ASCII, "" where there is none
};

// Waits for as long as the association's time-out.
OFCondition receive_command(Association& association, Command& command);

// The data set that follows a command, in the context's transfer syntax. An error, in words, also for one of
// more than `longest` bytes.
std::expected<std::vector<std::byte>, std::string> receive_dataset(Association& association,
                                                                   T_ASC_PresentationContextID context,
                                                                   std::size_t longest);

}  // namespace calcinode::deliver
