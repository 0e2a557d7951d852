#include "report/spine_figure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>

#include "base/decimals.hpp"
#include "report/panel.hpp"
#include "report/spine_wording.hpp"

namespace calcinode::report {
namespace {

constexpr double px_a_mm = 3.4;
// So that a neck is large enough to see, and a whole body fits a screen.
constexpr double least_height_px = 780, most_height_px = 1500;
constexpr double margin = 14, header_height = 62, footer_height = 30;
constexpr double least_width_px = 720;  // for the writing
constexpr double unknown_depth_mm = 14;
constexpr double half_width_of_depth =
    0.65;  // of a body's half-width in its depth: they are broader than deep
constexpr double text_gap_px = 9;
constexpr Colour uncertain_colour{1.0, 0.62, 0.25};
constexpr Colour canal_colour{0.35, 0.95, 0.55};
constexpr Colour landmark_colour{0.95, 0.55, 0.95};

bool is_uncertain(const Vertebra& v) {
    return v.level.empty() || v.level == "uncertain";
}

// "T4? (T5)": the likeliest name, and what else it may be.
std::string name_of(const Vertebra& v) {
    std::string text = picture_level(v);
    if (is_uncertain(v) && v.alternatives.size() > 1) text += " (" + v.alternatives[1].level + ")";
    return text;
}

class SpineFigure {
  public:
    SpineFigure(CurvedPlane plane, const Spine& spine, const CurvedView& view)
        : plane_(plane),
          spine_(spine),
          view_(view),
          image_height_(std::clamp(view.height * view.step_y_mm * px_a_mm, least_height_px, most_height_px)),
          image_width_(image_height_ * view.width / view.height),
          canvas_(even(std::max(image_width_, least_width_px) + 2 * margin),
                  even(image_height_ + header_height + footer_height + 2 * margin)),
          panel_(canvas_, view, {margin, header_height + margin, canvas_.width() - 2 * margin, image_height_},
                 image_height_ / (view.height * view.step_y_mm)) {}

    Picture draw();

  private:
    static int even(double length) { return static_cast<int>(std::ceil(length / 2)) * 2; }
    bool sagittal() const { return plane_ == CurvedPlane::sagittal; }
    Point at(LpsPoint p) const { return panel_.at(view_.at(p)); }

    void header();
    void footer();
    void canal();
    void body(const Vertebra& v);
    void name(const Vertebra& v);
    void landmark(const Landmark& mark);
    void slip(const Listhesis& slip);
    bool aside(Point from, double direction, const std::string& text, const TextStyle& style);
    // Half of the body as the picture sees it, from its centre to its edge.
    Vec3 half_body(const Vertebra& v) const;

    CurvedPlane plane_;
    const Spine& spine_;
    const CurvedView& view_;
    double image_height_, image_width_;
    Canvas canvas_;
    Panel panel_;
};

void SpineFigure::header() {
    const double width = canvas_.width();
    canvas_.fill({0, 0, width, header_height}, {0.10, 0.115, 0.135});
    canvas_.text({margin, 26}, "Spine: " + extent_words(spine_), {.size = 18, .bold = true});
    std::string below;
    for (const auto& mark : spine_.landmarks)
        below += (below.empty() ? "" : ", ") + mark.name + " at " + mark.level;
    canvas_.text({margin, 49}, below.empty() ? "No landmark in view" : "Landmarks: " + below,
                 {.size = 14, .colour = below.empty() ? uncertain_colour : landmark_colour});
}

void SpineFigure::footer() {
    const double y = canvas_.height() - margin + 2;
    canvas_.text({margin, y}, "Software finding for review, unverified, not for primary diagnosis",
                 {.size = 13, .colour = colour::mark});
    canvas_.text({canvas_.width() - margin, y}, "Calcinode " CALCINODE_VERSION,
                 {.size = 13, .align = Align::right, .colour = colour::grey});
}

void SpineFigure::canal() {
    std::vector<Point> line;
    for (const auto& p : spine_.canal) line.push_back(at(p));
    canvas_.line(line, canal_colour, 1.6);
}

Vec3 SpineFigure::half_body(const Vertebra& v) const {
    const double depth = v.depth_mm > 0 ? v.depth_mm : unknown_depth_mm;
    return sagittal() ? v.back * (depth / 2) : v.left * (depth * half_width_of_depth);
}

void SpineFigure::body(const Vertebra& v) {
    const Colour c = is_uncertain(v) ? uncertain_colour : colour::level;
    const Vec3 half = half_body(v);
    if (distance(v.upper_endplate, v.lower_endplate) > 1) {
        const std::array<Point, 4> corner{at(v.upper_endplate - half), at(v.upper_endplate + half),
                                          at(v.lower_endplate + half), at(v.lower_endplate - half)};
        canvas_.line({corner[0], corner[1]}, c, 2);
        canvas_.line({corner[2], corner[3]}, c, 2);
        canvas_.line({corner[1], corner[2]}, c, 0.7);
        canvas_.line({corner[3], corner[0]}, c, 0.7);
    }
    const Point centre = at(v.body);
    canvas_.line({centre, centre}, {0, 0, 0}, 8);
    canvas_.line({centre, centre}, c, 5);
}

// Text beside a place, moved away from it as far as it must to cover nothing, with a line back to it.
bool SpineFigure::aside(Point from, double direction, const std::string& text, const TextStyle& style) {
    TextStyle turned = style;
    turned.align = direction < 0 ? Align::right : Align::left;
    constexpr std::array<double, 5> sideways{0, 30, 60, 100, 150}, shifts{0, -9, 9, -18, 18};
    for (const double further : sideways)
        for (const double shift : shifts) {
            const Point place{from.x + direction * (text_gap_px + further),
                              from.y + style.size * 0.36 + shift};
            if (!panel_.label(place, text, turned)) continue;
            if (further > 0 || shift != 0)
                canvas_.line({from, {place.x - direction * 3, place.y - style.size * 0.36}}, style.colour, 1);
            return true;
        }
    return false;
}

void SpineFigure::name(const Vertebra& v) {
    const bool uncertain = is_uncertain(v);
    const TextStyle style{
        .size = 16, .bold = !uncertain, .colour = uncertain ? uncertain_colour : colour::level};
    const auto text = name_of(v);
    if (!aside(at(v.body - half_body(v)), -1, text, style)) aside(at(v.body + half_body(v)), 1, text, style);
}

void SpineFigure::landmark(const Landmark& mark) {
    const Point p = at(mark.place);
    for (const auto& [half, c] : {std::pair{7.0, Colour{0, 0, 0}}, std::pair{5.0, landmark_colour}})
        canvas_.line(
            {{p.x, p.y - half}, {p.x + half, p.y}, {p.x, p.y + half}, {p.x - half, p.y}, {p.x, p.y - half}},
            c, half > 6 ? 4 : 2);
    aside({p.x + 26, p.y}, 1, mark.name + ": " + mark.level, {.size = 14, .colour = landmark_colour});
}

void SpineFigure::slip(const Listhesis& slip) {
    const Point tip = at(slip.place);
    const Point tail{tip.x + 52, tip.y + 10};
    canvas_.arrow(tail, tip, colour::mark);
    aside(tail, 1, picture_slip(spine_, slip), {.size = 14, .bold = true, .colour = colour::mark});
}

Picture SpineFigure::draw() {
    header();
    panel_.corner_texts(
        sagittal() ? "Sagittal reformat along the spine" : "Coronal projection along the spine",
        "slab " + with_decimals(view_.slab_mm, 0) + " mm", {in_words(view_.window)});
    if (sagittal())
        panel_.side_marks("A", "P", "H", "F");
    else
        panel_.side_marks("R", "L", "H", "F");
    panel_.scale_bar();
    canal();
    for (const auto& v : spine_.vertebrae) body(v);
    for (const auto& v : spine_.vertebrae) name(v);
    if (sagittal())
        for (const auto& one : spondylolistheses(spine_)) slip(one);
    for (const auto& mark : spine_.landmarks) landmark(mark);
    footer();
    return {canvas_.width(), canvas_.height(), canvas_.rgb()};
}

}  // namespace

Result<Picture> draw_spine(CurvedPlane plane, const Spine& spine, const Volume& volume) {
    if (spine.canal.empty()) return fail("there is no canal to draw");
    if (volume.grid.voxels() == 0 || volume.hu.size() != volume.grid.voxels())
        return fail("the volume to draw is empty");
    try {
        const auto view = curved_view(plane, spine, volume);
        return SpineFigure(plane, spine, view).draw();
    } catch (const std::exception& mistake) {
        return fail(std::string("can't draw the spine: ") + mistake.what());
    }
}

}  // namespace calcinode::report
