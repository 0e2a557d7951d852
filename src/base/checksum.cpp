#include "base/checksum.hpp"

#include <xxhash.h>

#include <new>
#include <stdexcept>

#include "base/sha256.hpp"

namespace calcinode {
namespace {

void require(XXH_errorcode code) {
    if (code != XXH_OK) throw std::runtime_error("libxxhash: XXH3 failed");
}

}  // namespace

void Checksum::Free::operator()(XXH3_state_s* state) const {
    XXH3_freeState(state);
}

Checksum::Checksum() : state_(XXH3_createState()) {
    if (!state_) throw std::bad_alloc();
    require(XXH3_128bits_reset(state_.get()));
}

void Checksum::update(std::span<const std::byte> bytes) {
    if (!bytes.empty()) require(XXH3_128bits_update(state_.get(), bytes.data(), bytes.size()));
}

std::string Checksum::text() const {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_.get()));
    return hex(canonical.digest);
}

}  // namespace calcinode
