#include "report/figure.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <functional>

#include "base/fd.hpp"
#include "report/figure_views.hpp"
#include "report/panel.hpp"
#include "report/spine_wording.hpp"
#include "report/wording.hpp"

namespace calcinode::report {
namespace {

constexpr int figure_width = 1400, figure_height = 1000;
constexpr double margin = 16, header_height = 78, row_height = 21, rule_gap = 7;
constexpr std::size_t rows_at_most = 8;  // of the table; the rest is counted only
// No more numbers than rows, so that each number on an image is found in the table.

std::string with_decimals(double value, int decimals) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

std::string window_text(GreyWindow window) {
    return "W " + std::to_string(window.width) + "  L " + std::to_string(window.level);
}

class Figure {
  public:
    Figure(const Findings& findings, const Volume& volume, const SeriesSource& source)
        : findings_(findings), volume_(volume), source_(source), canvas_(figure_width, figure_height) {}

    Picture draw();

  private:
    std::size_t rows() const { return std::min(findings_.deposits.size(), rows_at_most); }
    double table_top() const {
        return figure_height - margin - row_height * static_cast<double>(rows() + 2) - rule_gap;
    }

    void header();
    void sagittal(const Rect& place, const AxialView& axial);
    void axial(const Rect& place, const AxialView& view);
    void level_names(Panel& panel, const SagittalView& view);
    void table();
    void row(double y, const std::vector<std::string>& cells, const TextStyle& style);
    std::string slice_text(const AxialView& view) const;

    const Findings& findings_;
    const Volume& volume_;
    const SeriesSource& source_;
    Canvas canvas_;
};

void Figure::header() {
    const char* finding = findings_.verdict == Verdict::positive
                              ? "Pathologic calcification, pattern compatible with calcinosis"
                              : "Possible pathologic calcification, undetermined";
    canvas_.fill({0, 0, figure_width, header_height}, {0.10, 0.115, 0.135});
    canvas_.fill({0, header_height - 3, figure_width, 3}, colour::mark);
    canvas_.text({margin, 33}, finding, {.size = 24, .bold = true});
    canvas_.text({margin, 61}, "Software finding for review, unverified, not for primary diagnosis",
                 {.size = 17, .colour = colour::mark});
    canvas_.text({figure_width - margin, 33}, "Calcinode " CALCINODE_VERSION,
                 {.size = 15, .align = Align::right, .colour = colour::grey});
    canvas_.text({figure_width - margin, 61}, "Preliminary",
                 {.size = 15, .align = Align::right, .colour = colour::grey});
}

// The source image's own number and position where the plane is one; the patient's coordinate otherwise.
std::string Figure::slice_text(const AxialView& view) const {
    const auto& grid = volume_.grid;
    double z = grid.to_lps(view.across.low + view.across.count / 2.0, view.along.low + view.along.count / 2.0,
                           view.k)
                   .z;
    if (source_.source_axis[2] != 2) return "reformatted, z " + with_decimals(z, 1) + " mm LPS";
    const auto index = static_cast<std::size_t>(source_.to_source(0, 0, view.k)[2]);
    if (index >= source_.slices.size()) return "z " + with_decimals(z, 1) + " mm LPS";
    const auto& slice = source_.slices[index];
    z = slice.position.z;
    const auto image = slice.frame > 1 ? "frame " + std::to_string(slice.frame)
                                       : "image " + std::to_string(slice.instance_number);
    return image + ", z " + with_decimals(z, 1) + " mm LPS";
}

void Figure::level_names(Panel& panel, const SagittalView& view) {
    const auto& main = findings_.deposits.front();
    for (const auto& vertebra : findings_.spine.vertebrae) {
        const auto name = picture_level(vertebra);
        if (name == "?") continue;
        // In front of the body: as far before its centre as the canal is behind it.
        const auto before = volume_.grid.to_index(vertebra.body + (vertebra.body - vertebra.canal));
        const auto pixel = view.at(before);
        if (!panel.shows(pixel)) continue;
        const bool hit = std::ranges::find(main.levels, vertebra.level) != main.levels.end() ||
                         vertebra.level == main.level;
        const Point p = panel.at(pixel);
        panel.label(
            {p.x, p.y + 6}, name,
            {.size = 17, .bold = hit, .align = Align::right, .colour = hit ? colour::mark : colour::level});
    }
}

void Figure::sagittal(const Rect& place, const AxialView& axial) {
    const auto view = sagittal_view(findings_, volume_, place.width / place.height);
    Panel panel(canvas_, view, place);
    panel.corner_texts("Sagittal maximum intensity projection",
                       "slab " + with_decimals(view.slab_mm, 0) + " mm", window_text(projection_window));
    panel.side_marks("A", "P", "H", "F");
    panel.scale_bar();
    panel.level_ticks(panel.at(view.at({0, 0, static_cast<double>(axial.k)})).y, colour::level);
    level_names(panel, view);
    const auto& main = findings_.deposits.front();
    panel.arrow(0, {1, -0.35}, short_level_text(main) + " (" + std::to_string(main.id) + ")",
                std::to_string(main.id));
    for (std::size_t d = 1; d < rows(); ++d) panel.number(d, std::to_string(findings_.deposits[d].id));
}

void Figure::axial(const Rect& place, const AxialView& view) {
    Panel panel(canvas_, view, place);
    panel.corner_texts("Axial", slice_text(view), window_text(axial_window));
    panel.side_marks("R", "L", "A", "P");
    panel.scale_bar();
    for (std::size_t d = 0; d < findings_.deposits.size(); ++d) panel.outline(d, colour::mark);
    // From outside: away from the canal.
    const auto canal = canal_at_each_slice(findings_, volume_.grid);
    const auto k = static_cast<std::size_t>(view.k);
    const Point c = panel.at(view.at({canal.i[k], canal.j[k], 0}));
    const Point d = panel.at(view.at(volume_.grid.to_index(findings_.deposits.front().centroid)));
    const Point away{d.x - c.x, d.y - c.y};
    const auto number = std::to_string(findings_.deposits.front().id);
    panel.arrow(0, std::hypot(away.x, away.y) < 1 ? Point{1, 1} : away, number, number);
    for (std::size_t n = 1; n < rows(); ++n) panel.number(n, std::to_string(findings_.deposits[n].id));
}

void Figure::row(double y, const std::vector<std::string>& cells, const TextStyle& style) {
    // Left edge of text columns, right edge of number columns.
    constexpr std::array<double, 10> edge{20, 70, 240, 400, 620, 750, 880, 1030, 1190, 1376};
    for (std::size_t c = 0; c < cells.size(); ++c) {
        TextStyle cell = style;
        cell.align = c < 4 ? Align::left : Align::right;
        canvas_.text({edge[c], y}, cells[c], cell);
    }
}

void Figure::table() {
    double y = table_top() + row_height - 5;
    row(y,
        {"No.", "Level", "Compartment", "Side", "Volume, ml", "Mean HU", "Max HU", "Long axis, mm",
         "To canal, mm", "Confidence"},
        {.size = 14, .colour = colour::grey});
    canvas_.line({{margin, y + 7}, {figure_width - margin, y + 7}}, colour::dark, 1);
    y += rule_gap;
    for (std::size_t n = 0; n < rows(); ++n) {
        const auto& d = findings_.deposits[n];
        y += row_height;
        row(y,
            {std::to_string(d.id), short_level_text(d), std::string(to_string(d.compartment)),
             std::string(to_string(d.side)), millilitres(d.volume_mm3), with_decimals(d.mean_hu, 0),
             with_decimals(d.max_hu, 0), with_decimals(d.long_axis_mm, 1),
             with_decimals(d.canal_distance_mm, 1), with_decimals(d.confidence, 2)},
            {.size = 15, .bold = n == 0, .colour = n == 0 ? colour::mark : colour::white});
    }
    y += row_height;
    const auto count = findings_.deposits.size();
    std::string total = std::to_string(count) + (count == 1 ? " deposit, " : " deposits, together ") +
                        millilitres(findings_.total_volume_mm3()) + " ml";
    if (count > rows()) total += "; the " + std::to_string(rows()) + " largest are listed";
    for (const auto& slip : spondylolistheses(findings_.spine))
        total += "; " + slip_words(findings_.spine, slip);
    canvas_.text({margin + 4, y}, total, {.size = 14, .colour = colour::grey});
    canvas_.text({figure_width - margin - 8, y},
                 "Arrow: the largest deposit (No. " + std::to_string(findings_.deposits.front().id) +
                     "). Side marks are the patient's.",
                 {.size = 14, .align = Align::right, .colour = colour::grey});
}

Picture Figure::draw() {
    header();
    const double top = header_height + 10, height = table_top() - 8 - top;
    const double width = (figure_width - 3 * margin) / 2;
    const Rect left{margin, top, width, height}, right{2 * margin + width, top, width, height};
    const auto view = axial_view(findings_, volume_, width / height);
    sagittal(left, view);
    axial(right, view);
    table();
    return {canvas_.width(), canvas_.height(), canvas_.rgb()};
}

}  // namespace

Result<Picture> draw_figure(const Findings& findings, const Volume& volume, const SeriesSource& source) {
    if (findings.deposits.empty()) return fail("there is no deposit to draw");
    if (volume.grid.voxels() == 0 || volume.hu.size() != volume.grid.voxels())
        return fail("the volume to draw is empty");
    try {
        return Figure(findings, volume, source).draw();
    } catch (const std::exception& mistake) {
        return fail(std::string("can't draw the figure: ") + mistake.what());
    }
}

Result<> write_png(const Picture& picture, const std::filesystem::path& file) {
    std::vector<std::uint8_t> pixels;
    pixels.reserve(picture.rgb.size() / 3 * 4);
    for (std::size_t p = 0; p + 2 < picture.rgb.size(); p += 3)
        pixels.insert(pixels.end(), {picture.rgb[p + 2], picture.rgb[p + 1], picture.rgb[p], 255});
    const std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface(
        cairo_image_surface_create_for_data(pixels.data(), CAIRO_FORMAT_RGB24, picture.width, picture.height,
                                            picture.width * 4),
        cairo_surface_destroy);
    std::string png;
    const auto append = [](void* to, const unsigned char* data, unsigned int length) {
        try {
            static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), length);
        } catch (...) {
            return CAIRO_STATUS_NO_MEMORY;
        }
        return CAIRO_STATUS_SUCCESS;
    };
    const auto status = cairo_surface_write_to_png_stream(surface.get(), append, &png);
    if (status != CAIRO_STATUS_SUCCESS)
        return fail("can't write " + file.string() + ": " + cairo_status_to_string(status));
    return write_file_atomically(file, png);
}

}  // namespace calcinode::report
