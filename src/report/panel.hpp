// One image of the figure in its place on the canvas, and the writing on it. What is written is remembered,
// so that later marks keep clear of it.
#pragma once

#include <string>
#include <vector>

#include "report/canvas.hpp"
#include "report/figure_views.hpp"

namespace calcinode::report {

// Canvas pixels a millimetre, so that all of the image is in `place`.
double fitting_scale(const View& view, const Rect& place);

class Panel {
  public:
    // The image is stretched to the right proportions and centred in `place`, beyond which it may reach by
    // half a voxel.
    Panel(Canvas& canvas, const View& view, const Rect& place, double px_a_mm);

    Canvas& canvas() { return canvas_; }
    const View& view() const { return view_; }
    const Rect& image() const { return image_; }
    double px_a_mm() const { return px_a_mm_; }
    Point at(PixelPoint pixel) const;
    bool shows(PixelPoint pixel) const { return image_.contains(at(pixel)); }

    // What is drawn at a place: its grey from 0 to 1, and whether it belongs to a target.
    double brightness(Point p) const;
    bool is_in_target(std::size_t target, Point p) const;
    bool covers_target(const Rect& rect) const;

    bool is_free(const Rect& rect) const;
    void take(const Rect& rect) { taken_.push_back(rect); }

    void corner_texts(const std::string& upper_left, const std::string& upper_right,
                      const std::vector<std::string>& lower_left);
    void side_marks(const std::string& left, const std::string& right, const std::string& top,
                    const std::string& bottom);
    void scale_bar();
    // Text at a place; nothing where it would leave the image or cover a target or what is written already.
    bool label(Point at, const std::string& text, const TextStyle& style);
    // A short line at both edges of the image.
    void height_ticks(double y, Colour colour);
    void outline(std::size_t target, Colour colour, double width);

  private:
    double brightness_of(const Rect& rect) const;

    Canvas& canvas_;
    const View& view_;
    double px_a_mm_;
    Rect image_;
    double scale_x_, scale_y_;        // canvas pixels a pixel of the view
    std::vector<std::uint8_t> grey_;  // as drawn
    std::vector<Rect> taken_;
};

}  // namespace calcinode::report
