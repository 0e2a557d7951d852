#include "report/contour.hpp"

#include <algorithm>
#include <array>

namespace calcinode::report {
namespace {

constexpr int smallest_to_smooth = 16;  // pixels
constexpr double inside_from = 0.5;

// The mask, smoothed with the weights 1 2 1 both ways; 0 outside.
class Field {
  public:
    Field(const std::vector<std::uint8_t>& mask, int width, int height)
        : mask_(mask), width_(width), height_(height) {
        smooth_ = std::ranges::count(mask, 1) >= smallest_to_smooth;
    }
    double at(int x, int y) const {
        if (!smooth_) return raw(x, y);
        double sum = 0;
        for (int dy = -1; dy <= 1; ++dy)
            for (int dx = -1; dx <= 1; ++dx) sum += raw(x + dx, y + dy) * ((2 - dx * dx) * (2 - dy * dy));
        return sum / 16;
    }

  private:
    double raw(int x, int y) const {
        if (x < 0 || y < 0 || x >= width_ || y >= height_) return 0;
        return mask_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                     static_cast<std::size_t>(x)];
    }
    const std::vector<std::uint8_t>& mask_;
    int width_, height_;
    bool smooth_;
};

struct Corner {
    PixelPoint place;
    double value = 0;
};

PixelPoint crossing(const Corner& a, const Corner& b) {
    const double t = (inside_from - a.value) / (b.value - a.value);
    return {a.place.x + (b.place.x - a.place.x) * t, a.place.y + (b.place.y - a.place.y) * t};
}

}  // namespace

// Marching squares: each cell between four pixel centres is crossed where two neighbours differ. Of a saddle
// the crossings are joined in their order round the cell.
std::vector<std::pair<PixelPoint, PixelPoint>> contour(const std::vector<std::uint8_t>& mask, int width,
                                                       int height) {
    std::vector<std::pair<PixelPoint, PixelPoint>> segments;
    const Field field(mask, width, height);
    for (int y = -1; y < height; ++y)
        for (int x = -1; x < width; ++x) {
            std::array<Corner, 4> corner;
            for (std::size_t c = 0; c < 4; ++c) {
                const int cx = x + (c == 1 || c == 2), cy = y + (c >= 2);
                corner[c] = {{static_cast<double>(cx), static_cast<double>(cy)}, field.at(cx, cy)};
            }
            std::vector<PixelPoint> crossings;
            for (std::size_t c = 0; c < 4; ++c) {
                const auto &a = corner[c], &b = corner[(c + 1) % 4];
                if ((a.value >= inside_from) != (b.value >= inside_from)) crossings.push_back(crossing(a, b));
            }
            for (std::size_t n = 0; n + 1 < crossings.size(); n += 2)
                segments.emplace_back(crossings[n], crossings[n + 1]);
        }
    return segments;
}

// What is not reached from outside is inside.
std::vector<std::uint8_t> without_holes(const std::vector<std::uint8_t>& mask, int width, int height) {
    std::vector<std::uint8_t> filled(mask.size(), 1);
    std::vector<std::pair<int, int>> to_visit;
    const auto visit = [&](int x, int y) {
        if (x < 0 || y < 0 || x >= width || y >= height) return;
        const auto p =
            static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
        if (mask[p] != 0 || filled[p] == 0) return;
        filled[p] = 0;
        to_visit.emplace_back(x, y);
    };
    for (int x = 0; x < width; ++x) {
        visit(x, 0);
        visit(x, height - 1);
    }
    for (int y = 0; y < height; ++y) {
        visit(0, y);
        visit(width - 1, y);
    }
    while (!to_visit.empty()) {
        const auto [x, y] = to_visit.back();
        to_visit.pop_back();
        visit(x - 1, y);
        visit(x + 1, y);
        visit(x, y - 1);
        visit(x, y + 1);
    }
    return filled;
}

}  // namespace calcinode::report
