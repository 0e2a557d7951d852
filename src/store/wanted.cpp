#include "store/wanted.hpp"

#include <algorithm>

namespace calcinode::store {

bool is_wanted(const NewResult& result, const std::string& destination, const ObjectToDeliver& object) {
    const auto classes = result.wanted_classes.find(destination);
    return classes == result.wanted_classes.end() ||
           std::ranges::find(classes->second, object.sop_class_uid) != classes->second.end();
}

}  // namespace calcinode::store
