#include "dicom/pixel_reader.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dccodec.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dctk.h>

#include "dicom/codecs.hpp"
#include "dicom/condition.hpp"
#include "dicom/hu_table.hpp"
#include "dicom/jpeg2000.hpp"
#include "dicom/jpeg_header.hpp"
#include "dicom/rle.hpp"

namespace calcinode::dicom {
namespace {

constexpr std::size_t largest_code_stream = 256U << 20;  // bytes of one encoded frame

bool is_jpeg2000(const std::string& syntax) {
    return syntax == UID_JPEG2000LosslessOnlyTransferSyntax || syntax == UID_JPEG2000TransferSyntax;
}

bool is_jpeg(const std::string& syntax) {
    for (const auto* jpeg : {UID_JPEGProcess1TransferSyntax, UID_JPEGProcess2_4TransferSyntax,
                             UID_JPEGProcess6_8TransferSyntax, UID_JPEGProcess10_12TransferSyntax,
                             UID_JPEGProcess14TransferSyntax, UID_JPEGProcess14SV1TransferSyntax})
        if (syntax == jpeg) return true;
    return false;
}

bool is_rle(const std::string& syntax) {
    return syntax == UID_RLELosslessTransferSyntax;
}

Result<DcmPixelData*> pixel_data(DcmDataset& dataset) {
    DcmElement* element = nullptr;
    (void)dataset.findAndGetElement(DCM_PixelData, element);
    auto* pixels = dynamic_cast<DcmPixelData*>(element);
    if (!pixels) return fail("no pixel data");
    return pixels;
}

// Fragments [first, last) of the sequence hold frame `index`; fragment 0 is the offset table.
struct Fragments {
    unsigned long first = 0, last = 0;
};

Result<Fragments> fragments_of(DcmPixelSequence& sequence, int index, int frames) {
    const auto count = sequence.card();
    const auto start_of = [&](int frame) -> Result<unsigned long> {
        Uint32 start = 0;
        const auto found =
            DcmCodec::determineStartFragment(static_cast<Uint32>(frame), frames, &sequence, start);
        if (auto ok = check(found, "can't tell which fragments belong to which frame"); !ok)
            return std::unexpected(ok.error());
        return start;
    };
    const auto first = start_of(index);
    if (!first) return std::unexpected(first.error());
    const auto last = index + 1 < frames ? start_of(index + 1) : Result<unsigned long>(count);
    if (!last) return std::unexpected(last.error());
    if (*first < 1 || *first >= *last || *last > count) return fail("no pixel data for the frame");
    return Fragments{*first, *last};
}

// Belongs to the sequence, which keeps it in memory.
Result<std::span<const std::byte>> fragment_bytes(DcmPixelSequence& sequence, unsigned long index) {
    DcmPixelItem* item = nullptr;
    Uint8* bytes = nullptr;
    if (sequence.getItem(item, index).bad() || !item) return fail("damaged pixel data");
    const std::size_t length = item->getLength();
    if (length == 0) return std::span<const std::byte>();
    if (length > largest_code_stream) return fail("encoded frame is too large");
    if (item->getUint8Array(bytes).bad() || !bytes) return fail("damaged pixel data");
    return std::as_bytes(std::span(bytes, length));
}

Result<std::vector<std::byte>> joined(DcmPixelSequence& sequence, Fragments fragments) {
    std::vector<std::byte> stream;
    for (auto n = fragments.first; n < fragments.last; ++n) {
        const auto bytes = fragment_bytes(sequence, n);
        if (!bytes) return std::unexpected(bytes.error());
        if (stream.size() + bytes->size() > largest_code_stream) return fail("encoded frame is too large");
        stream.insert(stream.end(), bytes->begin(), bytes->end());
    }
    return stream;
}

Result<DcmPixelSequence*> encapsulated(DcmPixelData& pixels, const std::string& syntax) {
    DcmPixelSequence* sequence = nullptr;
    (void)pixels.getEncapsulatedRepresentation(DcmXfer(syntax.c_str()).getXfer(), nullptr, sequence);
    if (!sequence) return fail("pixel data is not encapsulated");
    return sequence;
}

}  // namespace

Result<> check_decodable(const ImageHeader& header) {
    const auto& format = header.format;
    if (!header.has_pixel_data) return fail("no pixel data");
    if (format.samples != 1) return fail("not one sample a pixel");
    if (format.bits_allocated != 16 || format.bits_stored < 1 || format.high_bit > 15 ||
        format.high_bit + 1 < format.bits_stored)
        return fail("stored values are not in 16 bits");
    if (format.rows < 1 || format.columns < 1 || format.rows > largest_matrix ||
        format.columns > largest_matrix)
        return fail("matrix of " + std::to_string(format.columns) + " x " + std::to_string(format.rows) +
                    " pixels");
    const bool encapsulated = DcmXfer(header.transfer_syntax.c_str()).isEncapsulated();
    const auto needed = std::uint64_t{2} * static_cast<std::uint64_t>(format.rows) *
                        static_cast<std::uint64_t>(format.columns) * header.frames.size();
    if (!encapsulated && header.native_bytes < needed)
        return fail("pixel data of " + std::to_string(header.native_bytes) + " bytes where " +
                    std::to_string(needed) + " are needed");
    return {};
}

PixelReader::PixelReader(File file, const ImageHeader& header)
    : file_(std::move(file)),
      rows_(header.format.rows),
      columns_(header.format.columns),
      frames_(static_cast<int>(header.frames.size())),
      words_(static_cast<std::size_t>(rows_) * static_cast<std::size_t>(columns_)) {}

Result<PixelReader> PixelReader::open(const ImageHeader& header) {
    if (auto ok = check_decodable(header); !ok) return std::unexpected(ok.error());
    auto file = File::open(header.path);
    if (!file) return std::unexpected(file.error());
    register_decoders();
    return PixelReader(std::move(*file), header);
}

Result<std::span<const std::uint16_t>> PixelReader::frame(int index) {
    if (index < 0 || index >= frames_) return fail("no such frame");
    const auto& syntax = file_.transfer_syntax();
    const auto decoded = is_jpeg2000(syntax) || is_rle(syntax) ? decode_here(index) : decode_by_dcmtk(index);
    if (!decoded) return std::unexpected(decoded.error());
    return std::span<const std::uint16_t>(words_);
}

Result<> PixelReader::decode_by_dcmtk(int index) {
    const auto pixels = pixel_data(file_.dataset());
    if (!pixels) return std::unexpected(pixels.error());
    Uint32 size = 0;
    auto ok = check((*pixels)->getUncompressedFrameSize(&file_.dataset(), size), "pixel data");
    if (!ok) return ok;
    const auto bytes = words_.size() * sizeof(words_[0]);
    if (size != bytes) return fail("pixel data of another size than its header says");
    // Decoders give up on damaged data in the middle; what was left of the frame before must not show.
    std::fill(words_.begin(), words_.end(), std::uint16_t{0});
    Uint32 fragment = index == next_frame_ ? next_fragment_ : 0;
    if (is_jpeg(file_.transfer_syntax()))
        if (ok = check_jpeg_frame(**pixels, index, fragment); !ok) return ok;
    OFString colour_model;
    ok = check((*pixels)->getUncompressedFrame(&file_.dataset(), static_cast<Uint32>(index), fragment,
                                               words_.data(), static_cast<Uint32>(bytes), colour_model),
               "pixel data can't be decoded");
    next_frame_ = index + 1;
    next_fragment_ = fragment;
    return ok;
}

Result<> PixelReader::check_jpeg_frame(DcmPixelData& pixels, int index, std::uint32_t& fragment) const {
    const auto sequence = encapsulated(pixels, file_.transfer_syntax());
    if (!sequence) return std::unexpected(sequence.error());
    if (fragment == 0) {
        const auto fragments = fragments_of(**sequence, index, frames_);
        if (!fragments) return std::unexpected(fragments.error());
        fragment = static_cast<std::uint32_t>(fragments->first);
    }
    const auto bytes = fragment_bytes(**sequence, fragment);
    if (!bytes) return std::unexpected(bytes.error());
    return check_jpeg(*bytes, columns_, rows_);
}

Result<> PixelReader::decode_here(int index) {
    const auto pixels = pixel_data(file_.dataset());
    if (!pixels) return std::unexpected(pixels.error());
    const auto sequence = encapsulated(**pixels, file_.transfer_syntax());
    if (!sequence) return std::unexpected(sequence.error());
    const auto fragments = fragments_of(**sequence, index, frames_);
    if (!fragments) return std::unexpected(fragments.error());
    const auto stream = joined(**sequence, *fragments);
    if (!stream) return std::unexpected(stream.error());
    return is_rle(file_.transfer_syntax()) ? decode_rle(*stream, words_)
                                           : decode_jpeg2000(*stream, columns_, rows_, words_);
}

Result<std::vector<std::int16_t>> read_hounsfield(const ImageHeader& header, int frame_index) {
    auto reader = PixelReader::open(header);
    if (!reader) return std::unexpected(reader.error());
    const auto words = reader->frame(frame_index);
    if (!words) return std::unexpected(words.error());
    const auto& rescale = header.frames[static_cast<std::size_t>(frame_index)].rescale;
    if (!rescale) return fail("no rescale slope and intercept");
    const HuTable table(header.format, *rescale);
    std::vector<std::int16_t> hu(words->size());
    for (std::size_t n = 0; n < hu.size(); ++n) hu[n] = table[(*words)[n]];
    return hu;
}

}  // namespace calcinode::dicom
