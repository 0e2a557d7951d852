#include "analysis/spine/bodies.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "analysis/spine/endplates.hpp"

namespace calcinode::spine {
namespace {

// A body with its disc is about as deep as it is high: 0.8 times in a neck with high discs, 1.3 in the lower
// chest. These are parts of the distance of its two discs.
constexpr double usual_depth = 1.0, least_depth = 0.6, most_depth = 1.6, usual_depth_below_dens = 0.8;
constexpr double thickest_disc = 0.45;
constexpr double half_disc = 0.12;  // from a disc's middle to the endplate, usually
constexpr double least_height = 0.5, most_height = 1.05;
constexpr double most_thick_mm = 16;
constexpr double least_pitch_mm = 8, most_pitch_mm = 60;

// The body of C2 with half of the disc below: measured on 44 necks and phantoms.
constexpr double c2_height_mm = 21;
constexpr int frame_end_mm = 3;         // no disc is looked for closer to the end of the frame
constexpr double about_as_well = 0.02;  // of the best score

// The side walls, and the body's middle between them.
constexpr double least_half_width = 0.45, most_half_width = 0.85;  // of the depth
constexpr double farthest_middle_mm = 6;                           // from the canal's
constexpr double least_side_step_hu = 70;                          // less is no wall to be sure of
constexpr double off_middle_hu = 5;  // that a middle 1 mm off the canal's has to gain; 4 times for 2 mm

// The body's middle plane in the curved frame, from its two endplates.
struct Section {
    Endplate upper, lower;

    // The height a part `t` of the way down, at v.
    double at(double t, double v) const { return (1 - t) * upper.at(0, v) + t * lower.at(0, v); }
};

// Mean step along v at the wall that crosses v at the middle of the body and stands at right angles to the
// endplates, turned by `turn`; over the middle part of its height, where neither corners nor osteophytes are.
double wall_step(const MidSection& section, const Section& body, double v, double turn) {
    const double tilt = (body.upper.tilt + body.lower.tilt) / 2;
    const double height = body.lower.at(0, v) - body.upper.at(0, v);
    double sum = 0;
    int count = 0;
    for (double t = 0.22; t <= 0.78 + 1e-9; t += 0.07, ++count) {
        const double at_v = v + (turn - tilt) * (t - 0.5) * height;
        sum += damped(section.step_along_v(body.at(t, at_v), at_v));
    }
    return sum / count;
}

// Where the wall crosses v at the middle of the body: the mean of all places that fit about as well as the
// best. Walls stand at right angles to the endplates, more or less, or along the canal.
template <class Prior>
double find_wall(const MidSection& section, const Section& body, double from_v, double to_v, double sign,
                 Prior prior) {
    const double tilt = (body.upper.tilt + body.lower.tilt) / 2;
    std::vector<std::pair<double, double>> places;  // v, score
    for (double v = from_v; v <= to_v; v += 0.5) {
        double step = 0;
        for (double turn = std::min(-0.2, tilt); turn <= std::max(0.2, tilt) + 1e-9; turn += 0.1)
            step = std::max(step, sign * wall_step(section, body, v, turn));
        places.emplace_back(v, step - prior(v));
    }
    if (places.empty()) return (from_v + to_v) / 2;
    const auto [best_v, best] = *std::ranges::max_element(places, {}, &std::pair<double, double>::second);
    double sum = 0, weights = 0;
    for (const auto& [v, score] : places) {
        if (std::abs(v - best_v) > 1.5) continue;
        const double weight = std::exp((score - best) / std::max(2.0, about_as_well * std::abs(best)));
        sum += weight * v, weights += weight;
    }
    return sum / weights;
}

Endplate given_plate(double s_mm, double v_mm, const Endplate& like) {
    return {s_mm, v_mm, like.tilt, like.lean, 0};
}

// Where the two plates leave no body between them, the one farther from where it is expected took something
// else for a disc: it is put there, like the other.
void keep_height(Section& body, double upper_s, double lower_s, double v) {
    const double pitch = lower_s - upper_s, height = body.lower.at(0, v) - body.upper.at(0, v);
    if (height >= least_height * pitch && height <= most_height * pitch) return;
    const double expected_upper = upper_s + half_disc * pitch, expected_lower = lower_s - half_disc * pitch;
    const double upper_off = std::abs(body.upper.s_mm - expected_upper);
    const double lower_off = std::abs(body.lower.s_mm - expected_lower);
    if (upper_off > lower_off)
        body.upper = given_plate(expected_upper, body.upper.v_mm, body.lower);
    else
        body.lower = given_plate(expected_lower, body.lower.v_mm, body.upper);
}

// Whether the scan ends before this height: in front of the canal there is nothing but bone and disc.
bool beyond_scan(const Straight& straight, double s, double radius) {
    constexpr int nothing_hu = -1000, depth_mm = 6;
    const int k = static_cast<int>(std::lround(s));
    if (k < frame_end_mm || k >= straight.hu.size[2] - frame_end_mm) return true;
    const int v = -static_cast<int>(std::lround(radius)) - depth_mm;
    return straight.hu.values[straight.hu.offset(half_width_mm, std::max(0, v + front_mm), k)] <= nothing_hu;
}

struct Shape {
    Section body;
    double back_v = 0, front_v = 0;
    double middle_u = 0;
};

// Mean step along u at the given u, over the front half of the body: behind it pedicles and ribs join.
double side_step(const Straight& straight, const Shape& shape, double u) {
    const auto& block = straight.hu;
    const int i = static_cast<int>(std::floor(u)) + half_width_mm;
    const double depth = shape.back_v - shape.front_v, part = u - std::floor(u);
    double sum = 0;
    int count = 0;
    for (const double t : {0.35, 0.45, 0.55, 0.65})
        for (double v = shape.front_v + 0.2 * depth; v <= shape.front_v + 0.6 * depth; v += 2, ++count) {
            const double s = (1 - t) * shape.body.upper.at(u, v) + t * shape.body.lower.at(u, v);
            const int k = std::clamp(static_cast<int>(std::lround(s)), 0, block.size[2] - 1);
            const std::int16_t* row =
                &block.values[block.offset(i, static_cast<int>(std::lround(v)) + front_mm, k)];
            const auto hu = [&](int n) { return std::clamp<double>(row[n], least_hu, most_hu); };
            sum += damped((1 - part) * (hu(1) - hu(-1)) + part * (hu(2) - hu(0)));
        }
    return count > 0 ? sum / count : 0;
}

// The u of the body's middle: where left and right walls are found at the same distance. The canal's middle
// is that of a body too, unless the vertebra is turned against the frame or something fills the canal.
double lateral_middle(const Straight& straight, const Shape& shape) {
    const double depth = shape.back_v - shape.front_v;
    const int reach = static_cast<int>(std::ceil(most_half_width * depth + farthest_middle_mm)) + 1;
    if (reach + 3 > half_width_mm) return 0;
    std::vector<double> step;  // at half millimetres from -reach to reach
    for (int n = -2 * reach; n <= 2 * reach; ++n) step.push_back(side_step(straight, shape, n / 2.0));
    double best = 0, most = least_side_step_hu;
    for (double middle = -farthest_middle_mm; middle <= farthest_middle_mm; middle += 0.5)
        for (double half = std::ceil(least_half_width * depth); half <= most_half_width * depth;
             half += 0.5) {
            const auto at = [&](double u) {
                return step[static_cast<std::size_t>(std::lround(2 * u) + 2 * reach)];
            };
            const double left = -at(middle + half), right = at(middle - half);
            const double score = std::min(left, right) + (left + right) / 4 - off_middle_hu * middle * middle;
            if (score > most) most = score, best = middle;
        }
    return best;
}

Shape measure(const Frame& frame, const Straight& straight, double upper_s, double lower_s, BodyEnd upper,
              BodyEnd lower) {
    const double pitch = std::clamp(lower_s - upper_s, least_pitch_mm, most_pitch_mm);
    const auto radius = [&](double s) {
        return frame.station(std::clamp(static_cast<int>(std::lround(s)), 0, frame.length() - 1)).radius_mm;
    };
    const int margin = static_cast<int>(pitch);
    const MidSection section(straight, static_cast<int>(upper_s) - margin,
                             static_cast<int>(lower_s) + margin);
    if (beyond_scan(straight, upper_s, radius(upper_s))) upper = BodyEnd::given;
    if (beyond_scan(straight, lower_s, radius(lower_s))) lower = BodyEnd::given;
    const double middle_radius = radius((upper_s + lower_s) / 2);

    Shape shape;
    const double usual = upper == BodyEnd::given ? usual_depth_below_dens : usual_depth;
    double depth = usual * pitch, back = -middle_radius;
    for (int pass = 0; pass < 2; ++pass) {
        const auto search = [&](double s) {
            return DiscSearch{s, back, depth, std::min(most_thick_mm, thickest_disc * pitch)};
        };
        auto &up = shape.body.upper, &low = shape.body.lower;
        if (upper == BodyEnd::disc) up = find_disc_faces(straight, section, search(upper_s)).below;
        if (lower == BodyEnd::disc) low = find_disc_faces(straight, section, search(lower_s)).above;
        if (upper == BodyEnd::given) up = given_plate(upper_s, back, low);
        if (lower == BodyEnd::given) low = given_plate(lower_s, back, up);
        keep_height(shape.body, upper_s, lower_s, back - depth / 2);

        const auto near_canal = [&](double v) { return 4 * std::abs(v + middle_radius); };
        shape.back_v = find_wall(section, shape.body, -middle_radius - 7, -2, -1, near_canal);
        const double nearest = shape.back_v - least_depth * pitch,
                     farthest = shape.back_v - most_depth * pitch;
        const auto unusual = [&](double v) {
            const double off = (shape.back_v - v) / pitch - usual;
            return 200 * off * off;
        };
        shape.front_v =
            find_wall(section, shape.body, std::max(2.0 - front_mm, farthest), nearest, 1, unusual);
        depth = shape.back_v - shape.front_v;
        back = shape.back_v;
    }
    shape.middle_u = lateral_middle(straight, shape);
    return shape;
}

}  // namespace

Vertebra measure_body(const Frame& frame, const Straight& straight, double upper_disc_s, double lower_disc_s,
                      BodyEnd upper, BodyEnd lower) {
    const Shape shape = measure(frame, straight, upper_disc_s, lower_disc_s, upper, lower);
    const double middle_v = (shape.front_v + shape.back_v) / 2;
    const auto place = [&](const Endplate& plate, double u, double v) {
        return frame.to_lps({plate.at(u, v), u, v});
    };
    const auto normal = [&](const Endplate& plate) {
        const Vec3 to_left =
            place(plate, shape.middle_u + 6, middle_v) - place(plate, shape.middle_u - 6, middle_v);
        const Vec3 to_back =
            place(plate, shape.middle_u, shape.back_v) - place(plate, shape.middle_u, shape.front_v);
        return unit(cross(to_back, to_left));
    };
    Vertebra v;
    v.upper_endplate = place(shape.body.upper, shape.middle_u, middle_v);
    v.lower_endplate = place(shape.body.lower, shape.middle_u, middle_v);
    v.body = (v.upper_endplate + v.lower_endplate) * 0.5;
    v.down = unit(normal(shape.body.upper) + normal(shape.body.lower));
    const double s = frame.to_curved(v.body).s;
    const auto& station = frame.station(std::clamp(static_cast<int>(std::lround(s)), 0, frame.length() - 1));
    v.left = unit(station.left - v.down * dot(station.left, v.down));
    v.back = cross(v.left, v.down);
    v.depth_mm = shape.back_v - shape.front_v;
    v.canal = frame.to_lps({s, 0, 0});
    return v;
}

Vertebra measure_c2(const Frame& frame, const Straight& straight, double lower_disc_s) {
    return measure_body(frame, straight, lower_disc_s - c2_height_mm, lower_disc_s, BodyEnd::given);
}

}  // namespace calcinode::spine
