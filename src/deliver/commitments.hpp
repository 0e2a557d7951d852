// What a destination's report of storage commitment means for the deliveries it is about.
#pragma once

#include <cstdint>

#include "deliver/retry.hpp"
#include "dicom/commitment.hpp"
#include "store/store.hpp"

namespace calcinode::deliver {

class Commitments {
  public:
    // `database` must outlive it.
    Commitments(store::Database& database, RetryPolicy policy) : database_(&database), policy_(policy) {}

    // Records the report, on whichever association and however late it came, and gives the status to answer
    // the N-EVENT-REPORT with (PS3.7 10.1.1.1.8). From any thread. Throws store::StoreFailure.
    std::uint16_t take(const dicom::CommitmentReport& report, UnixMillis now) const;

  private:
    store::CommitmentVerdict verdict_on(const store::Delivery& delivery, std::uint16_t reason,
                                        UnixMillis now) const;

    store::Database* database_;
    RetryPolicy policy_;
};

}  // namespace calcinode::deliver
