// One image of the figure in its place on the canvas, and the marks drawn on it. What is written is
// remembered, so that later marks keep clear of it.
#pragma once

#include <string>
#include <vector>

#include "report/canvas.hpp"
#include "report/figure_views.hpp"

namespace calcinode::report {

class Panel {
  public:
    // The image is stretched to the right proportions and centred in `place`.
    Panel(Canvas& canvas, const View& view, const Rect& place);

    const Rect& image() const { return image_; }
    Point at(PixelPoint pixel) const;
    bool shows(PixelPoint pixel) const { return image_.contains(at(pixel)); }

    void corner_texts(const std::string& upper_left, const std::string& upper_right,
                      const std::string& lower_left);
    void side_marks(const char* left, const char* right, const char* top, const char* bottom);
    void scale_bar();
    // Text at a place; nothing where it would leave the image or cover what is written already.
    bool label(Point at, const std::string& text, const TextStyle& style);
    // A short line at both edges of the image.
    void level_ticks(double y, Colour colour);

    void outline(std::size_t deposit, Colour colour);
    // An arrow that ends just outside the deposit and covers as little as possible, coming from where
    // `preferred` points to (away from the deposit); `text` stands at its tail,
    // or `short_text` where that has no room.
    void arrow(std::size_t deposit, Point preferred, const std::string& text, const std::string& short_text);
    // The deposit's number beside it.
    void number(std::size_t deposit, const std::string& text);

  private:
    struct Placed {
        Point tail, tip;
        double cost = 0;
    };
    bool inside(const PixelMask& mask, int x, int y) const;
    std::vector<Point> points_of(std::size_t deposit) const;
    Placed place_arrow(std::size_t deposit, const std::vector<Point>& points, Point centre, Point out) const;
    void label_arrow(const Placed& placed, const std::string& text, const std::string& short_text);
    double cost_at(std::size_t deposit, Point p) const;
    bool is_free(const Rect& rect) const;

    Canvas& canvas_;
    const View& view_;
    Rect image_;
    double scale_x_, scale_y_;  // canvas pixels a pixel of the view
    std::vector<Rect> taken_;
};

}  // namespace calcinode::report
