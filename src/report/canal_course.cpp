#include "report/canal_course.hpp"

#include <algorithm>

namespace calcinode::report {

CanalCourse canal_course(const Spine& spine, const Grid& grid, LpsPoint instead) {
    std::vector<Vec3> line;
    for (const auto& point : spine.canal) line.push_back(grid.to_index(point));
    if (line.empty()) line.push_back(grid.to_index(instead));
    std::ranges::sort(line, {}, &Vec3::z);

    CanalCourse course;
    std::size_t above = 0;  // first point at or above k
    for (int k = 0; k < grid.size[2]; ++k) {
        while (above < line.size() && line[above].z < k) ++above;
        const Vec3 high = line[std::min(above, line.size() - 1)];
        const Vec3 low = line[above == 0 ? 0 : above - 1];
        const double gap = high.z - low.z;
        const double part = gap > 0 ? std::clamp((k - low.z) / gap, 0.0, 1.0) : 0.0;
        course.i.push_back(low.x + (high.x - low.x) * part);
        course.j.push_back(low.y + (high.y - low.y) * part);
    }
    return course;
}

}  // namespace calcinode::report
