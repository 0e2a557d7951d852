#include "assemble/plane.hpp"

#include <tuple>

namespace calcinode::assemble {

bool comes_before(const Plane& a, const Plane& b) {
    const auto key = [](const Plane& p) {
        return std::tie(p.image->instance_number, p.image->sop_instance_uid, p.frame);
    };
    return key(a) < key(b);
}

}  // namespace calcinode::assemble
