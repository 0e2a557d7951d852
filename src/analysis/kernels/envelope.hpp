// The step of a distance transform along one axis.
#pragma once

#include <vector>

namespace calcinode::kernels {

// Felzenszwalb and Huttenlocher, "Distance transforms of sampled functions" (2012): each value stands for a
// parabola, and the lower envelope of all is what remains of them.
class Envelope {
  public:
    Envelope(int length, double spacing_mm);

    // value[n] becomes the smallest value[m] + ((n - m) * spacing)^2; an infinite value is no parabola. Time
    // grows with the length alone.
    void lower(float* value);

  private:
    int length_;
    double squared_;                  // of the spacing
    std::vector<double> reciprocal_;  // 1 / (2 * n * squared spacing)
    // The parabolas of the envelope, from left to right.
    struct Parabola {
        double height;  // its value at n = 0, but for what all have in common
        double from;    // where it becomes the lowest
        int at;
        float value;
    };
    std::vector<Parabola> parabola_;
};

}  // namespace calcinode::kernels
