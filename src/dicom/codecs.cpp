#include "dicom/codecs.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>

namespace calcinode::dicom {
namespace {

struct Decoders {
    Decoders() {
        DJDecoderRegistration::registerCodecs();
        DJLSDecoderRegistration::registerCodecs();
    }
    ~Decoders() {
        DJLSDecoderRegistration::cleanup();
        DJDecoderRegistration::cleanup();
    }
    Decoders(const Decoders&) = delete;
    Decoders& operator=(const Decoders&) = delete;
};

}  // namespace

void register_decoders() {
    static const Decoders decoders;
}

}  // namespace calcinode::dicom
