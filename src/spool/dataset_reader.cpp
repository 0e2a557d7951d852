#include "spool/dataset_reader.hpp"

namespace calcinode::spool {
namespace {

constexpr std::string_view implicit_little_endian = "1.2.840.10008.1.2";
constexpr std::string_view explicit_big_endian = "1.2.840.10008.1.2.2";
constexpr std::string_view deflated = "1.2.840.10008.1.2.1.99";

// Groups below this one belong to commands, file meta information and directories, never to an image.
constexpr Tag first_tag_of_datasets = make_tag(0x0008, 0);

// Every other transfer syntax, the compressed ones too, is explicit little endian outside the pixel data.
Encoding encoding_of(std::string_view transfer_syntax_uid) {
    if (transfer_syntax_uid == implicit_little_endian) return Encoding::implicit_little;
    if (transfer_syntax_uid == explicit_big_endian) return Encoding::explicit_big;
    return Encoding::explicit_little;
}

}  // namespace

DatasetReader::DatasetReader(std::string transfer_syntax_uid)
    : walk_(encoding_of(transfer_syntax_uid), [this](Tag tag) { return place_for(tag); }) {
    if (transfer_syntax_uid == deflated) inflater_.emplace();
    identity_.transfer_syntax_uid = std::move(transfer_syntax_uid);
}

std::string* DatasetReader::place_for(Tag tag) {
    if (tag < first_tag_of_datasets && foreign_.empty()) foreign_ = to_string(tag);
    switch (tag) {
        case make_tag(0x0008, 0x0016):
            return &identity_.sop_class_uid;
        case make_tag(0x0008, 0x0018):
            return &identity_.sop_instance_uid;
        case make_tag(0x0008, 0x0060):
            return &identity_.modality;
        case make_tag(0x0008, 0x0070):
            return &identity_.manufacturer;
        case make_tag(0x0008, 0x1090):
            return &identity_.model;
        case make_tag(0x0020, 0x000d):
            return &identity_.study_uid;
        case make_tag(0x0020, 0x000e):
            return &identity_.series_uid;
        case make_tag(0x7fe0, 0x0008):  // Float, Double Float and plain Pixel Data
        case make_tag(0x7fe0, 0x0009):
        case make_tag(0x7fe0, 0x0010):
            has_pixels_ = true;
            return nullptr;
        default:
            return nullptr;
    }
}

void DatasetReader::feed(std::span<const std::byte> bytes) {
    if (!state_) return;
    checksum_.update(bytes);
    if (!inflater_)
        walk(bytes);
    else if (!inflater_->feed(bytes, [this](std::span<const std::byte> plain) { return walk(plain); }) &&
             state_)
        state_ = fail("the deflated dataset is damaged");
}

bool DatasetReader::walk(std::span<const std::byte> bytes) {
    state_ = walk_.feed(bytes);
    return state_.has_value();
}

Result<> DatasetReader::finish() {
    if (!state_) return state_;
    if (auto done = walk_.finish(); !done) return done;
    if (!foreign_.empty()) return fail("element " + foreign_ + " does not belong in a dataset");
    if (inflater_ && !inflater_->complete()) return fail("the deflated dataset is cut off");
    // Cut off between two elements, a dataset looks whole but for this.
    if (!has_pixels_) return fail("an image without pixel data");
    return {};
}

}  // namespace calcinode::spool
