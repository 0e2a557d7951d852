// A drawing surface: what the figure needs of Cairo, with its handles owned. Units are pixels, y grows
// downwards.
#pragma once

#include <cairo.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace calcinode::report {

struct Point {
    double x = 0, y = 0;
};

struct Rect {
    double x = 0, y = 0, width = 0, height = 0;
    bool overlaps(const Rect& o) const {
        return x < o.x + o.width && o.x < x + width && y < o.y + o.height && o.y < y + height;
    }
    bool contains(Point p) const { return p.x >= x && p.y >= y && p.x <= x + width && p.y <= y + height; }
    bool contains(const Rect& o) const {
        return contains(Point{o.x, o.y}) && contains(Point{o.x + o.width, o.y + o.height});
    }
};

struct Colour {
    double red = 1, green = 1, blue = 1;
};

// Apart for every kind of colour vision, on grey as on black: yellow, blue and orange differ in lightness,
// too.
namespace colour {
inline constexpr Colour white{0.96, 0.96, 0.96};
inline constexpr Colour grey{0.70, 0.73, 0.77};
inline constexpr Colour dark{0.22, 0.24, 0.27};
inline constexpr Colour black{0.0, 0.0, 0.0};
inline constexpr Colour mark{1.0, 0.84, 0.0};    // arrow, outline and what belongs to a target
inline constexpr Colour level{0.55, 0.85, 1.0};  // names of vertebrae
}  // namespace colour

struct Segment {
    Point from, to;
};

enum class Align { left, centre, right };

struct TextStyle {
    double size = 16;
    bool bold = false;
    Align align = Align::left;
    Colour colour = colour::white;
};

inline constexpr double badge_radius_px = 12.5;

class Canvas {
  public:
    Canvas(int width, int height);

    // `at` is on the text's baseline. Text has a dark rim, so that it reads on bone as on air. It is UTF-8
    // that showable() has passed, where it is not our own.
    void text(Point at, const std::string& text, const TextStyle& style);
    // Without a rim, for light grounds.
    void plain_text(Point at, const std::string& text, const TextStyle& style);
    // What text() would cover.
    Rect extent(Point at, const std::string& text, const TextStyle& style);
    double width_of(const std::string& text, const TextStyle& style);
    // The text, or its beginning with an ellipsis where it is wider than `width`.
    std::string shortened(const std::string& text, const TextStyle& style, double width);

    // Its lines, none wider than `width`: broken between words, and a word that is too wide shortened.
    std::vector<std::string> wrapped(const std::string& text, const TextStyle& style, double width);

    void line(const std::vector<Point>& points, Colour colour, double width);
    // Many lines at once, with a faint dark rim.
    void segments(const std::vector<Segment>& segments, Colour colour, double width);
    // From `tail` to `tip`, with a dark rim.
    void arrow(Point tail, Point tip, Colour colour);
    // A number on a disc: dark on colour where `filled`, else the other way round.
    void badge(Point centre, const std::string& text, Colour colour, bool filled);
    void fill(const Rect& rect, Colour colour, double corner_radius = 0);
    // Darkens what is drawn there, so that writing on it reads.
    void shade(const Rect& rect);
    // Grey pixels as they are, the upper left one at (x, y).
    void image(const std::vector<std::uint8_t>& grey, int width, int height, int x, int y);

    int width() const { return width_; }
    int height() const { return height_; }
    std::vector<std::uint8_t> rgb();

  private:
    struct Free {
        void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
        void operator()(cairo_t* context) const { cairo_destroy(context); }
    };
    void choose_font(const TextStyle& style);
    Point start_of(Point at, const std::string& text, const TextStyle& style);
    void set(Colour colour, double alpha = 1);

    int width_, height_;
    std::unique_ptr<cairo_surface_t, Free> surface_;
    std::unique_ptr<cairo_t, Free> cairo_;
};

}  // namespace calcinode::report
