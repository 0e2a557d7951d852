#include "dicom/jpeg2000.hpp"

#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "dicom/jpeg2000_header.hpp"

namespace calcinode::dicom {
namespace {

// OpenJPEG's handles for codec and stream are both plain void pointers: a deleter for each.
struct DestroyCodec {
    void operator()(opj_codec_t* codec) const { opj_destroy_codec(codec); }
};
struct DestroyStream {
    void operator()(opj_stream_t* stream) const { opj_stream_destroy(stream); }
};
struct DestroyImage {
    void operator()(opj_image_t* image) const { opj_image_destroy(image); }
};
using Codec = std::unique_ptr<opj_codec_t, DestroyCodec>;
using Stream = std::unique_ptr<opj_stream_t, DestroyStream>;
using Image = std::unique_ptr<opj_image_t, DestroyImage>;

// OpenJPEG's stream interface over bytes in memory.
struct Cursor {
    std::span<const std::byte> bytes;
    std::size_t at = 0;
};

OPJ_SIZE_T read_bytes(void* target, OPJ_SIZE_T wanted, void* user) {
    auto& cursor = *static_cast<Cursor*>(user);
    const auto count = std::min<std::size_t>(wanted, cursor.bytes.size() - cursor.at);
    if (count == 0) return static_cast<OPJ_SIZE_T>(-1);  // end of the stream
    std::memcpy(target, cursor.bytes.data() + cursor.at, count);
    cursor.at += count;
    return count;
}

OPJ_OFF_T skip_bytes(OPJ_OFF_T count, void* user) {
    auto& cursor = *static_cast<Cursor*>(user);
    if (count < 0 || static_cast<std::size_t>(count) > cursor.bytes.size() - cursor.at) return -1;
    cursor.at += static_cast<std::size_t>(count);
    return count;
}

OPJ_BOOL seek_to(OPJ_OFF_T place, void* user) {
    auto& cursor = *static_cast<Cursor*>(user);
    if (place < 0 || static_cast<std::size_t>(place) > cursor.bytes.size()) return OPJ_FALSE;
    cursor.at = static_cast<std::size_t>(place);
    return OPJ_TRUE;
}

Stream open_stream(Cursor& cursor) {
    Stream stream(opj_stream_default_create(OPJ_TRUE));
    if (!stream) return stream;
    opj_stream_set_read_function(stream.get(), read_bytes);
    opj_stream_set_skip_function(stream.get(), skip_bytes);
    opj_stream_set_seek_function(stream.get(), seek_to);
    opj_stream_set_user_data(stream.get(), &cursor, nullptr);
    opj_stream_set_user_data_length(stream.get(), cursor.bytes.size());
    return stream;
}

Result<> check_size(const opj_image_t& image, int columns, int rows) {
    // What the header said was checked before; OpenJPEG must have made just that of it.
    if (image.numcomps != 1 || !image.comps) return fail("damaged JPEG 2000 code stream");
    const auto& component = image.comps[0];
    if (component.w != static_cast<OPJ_UINT32>(columns) || component.h != static_cast<OPJ_UINT32>(rows))
        return fail("damaged JPEG 2000 code stream");
    return {};
}

}  // namespace

Result<> decode_jpeg2000(std::span<const std::byte> bytes, int columns, int rows,
                         std::span<std::uint16_t> words) {
    const auto code_stream = code_stream_in(bytes);
    if (!code_stream) return std::unexpected(code_stream.error());
    if (auto sound = check_code_stream(*code_stream, columns, rows); !sound) return sound;
    Cursor cursor{*code_stream};
    const auto stream = open_stream(cursor);
    const Codec codec(opj_create_decompress(OPJ_CODEC_J2K));
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    if (!stream || !codec || !opj_setup_decoder(codec.get(), &parameters))
        return fail("JPEG 2000 decoder could not be set up");

    opj_image_t* raw_image = nullptr;
    const bool header_read = opj_read_header(stream.get(), codec.get(), &raw_image) != OPJ_FALSE;
    const Image image(raw_image);
    if (!header_read || !image) return fail("damaged JPEG 2000 header");
    if (!opj_decode(codec.get(), stream.get(), image.get())) return fail("damaged JPEG 2000 code stream");
    if (auto fits = check_size(*image, columns, rows); !fits) return fits;
    const auto* samples = image->comps[0].data;
    const auto count = static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows);
    if (!samples || words.size() < count) return fail("damaged JPEG 2000 code stream");
    std::transform(samples, samples + count, words.begin(),
                   [](OPJ_INT32 sample) { return static_cast<std::uint16_t>(sample); });
    return {};
}

}  // namespace calcinode::dicom
