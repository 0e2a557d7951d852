#include "report/picture.hpp"

#include <cairo.h>

#include <memory>
#include <string>

#include "base/fd.hpp"

namespace calcinode::report {
namespace {

cairo_status_t append(void* to, const unsigned char* data, unsigned int length) {
    try {
        static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), length);
    } catch (...) {
        return CAIRO_STATUS_NO_MEMORY;
    }
    return CAIRO_STATUS_SUCCESS;
}

}  // namespace

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
    const auto status = cairo_surface_write_to_png_stream(surface.get(), append, &png);
    if (status != CAIRO_STATUS_SUCCESS)
        return fail("can't write " + file.string() + ": " + cairo_status_to_string(status));
    return write_file_atomically(file, png);
}

}  // namespace calcinode::report
