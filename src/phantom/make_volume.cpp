#include "phantom/canvas.hpp"
#include "phantom/deposit.hpp"
#include "phantom/other_bones.hpp"
#include "phantom/phantom.hpp"
#include "phantom/random.hpp"
#include "phantom/scanner.hpp"
#include "phantom/shapes.hpp"
#include "phantom/soft_tissue.hpp"
#include "phantom/spine_plan.hpp"
#include "phantom/vertebra.hpp"

namespace calcinode::phantom {
namespace {

// The field of view, centred on the middle of the neck; the table's position is any scanner's.
Grid field_of_view(const PhantomOptions& options) {
    Grid grid;
    grid.size = options.size;
    grid.spacing_mm = options.spacing_mm;
    const auto half = [&](std::size_t a) { return (options.size[a] - 1) * options.spacing_mm[a] / 2; };
    grid.origin = {-half(0), -half(1), -half(2)};
    return grid;
}

// How the person lies: the middle of C4 a little above the middle of the scan.
Frame posture(Random& random) {
    Frame frame;
    frame.scale = random.uniform(0.95F, 1.05F);
    frame.origin = Vec3{random.uniform(-4, 4), 3.0 + random.uniform(-3, 3), 13.0 + random.uniform(-3, 3)};
    return frame.turned(random.uniform(-3, 3) * degree, random.uniform(-2.5F, 2.5F) * degree,
                        random.uniform(-4, 4) * degree);
}

// A head rest of carbon fibre below the neck: a thin shell around foam.
void paint_head_rest(Canvas& canvas) {
    const Box everything{{-400, -400, -400}, {400, 400, 400}};
    canvas.visit(Frame{}, everything, [&](std::size_t offset, Point p) {
        if (canvas.hu[offset] > -900) return;
        const float rest = 94 - 0.0042F * p.x * p.x - p.y;  // a shallow trough
        const float shell = std::abs(rest) - 1;
        canvas.hu[offset] += coverage(shell) * (-420 - canvas.hu[offset]);
    });
}

}  // namespace

Volume make_volume(const PhantomOptions& options, PhantomTruth& truth) {
    Random random(options.seed);
    const Frame neck = posture(random);
    const SpinePlan plan = plan_spine(random, options.slip_mm);
    const NoiseField noise(mixed(options.seed));
    Canvas canvas(field_of_view(options), air_hu);
    paint_soft_tissue(canvas, neck, plan, noise, random);
    paint_head_rest(canvas);
    paint_spine(canvas, neck, plan, noise, random);
    paint_other_bones(canvas, neck, plan, noise, random);

    truth = {};
    for (const auto& v : plan.vertebrae) {
        const Frame frame = neck.placed(v.frame);
        const LpsPoint body = frame.origin;
        const Vec3 index = canvas.grid.to_index(body);
        if (index.z < 0 || index.z > canvas.grid.size[2] - 1) continue;
        truth.bodies.push_back({std::string(v.level), body, frame.to_outer(v.canal_centre())});
    }
    std::uint64_t number = 0;
    for (const auto& deposit : options.deposits) {
        Random own(mixed(options.seed ^ 0xCA1C) + ++number);  // so that one deposit does not shape the next
        truth.deposits.push_back(paint_deposit(canvas, neck, plan, noise, deposit, own));
    }
    return scan(std::move(canvas), neck, options.seed);
}

Volume make_volume(const PhantomOptions& options) {
    PhantomTruth truth;
    return make_volume(options, truth);
}

}  // namespace calcinode::phantom
