#include "receive/tally.hpp"

namespace calcinode::receive {

void Tally::count(Outcome outcome) {
    switch (outcome) {
        case Outcome::stored:
            ++stored;
            break;
        case Outcome::duplicate:
            ++duplicates;
            break;
        case Outcome::conflict:
            ++conflicts;
            break;
        case Outcome::ignored:
            ++ignored;
            break;
        case Outcome::refused:
            ++refused;
            break;
    }
}

}  // namespace calcinode::receive
