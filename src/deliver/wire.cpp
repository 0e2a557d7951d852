#include "deliver/wire.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>

#include <memory>

namespace calcinode::deliver {

OFCondition receive_command(Association& association, Command& command) {
    DcmDataset* raw_detail = nullptr;
    const auto condition = DIMSE_receiveCommand(association.get(), DIMSE_NONBLOCKING, association.timeout_s(),
                                                &command.context, &command.message, &raw_detail);
    const std::unique_ptr<DcmDataset> detail(raw_detail);
    OFString comment;
    if (detail) detail->findAndGetOFString(DCM_ErrorComment, comment);
    command.comment = comment.c_str();
    for (char& c : command.comment)  // it goes into the log
        if (c < ' ' || c > '~') c = '?';
    return condition;
}

std::expected<std::vector<std::byte>, std::string> receive_dataset(Association& association,
                                                                   T_ASC_PresentationContextID context,
                                                                   std::size_t longest) {
    std::vector<std::byte> bytes;
    DUL_PDV pdv{};
    do {
        auto* const dul = &association.get()->DULassociation;
        if (DUL_NextPDV(dul, &pdv).bad()) {
            const auto read = DUL_ReadPDVs(dul, nullptr, DUL_NOBLOCK, association.timeout_s());
            if (read != DUL_PDATAPDUARRIVED) return std::unexpected(text_of(read));
            if (DUL_NextPDV(dul, &pdv).bad()) return std::unexpected("an empty PDU came");
        }
        if (pdv.pdvType != DUL_DATASETPDV || pdv.presentationContextID != context)
            return std::unexpected("a data set was broken off by another message");
        if (bytes.size() + pdv.fragmentLength > longest) return std::unexpected("a data set is too long");
        const auto* const data = static_cast<const std::byte*>(pdv.data);
        bytes.insert(bytes.end(), data, data + pdv.fragmentLength);
    } while (pdv.lastPDV == 0);
    return bytes;
}

}  // namespace calcinode::deliver
