#include "assemble/load.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>

#include "assemble/orientation.hpp"
#include "base/parallel.hpp"
#include "dicom/hu_table.hpp"
#include "dicom/pixel_reader.hpp"

namespace calcinode::assemble {
namespace {

// Frames of one file are decoded in pieces of this many, so that threads share a multi-frame object without
// parsing it anew for each frame.
constexpr std::size_t frames_a_task = 64;

Vec3 acquired_axis(const Stack& stack, int source) {
    return source == 0 ? stack.row : source == 1 ? stack.column : stack.normal;
}

struct Layout {
    Grid grid;
    AxisMap map;
    std::array<std::ptrdiff_t, 3> stride{};  // in the volume, for one step along an acquired axis
    std::ptrdiff_t first = 0;                // offset of the acquired (0, 0, 0)
};

Layout make_layout(const Stack& stack) {
    const auto& format = stack.planes.front().image->format;
    const auto& pixel = *stack.planes.front().header().pixel_spacing;
    const std::array<int, 3> extent{format.columns, format.rows, stack.slots()};
    const std::array<double, 3> spacing{pixel[1], pixel[0], stack.spacing_mm};
    Layout layout;
    layout.map = *canonical_axes(stack);
    Grid& grid = layout.grid;
    grid.origin = *stack.planes.front().header().position;
    std::ptrdiff_t step = 1;
    for (std::size_t a = 0; a < 3; ++a) {
        const auto source = static_cast<std::size_t>(layout.map.source[a]);
        const bool reversed = layout.map.reversed[a];
        const Vec3 direction = acquired_axis(stack, layout.map.source[a]);
        grid.size[a] = extent[source];
        grid.spacing_mm[a] = spacing[source];
        grid.axis[a] = direction * (reversed ? -1.0 : 1.0);
        layout.stride[source] = reversed ? -step : step;
        if (reversed) {
            layout.first += step * (extent[source] - 1);
            grid.origin = grid.origin + direction * (spacing[source] * (extent[source] - 1));
        }
        step *= extent[source];
    }
    return layout;
}

struct Task {
    const dicom::ImageHeader* image = nullptr;
    std::vector<std::pair<int, int>> frame_and_slot;
};

std::vector<Task> tasks_of(const Stack& stack) {
    std::vector<Task> tasks;
    for (std::size_t n = 0; n < stack.planes.size(); ++n) {
        const auto& plane = stack.planes[n];
        if (tasks.empty() || tasks.back().image != plane.image ||
            tasks.back().frame_and_slot.size() >= frames_a_task)
            tasks.push_back({plane.image, {}});
        tasks.back().frame_and_slot.emplace_back(plane.frame, stack.slot[n]);
    }
    // Ascending frames: that is how a multi-frame object is read without going back.
    for (auto& task : tasks) std::ranges::sort(task.frame_and_slot);
    return tasks;
}

void place(std::span<const std::uint16_t> words, const dicom::PixelFormat& format,
           const dicom::HuTable& table, const Layout& layout, int slot, std::vector<std::int16_t>& hu) {
    const auto columns = static_cast<std::size_t>(format.columns);
    const auto across = layout.stride[0];
    std::ptrdiff_t row_start = layout.first + layout.stride[2] * slot;
    for (int row = 0; row < format.rows; ++row, row_start += layout.stride[1]) {
        const auto* source = words.data() + static_cast<std::size_t>(row) * columns;
        std::ptrdiff_t target = row_start;
        for (std::size_t column = 0; column < columns; ++column, target += across)
            hu[static_cast<std::size_t>(target)] = table[source[column]];
    }
}

Result<> decode(const Task& task, const Layout& layout, std::vector<std::int16_t>& hu) {
    auto reader = dicom::PixelReader::open(*task.image);
    if (!reader) return std::unexpected(reader.error());
    std::optional<dicom::HuTable> table;
    for (const auto& [frame, slot] : task.frame_and_slot) {
        const auto words = reader->frame(frame);
        if (!words) return std::unexpected(words.error());
        const auto& rescale = *task.image->frames[static_cast<std::size_t>(frame)].rescale;
        if (!table || !table->is_for(task.image->format, rescale)) table.emplace(task.image->format, rescale);
        place(*words, task.image->format, *table, layout, slot, hu);
    }
    return {};
}

// Slots before, between and after: linear in the distance to the acquired neighbours.
void fill_gap(int below, int above, const Stack& stack, const Layout& layout, std::vector<std::int16_t>& hu) {
    const auto& format = stack.planes.front().image->format;
    const auto at = [&](int slot, int row, int column) -> std::int16_t& {
        return hu[static_cast<std::size_t>(layout.first + layout.stride[0] * column + layout.stride[1] * row +
                                           layout.stride[2] * slot)];
    };
    for (int slot = below + 1; slot < above; ++slot) {
        const double weight = static_cast<double>(slot - below) / (above - below);
        for (int row = 0; row < format.rows; ++row)
            for (int column = 0; column < format.columns; ++column)
                at(slot, row, column) = static_cast<std::int16_t>(
                    std::lround((1 - weight) * at(below, row, column) + weight * at(above, row, column)));
    }
}

SourceSlice source_slice(const Plane& plane) {
    return {plane.image->path, plane.image->sop_class_uid, plane.image->sop_instance_uid,
            plane.frame + 1,   *plane.header().position,   plane.image->instance_number};
}

SeriesSource make_source(const Stack& stack, const AxisMap& map) {
    const auto& image = *stack.planes.front().image;
    SeriesSource source;
    source.study_uid = image.study_uid;
    source.series_uid = image.series_uid;
    source.frame_of_reference_uid = image.frame_of_reference_uid;
    source.series_number = image.series_number;
    source.series_description = image.series_description;
    source.rows = image.format.rows;
    source.columns = image.format.columns;
    const auto& pixel = *stack.planes.front().header().pixel_spacing;
    source.row_spacing_mm = pixel[0];
    source.column_spacing_mm = pixel[1];
    source.orientation = {stack.row.x,    stack.row.y,    stack.row.z,
                          stack.column.x, stack.column.y, stack.column.z};
    source.source_axis = map.source;
    source.reversed = map.reversed;
    for (std::size_t n = 0; n < stack.planes.size(); ++n) {
        source.slices.push_back(source_slice(stack.planes[n]));
        const int next = n + 1 < stack.planes.size() ? stack.slot[n + 1] : stack.slot[n] + 1;
        for (int slot = stack.slot[n] + 1; slot < next; ++slot) {
            auto filled = source_slice(stack.planes[n]);
            filled.position = filled.position + stack.normal * (stack.spacing_mm * (slot - stack.slot[n]));
            source.slices.push_back(std::move(filled));
        }
    }
    return source;
}

}  // namespace

Result<SelectedVolume> load(const Stack& stack, int threads) {
    const Layout layout = make_layout(stack);
    SelectedVolume selected;
    selected.volume.grid = layout.grid;
    selected.volume.hu.resize(layout.grid.voxels());
    const auto tasks = tasks_of(stack);
    std::vector<Result<>> done(tasks.size());
    parallel_for(threads, static_cast<int>(tasks.size()), [&](int n) {
        const auto index = static_cast<std::size_t>(n);
        done[index] = decode(tasks[index], layout, selected.volume.hu);
    });
    for (std::size_t n = 0; n < tasks.size(); ++n)
        if (!done[n])
            return fail("instance " + tasks[n].image->sop_instance_uid + ": " + done[n].error().what);
    for (std::size_t n = 1; n < stack.slot.size(); ++n)
        if (stack.slot[n] > stack.slot[n - 1] + 1)
            fill_gap(stack.slot[n - 1], stack.slot[n], stack, layout, selected.volume.hu);
    selected.source = make_source(stack, layout.map);
    selected.remarks = stack.remarks;
    return selected;
}

}  // namespace calcinode::assemble
