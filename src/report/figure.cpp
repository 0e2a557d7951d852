#include "report/figure.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>

#include "base/decimals.hpp"
#include "report/callouts.hpp"
#include "report/figure_layout.hpp"
#include "report/figure_table.hpp"
#include "report/figure_texts.hpp"
#include "report/panel.hpp"
#include "report/showable.hpp"
#include "report/spine_wording.hpp"
#include "report/wording.hpp"

namespace calcinode::report {
namespace {

constexpr double text_margin_px = 20;
constexpr const char* software = "Calcinode " CALCINODE_VERSION;
constexpr Colour banner_colour{0.10, 0.115, 0.135};
constexpr double outline_px = 1.7, thin_outline_px = 1.1;
constexpr double coronal_name_px = 40;  // from the left edge: beside the side's letter

std::string in_mm(double length) {
    return whole_number(length) + " mm";
}

// One page. The scene, and what it refers to, must outlive it.
class Page {
  public:
    Page(const Scene& scene, const SeriesSource& source, const FigureTexts& texts, const FigureTable& table,
         const FigureLayout& layout)
        : scene_(scene),
          source_(source),
          texts_(texts),
          table_(table),
          layout_(layout),
          canvas_(layout.width, layout.height) {}

    Picture draw(const std::string& page_words);

  private:
    void banner(const std::string& page_words);
    void projection(const ProjectionView& view, const Rect& place, const AxialView* axial);
    void level_names(Panel& panel, const ProjectionView& view);
    void axial(const AxialView& view);
    Point from_outside(const ProjectionView& view) const;
    void outlines(Panel& panel, double focus_px);
    void numbers(Panel& panel);
    void footer();
    const Target& focus() const { return scene_.targets[table_.focus]; }

    const Scene& scene_;
    const SeriesSource& source_;
    const FigureTexts& texts_;
    const FigureTable& table_;
    const FigureLayout& layout_;
    Canvas canvas_;
};

void Page::banner(const std::string& page_words) {
    const auto words = verdict_words(scene_.findings);
    const auto& place = layout_.banner;
    canvas_.fill(place, banner_colour);
    canvas_.fill({0, place.height - 4, place.width, 4}, words.colour);
    const TextStyle tag{.size = 22, .bold = true, .colour = colour::white};
    const double tag_width = canvas_.width_of(words.tag, tag);
    canvas_.fill({text_margin_px, 14, tag_width + 24, 36}, words.colour, 6);
    canvas_.plain_text({text_margin_px + 12, 40}, words.tag,
                       {.size = 22, .bold = true, .colour = colour::black});
    canvas_.text({text_margin_px + tag_width + 40, 41}, words.finding, {.size = 25, .bold = true});
    canvas_.text({text_margin_px, 80},
                 "Software finding for review: unverified, preliminary, not for primary diagnosis",
                 {.size = 19, .colour = words.colour});
    TextStyle right{.size = 17, .align = Align::right, .colour = colour::white};
    const double edge = place.width - text_margin_px;
    if (scene_.findings.severity != Severity::none)
        canvas_.text({edge, 40}, "Severity: " + std::string(to_string(scene_.findings.severity)), right);
    const auto reason = severity_reason(scene_.findings);
    canvas_.text({edge, 80}, reason + (reason.empty() || page_words.empty() ? "" : "; ") + page_words, right);
}

void Page::level_names(Panel& panel, const ProjectionView& view) {
    constexpr std::array<double, 4> further{1.0, 1.35, 1.7, 0.7};
    for (const auto& vertebra : scene_.findings.spine.vertebrae) {
        const auto name = picture_level(vertebra);
        if (name == "?") continue;
        const bool hit = !scene_.targets.empty() &&
                         std::ranges::find(focus().levels, vertebra.level) != focus().levels.end();
        const TextStyle style{.size = 18,
                              .bold = hit,
                              .align = view.coronal ? Align::left : Align::right,
                              .colour = hit ? colour::mark : colour::level};
        if (view.coronal) {
            const Point p = panel.at(view.at(scene_.volume.grid.to_index(vertebra.body)));
            panel.label({panel.image().x + coronal_name_px, p.y + 6}, name, style);
            continue;
        }
        // In front of the body: as far before its centre as the canal is behind it.
        for (const double part : further) {
            const auto before = vertebra.body + (vertebra.body - vertebra.canal) * part;
            const auto pixel = view.at(scene_.volume.grid.to_index(before));
            if (!panel.shows(pixel)) continue;
            const Point p = panel.at(pixel);
            if (panel.label({p.x, p.y + 6}, name, style)) break;
        }
    }
}

// Away from the canal and a little from above.
Point Page::from_outside(const ProjectionView& view) const {
    const Vec3 at = scene_.volume.grid.to_index(focus().centre);
    const int k = std::clamp(static_cast<int>(std::lround(at.z)), 0, scene_.volume.grid.size[2] - 1);
    const double away = view.coronal ? at.x - scene_.canal.i_at(k) : at.y - scene_.canal.j_at(k);
    return {away < 0 ? -1.0 : 1.0, -0.35};
}

void Page::outlines(Panel& panel, double focus_px) {
    for (std::size_t t = 0; t < scene_.targets.size(); ++t)
        if (scene_.targets[t].mask)
            panel.outline(t, colour::mark, t == table_.focus ? focus_px : thin_outline_px);
}

void Page::numbers(Panel& panel) {
    for (std::size_t t = 0; t < scene_.listed; ++t)
        if (t != table_.focus) put_number(panel, t, std::to_string(scene_.targets[t].number));
}

void Page::projection(const ProjectionView& view, const Rect& place, const AxialView* axial) {
    Panel panel(canvas_, view, place, layout_.px_a_mm);
    const auto& axis = scene_.volume.grid.axis;
    const auto letters = [](Vec3 d) { return direction_letters(d); };
    panel.corner_texts(view.coronal ? "Coronal MIP" : "Sagittal MIP", "slab " + in_mm(view.slab_mm),
                       {in_words(view.window)});
    panel.scale_bar();
    if (axial) panel.height_ticks(panel.at(view.at({0, 0, static_cast<double>(axial->k)})).y, colour::mark);
    const Vec3 right = view.coronal ? axis[0] : axis[1];
    panel.side_marks(letters(right * -1), letters(right), letters(axis[2]), letters(axis[2] * -1));
    level_names(panel, view);
    if (scene_.targets.empty()) return;
    outlines(panel, thin_outline_px);
    point_at(panel, table_.focus, from_outside(view), std::to_string(focus().number));
    numbers(panel);
}

void Page::axial(const AxialView& view) {
    Panel panel(canvas_, view, layout_.axial, fitting_scale(view, layout_.axial));
    panel.corner_texts("Axial through " + std::to_string(focus().number), image_words(view, source_),
                       {position_words(view, scene_.volume.grid), in_words(view.window)});
    panel.scale_bar();
    const auto& axis = scene_.volume.grid.axis;
    panel.side_marks(direction_letters(axis[0] * -1), direction_letters(axis[0]),
                     direction_letters(axis[1] * -1), direction_letters(axis[1]));
    outlines(panel, outline_px);
    // From outside: away from the canal.
    const Point c = panel.at(view.at({scene_.canal.i_at(view.k), scene_.canal.j_at(view.k), 0}));
    const Point d = panel.at(view.at(scene_.volume.grid.to_index(focus().centre)));
    const Point away{d.x - c.x, d.y - c.y};
    point_at(panel, table_.focus, std::hypot(away.x, away.y) < 1 ? Point{1, 1} : away,
             std::to_string(focus().number));
    numbers(panel);
}

void Page::footer() {
    const auto& place = layout_.footer;
    const TextStyle style{.size = 15, .colour = colour::grey};
    canvas_.fill({place.x, place.y, place.width, 1}, colour::dark);
    TextStyle right{.size = 15, .align = Align::right, .colour = colour::grey};
    canvas_.text({place.x + place.width, place.y + 46}, software, right);
    right.bold = true;
    right.colour = colour::white;
    const auto name = canvas_.shortened(patient_words(texts_), right, place.width / 2);
    canvas_.text({place.x + place.width, place.y + 24}, name, right);
    const double taken = name.empty() ? 0 : canvas_.width_of(name, right) + text_margin_px;
    const auto series = series_words(source_, scene_.volume.grid, showable(texts_.series_description));
    canvas_.text({place.x, place.y + 24}, canvas_.shortened(series, style, place.width - taken), style);
    const char* const legend =
        scene_.targets.empty()
            ? "Letters at the edges: the patient's directions."
            : "Arrow: the deposit of the marked row. Short lines: height of the axial image. "
              "Letters at the edges: the patient's directions.";
    canvas_.text({place.x, place.y + 46}, legend, style);
}

Picture Page::draw(const std::string& page_words) {
    banner(page_words);
    const auto sagittal = sagittal_view(scene_, layout_.sagittal.width / layout_.px_a_mm);
    const auto coronal = coronal_view(scene_, table_.focus, layout_.coronal.width / layout_.px_a_mm);
    if (scene_.targets.empty()) {
        projection(sagittal, layout_.sagittal, nullptr);
        projection(coronal, layout_.coronal, nullptr);
    } else {
        const auto plane = axial_view(scene_, table_.focus, layout_.axial.width / layout_.axial.height);
        projection(sagittal, layout_.sagittal, &plane);
        projection(coronal, layout_.coronal, &plane);
        axial(plane);
    }
    draw_table(canvas_, layout_.table, table_, layout_.wide_table);
    footer();
    return {canvas_.width(), canvas_.height(), canvas_.rgb()};
}

// What each page points at: the leading target first.
std::vector<std::size_t> page_order(const Scene& scene, FigurePages pages) {
    std::vector<std::size_t> order{scene.leading};
    if (pages == FigurePages::one) return order;
    for (std::size_t t = 0; t < scene.listed; ++t)
        if (t != scene.leading) order.push_back(t);
    return order;
}

std::vector<Picture> draw_pages(const Scene& scene, const SeriesSource& source, const FigureTexts& texts,
                                FigurePages pages) {
    FigureTable table{.targets = scene.targets,
                      .listed = scene.listed,
                      .focus = scene.leading,
                      .notes = note_lines(scene),
                      .with_change = !texts.changes.empty()};
    for (const auto* lines : {&texts.change_lines, &texts.limits})
        table.notes.insert(table.notes.end(), lines->begin(), lines->end());
    const bool axial = !scene.targets.empty();
    const auto layout = figure_layout({.heights_mm = scene.heights_mm(),
                                       .sagittal_mm = scene.sagittal.length_mm,
                                       .coronal_mm = scene.coronal.length_mm,
                                       .table_px = table_height(table, narrow_table_px),
                                       .wide_table_px = table_height(table, wide_table_px(axial)),
                                       .axial = axial});
    const auto order = page_order(scene, pages);
    std::vector<Picture> drawn;
    for (const auto focus : order) {
        table.focus = focus;
        const auto words = "Page " + std::to_string(drawn.size() + 1) + " of " + std::to_string(order.size());
        drawn.push_back(Page(scene, source, texts, table, layout).draw(order.size() == 1 ? "" : words));
    }
    return drawn;
}

}  // namespace

Result<std::vector<Picture>> draw_figure(const Findings& findings, const Volume& volume,
                                         const SeriesSource& source, const FigureTexts& texts,
                                         FigurePages pages) {
    if (volume.grid.voxels() == 0 || volume.hu.size() != volume.grid.voxels())
        return fail("the volume to draw is empty");
    try {
        auto scene = scene_of(findings, volume);
        for (auto& target : scene.targets)
            if (const auto change = texts.changes.find(target.number); change != texts.changes.end())
                target.change = change->second;
        return draw_pages(scene, source, texts, pages);
    } catch (const std::exception& mistake) {
        return fail(std::string("can't draw the figure: ") + mistake.what());
    }
}

}  // namespace calcinode::report
