#include "report/outcome.hpp"

namespace calcinode::report {

std::string_view to_string(Status status) {
    switch (status) {
        case Status::analysed:
            return "analysed";
        case Status::not_applicable:
            return "not_applicable";
        case Status::failed:
            break;
    }
    return "failed";
}

}  // namespace calcinode::report
