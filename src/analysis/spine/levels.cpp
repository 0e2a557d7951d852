#include "analysis/spine/levels.hpp"
namespace calcinode::spine {
Spine find_levels(const Volume&, const Frame&, const deposits::Straight&, std::optional<double>) {
    return {};
}
void name_levels(Deposit& deposit, const Spine&, const Frame&) {
    deposit.level = uncertain_level;
    deposit.levels = {deposit.level};
}
}  // namespace calcinode::spine
