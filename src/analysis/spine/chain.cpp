#include "analysis/spine/chain.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace calcinode::spine {
namespace {

// Body and disc, millimetres: cervical as measured on the development necks, thoracic and lumbar after
// Panjabi et al., Spine 1991;16:861 and 1992;17:299 (posterior body height) with the disc's height added.
constexpr std::array<double, levels> spacing_mm{0,    0,    16.8, 16.2, 16.0, 15.8, 16.5,  // C1 ... C7
                                                18.0, 20.0, 20.8, 21.3, 21.8, 22.4, 23.1,
                                                24.0, 24.5, 25.5, 27.3, 29.5,      // T1 ... T12
                                                32.0, 33.5, 34.3, 34.0, 32.0, 0};  // L1 ... L5, S1
// Depth of the body, front to back, in its middle: cervical as measured on the development necks, thoracic
// and lumbar after Panjabi (as above; depth of the endplates, less up to 3 mm for the waist between them).
// People and measurements differ by a seventh; one person's vertebrae differ alike, hence the weight below
// one.
constexpr std::array<double, levels> body_depth_mm{18,   18, 18,   18,   18, 18.5, 18.5,  // C1 ... C7
                                                   18.5, 20, 21,   22.5, 24, 25.5, 26.5,
                                                   27.5, 28, 28.5, 29,   30,       // T1 ... T12
                                                   31,   32, 33,   33.5, 34, 34};  // L1 ... L5, S1
constexpr double depth_sd = 0.15, depth_weight = 0.4, most_depth_nats = 4;
// How steeply the spinous processes fall, degrees. Textbook anatomy: those of T5 to T8 are long, steep and
// overlap, those of T11 to L5 short and level; the numbers in between as on the development CTs.
constexpr std::array<double, levels> spinous_slope_deg{0,  30, 32, 30, 28, 26, 26,  // C1 ... C7
                                                       28, 33, 40, 48, 57, 64, 66,
                                                       62, 54, 46, 32, 14,      // T1 ... T12
                                                       6,  3,  3,  3,  3,  3};  // L1 ... L5, S1
constexpr double spinous_sd_deg = 14, most_spinous_nats = 2;
// How much more contrast than the even one makes a rib e times likelier. T1 against C7: 160 to 390 against -4
// to 170, one in ten beyond.
constexpr double hu_per_nat = 18, most_rib_nats = 3, t1_even_hu = 150, t1_hu_per_nat = 35;
constexpr double person_sd = 0.13;    // of the logarithm: how much people differ in size
constexpr double neighbour_sd = 0.1;  // how much one vertebra's height differs from what the last one's says
constexpr int shortest_mm = 10, longest_mm = 46;
constexpr int steps = longest_mm - shortest_mm + 1;
constexpr double shortest_share = 0.62, longest_share = 1.5;  // of the usual spacing
constexpr double largest_change = 1.45;  // of one distance to the next, against the usual change

constexpr double between_weight = 0.6;               // a disc in the middle between two is one too many
constexpr double per_uncovered_mm = 0.15;            // spine without discs
constexpr int joint_from_mm = 13, joint_to_mm = 26;  // of C1 and C2, above the disc C2/C3
constexpr double joint_weight = 0.5;
constexpr double c2_above_disc_mm = 60;  // C2, dens and C1, up to the skull base
constexpr double impossible = -std::numeric_limits<double>::infinity();

double square(double x) {
    return x * x;
}

// What a chain gains by how well it meets a landmark: place.most_nats, down to nothing.
double meets(double s, const Place& place) {
    return std::max(0.0, place.most_nats - 0.5 * square((s - place.s) / place.sd_mm));
}

class Search {
  public:
    explicit Search(const Evidence& evidence) : seen_(evidence), n_(static_cast<int>(evidence.disc.size())) {
        best_.assign(static_cast<std::size_t>(levels * n_ * steps), impossible);
        previous_.assign(best_.size(), -1);
        onward_.assign(best_.size(), impossible);
        change_.assign(static_cast<std::size_t>(levels * steps * steps), impossible);
        for (int level = c3 + 1; level <= l5; ++level)
            for (int step = 0; step < steps; ++step)
                for (int before = 0; before < steps; ++before)
                    change_[static_cast<std::size_t>((level * steps + step) * steps + before)] =
                        fits_neighbour(level, shortest_mm + step, shortest_mm + before);
    }

    Chain run() {
        for (int level = c3; level <= l5; ++level) forward(level);
        for (int level = l5; level >= c3; --level) backward(level);
        return trace();
    }

  private:
    // State: the disc below `level` is at s, `step` tells its distance to the disc above.
    std::size_t cell(int level, int s, int step) const {
        return (static_cast<std::size_t>(level) * static_cast<std::size_t>(n_) +
                static_cast<std::size_t>(s)) *
                   steps +
               static_cast<std::size_t>(step);
    }
    double disc(int s) const { return seen_.disc[static_cast<std::size_t>(s)]; }

    static std::pair<int, int> steps_of(int level) {
        const double usual = usual_spacing_mm(level);
        return {std::max(0, static_cast<int>(std::ceil(usual * shortest_share)) - shortest_mm),
                std::min(steps - 1, static_cast<int>(usual * longest_share) - shortest_mm)};
    }

    double bears_ribs(int level, int middle) const {
        const double hu = seen_.rib_hu[static_cast<std::size_t>(middle)];
        if (std::isnan(hu)) return 0;
        const auto nats = [hu](double even, double per_nat) {
            return std::clamp((hu - even) / per_nat, -most_rib_nats, most_rib_nats);
        };
        // The first rib rises to beside C7, or C7 bears one of its own.
        if (level == c7) return -std::max(0.0, nats(t1_even_hu, t1_hu_per_nat));
        if (level < t1 || level > t12) return -nats(even_contrast_hu, hu_per_nat);
        const double bears =
            level == t1 ? nats(t1_even_hu, t1_hu_per_nat) : nats(even_contrast_hu, hu_per_nat);
        return bears + seen_.rib_joins[static_cast<std::size_t>(middle)];
    }

    // How well the spinous process of a vertebra with its middle there suits the name.
    double suits_slope(int level, int middle) const {
        const auto& slope = seen_.spinous[static_cast<std::size_t>(middle)];
        const double off = slope.degrees - spinous_slope_deg[static_cast<std::size_t>(level)];
        return -slope.clearness * std::min(0.5 * square(off / spinous_sd_deg), most_spinous_nats);
    }
    double suits_depth(int level, int middle) const {
        const double depth = seen_.depth_mm[static_cast<std::size_t>(middle)];
        if (std::isnan(depth) || level <= c2) return 0;
        const double off = std::log(depth / body_depth_mm[static_cast<std::size_t>(level)]);
        return -depth_weight * std::min(0.5 * square(off / depth_sd), most_depth_nats);
    }
    double suits(int level, int middle) const {
        return suits_depth(level, middle) + bears_ribs(level, middle) + suits_slope(level, middle);
    }

    // A disc at s below `level` with its predecessor `distance` above: all but how the distance itself fits.
    double vertebra(int level, int s, int distance) const {
        const int middle = s - distance / 2;
        double value = disc(s) - between_weight * std::max(0.0, disc(middle)) + suits(level, middle);
        if (level == t1)
            for (const auto& place : seen_.t1) value += meets(middle, place);
        if (level == l4 && seen_.disc_l4_l5) value += meets(s, *seen_.disc_l4_l5);
        return value;
    }

    // A chain that starts with the disc below `level` at s.
    double start(int level, int s) const {
        double value = disc(s);
        if (level == c2) {
            for (const auto& place : seen_.disc_c2_c3) value += meets(s, place);
            double atlas = 0;
            for (const auto& place : seen_.disc_c2_c3_by_atlas) atlas = std::max(atlas, meets(s, place));
            value += atlas;
            // The joint of C1 and C2 looks much like a disc between pedicles.
            double joint = 0;
            for (int above = joint_from_mm; above <= joint_to_mm; ++above)
                if (s - above >= 0) joint = std::max(joint, disc(s - above));
            value += joint_weight * joint;
            return value - per_uncovered_mm * std::max(0.0, s - c2_above_disc_mm);
        }
        const double usual = usual_spacing_mm(level);
        value -= per_uncovered_mm * std::max(0.0, s - 1.1 * usual);
        const int middle = static_cast<int>(s - usual / 2);
        if (middle >= 0) value += suits(level, middle);
        if (level == t1)
            for (const auto& place : seen_.t1) value += meets(s - usual / 2, place);
        return value;
    }

    // A chain that ends with the disc below `level` at s.
    double end(int level, int s) const {
        const int left = n_ - 1 - s;
        if (level == l5) return 0;
        const double usual = usual_spacing_mm(level + 1);
        double value = -per_uncovered_mm * std::max(0.0, left - 1.1 * usual);
        const int middle = static_cast<int>(s + usual / 2);
        if (middle < n_) value += suits(level + 1, middle);
        if (level + 1 == t1)
            for (const auto& place : seen_.t1) value += meets(s + usual / 2, place);
        return value;
    }

    static double fits_person(int level, int distance) {
        return -0.5 * square(std::log(distance / usual_spacing_mm(level)) / person_sd);
    }
    static double fits_neighbour(int level, int distance, int before) {
        const double usual = usual_spacing_mm(level) / usual_spacing_mm(level - 1);
        const double off = std::log(static_cast<double>(distance) / before / usual);
        return std::abs(off) > std::log(largest_change) ? impossible : -0.5 * square(off / neighbour_sd);
    }

    void forward(int level) {
        const auto [low, high] = steps_of(level);
        for (int s = 0; s < n_; ++s)
            for (int step = low; step <= high; ++step) {
                const int distance = shortest_mm + step, from = s - distance;
                if (from < 0) break;
                double best = start(level - 1, from) + fits_person(level, distance);
                std::int16_t chosen = -1;
                if (level > c3) {
                    const auto [low_before, high_before] = steps_of(level - 1);
                    for (int b = low_before; b <= high_before; ++b) {
                        const double value = best_[cell(level - 1, from, b)] + change(level, step, b);
                        if (value > best) best = value, chosen = static_cast<std::int16_t>(b);
                    }
                }
                best_[cell(level, s, step)] = best + vertebra(level, s, distance);
                previous_[cell(level, s, step)] = chosen;
            }
    }

    // The best that can follow each state.
    void backward(int level) {
        const auto [low, high] = steps_of(level);
        for (int s = 0; s < n_; ++s)
            for (int step = low; step <= high; ++step) {
                if (best_[cell(level, s, step)] == impossible) continue;
                double best = end(level, s);
                if (level < l5) {
                    const auto [low_next, high_next] = steps_of(level + 1);
                    for (int b = low_next; b <= high_next && s + shortest_mm + b < n_; ++b) {
                        const int next = s + shortest_mm + b;
                        const double value = onward_[cell(level + 1, next, b)] +
                                             vertebra(level + 1, next, shortest_mm + b) +
                                             change(level + 1, b, step);
                        best = std::max(best, value);
                    }
                }
                onward_[cell(level, s, step)] = best;
            }
    }

    Chain trace() const {
        double most = impossible;
        int level = 0, s = 0, step = 0;
        for (int l = c3; l <= l5; ++l)
            for (int at = 0; at < n_; ++at)
                for (int q = 0; q < steps; ++q)
                    if (best_[cell(l, at, q)] != impossible) {
                        const double value = best_[cell(l, at, q)] + end(l, at);
                        if (value > most) most = value, level = l, s = at, step = q;
                    }
        if (most == impossible) return {};
        Chain chain;
        while (true) {
            chain.discs.push_back(s);
            chain.names.push_back(names_at(s));
            const int before = previous_[cell(level, s, step)];
            s -= shortest_mm + step;
            --level;
            if (before < 0) break;
            step = before;
        }
        chain.discs.push_back(s);
        chain.first_level = level;
        // The topmost disc ends no distance: its name follows from the next one's.
        auto top = chain.names.back();
        std::ranges::rotate(top, top.begin() + 1);
        chain.names.push_back(top);
        std::ranges::reverse(chain.discs);
        std::ranges::reverse(chain.names);
        return chain;
    }

    // How likely each name is for the vertebra above a disc near s: each name by the likeliest chain that
    // gives it.
    std::array<double, levels> names_at(int s) const {
        constexpr int near_mm = 4;
        std::array<double, levels> value;
        value.fill(impossible);
        for (int l = c3; l <= l5; ++l)
            for (int at = std::max(0, s - near_mm); at <= std::min(n_ - 1, s + near_mm); ++at)
                for (int q = 0; q < steps; ++q)
                    value[static_cast<std::size_t>(l)] = std::max(
                        value[static_cast<std::size_t>(l)], best_[cell(l, at, q)] + onward_[cell(l, at, q)]);
        const double most = *std::ranges::max_element(value);
        double sum = 0;
        for (double& v : value) sum += v = std::exp(v - most);
        for (double& v : value) v /= sum;
        return value;
    }

    double change(int level, int step, int before) const {
        return change_[(static_cast<std::size_t>(level) * steps + static_cast<std::size_t>(step)) * steps +
                       static_cast<std::size_t>(before)];
    }

    const Evidence& seen_;
    int n_;
    std::vector<double> change_;  // by level, step and the step before
    std::vector<double> best_;    // of all chains that end in a state; what may follow it is not counted
    std::vector<double> onward_;  // of all that may follow a state
    std::vector<std::int16_t> previous_;  // step of the disc above, -1 where the chain starts with it
};

}  // namespace

double usual_spacing_mm(int level) {
    return spacing_mm[static_cast<std::size_t>(level)];
}

Chain likeliest_chain(const Evidence& evidence) {
    if (evidence.disc.size() <= static_cast<std::size_t>(shortest_mm)) return {};
    return Search(evidence).run();
}

}  // namespace calcinode::spine
