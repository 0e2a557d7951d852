#include "dicom/jpeg2000.hpp"

#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace calcinode::dicom {
namespace {

constexpr unsigned highest_precision = 16;  // bits of a sample

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

// A bare code stream is what PS3.5 asks for; some writers wrap it in a JP2 file.
Codec open_codec(std::span<const std::byte> bytes) {
    constexpr std::byte soc[] = {std::byte{0xff}, std::byte{0x4f}};
    const bool bare = bytes.size() >= 2 && std::equal(soc, soc + 2, bytes.begin());
    return Codec(opj_create_decompress(bare ? OPJ_CODEC_J2K : OPJ_CODEC_JP2));
}

Result<> check_size(const opj_image_t& image, int columns, int rows) {
    if (image.numcomps != 1 || !image.comps) return fail("JPEG 2000 image has more than one component");
    const auto& component = image.comps[0];
    if (component.w != static_cast<OPJ_UINT32>(columns) || component.h != static_cast<OPJ_UINT32>(rows))
        return fail("JPEG 2000 image has other dimensions than its DICOM header");
    if (component.prec == 0 || component.prec > highest_precision)
        return fail("JPEG 2000 image has samples of more than 16 bits");
    return {};
}

}  // namespace

Result<> decode_jpeg2000(std::span<const std::byte> code_stream, int columns, int rows,
                         std::span<std::uint16_t> words) {
    Cursor cursor{code_stream};
    const auto stream = open_stream(cursor);
    const auto codec = open_codec(code_stream);
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    if (!stream || !codec || !opj_setup_decoder(codec.get(), &parameters))
        return fail("JPEG 2000 decoder could not be set up");

    opj_image_t* raw_image = nullptr;
    const bool header_read = opj_read_header(stream.get(), codec.get(), &raw_image) != OPJ_FALSE;
    const Image image(raw_image);
    if (!header_read || !image) return fail("damaged JPEG 2000 header");
    // Before any sample is decoded, so that a code stream of absurd dimensions costs nothing.
    if (auto fits = check_size(*image, columns, rows); !fits) return fits;
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
