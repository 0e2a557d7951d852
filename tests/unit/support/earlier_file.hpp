// A file as the spool of an earlier version wrote it.
#pragma once

#include <string>

#include "base/sha256.hpp"
#include "spool/part10.hpp"
#include "support/ct_file.hpp"

namespace calcinode::test {

inline std::string sha256_of(const std::string& bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hex(hash.finish());
}

inline std::string part10_by_sha256(const CtFile& ct) {
    const auto dataset = ct_dataset(ct);
    return part10(ct, dataset,
                  detail::element(2, 0x100, "UI", std::string(spool::sha256_creator_uid)) +
                      detail::element(2, 0x102, "OB", sha256_of(dataset)));
}

}  // namespace calcinode::test
