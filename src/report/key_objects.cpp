#include "report/key_objects.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmsr/dsrdoc.h>

#include <algorithm>
#include <vector>

#include "report/dataset_items.hpp"
#include "report/identity.hpp"
#include "report/secondary_capture.hpp"
#include "report/source_planes.hpp"
#include "report/sr_values.hpp"
#include "report/wording.hpp"

namespace calcinode::report {
namespace {

struct KeySlice {
    int slice = 0;  // index into the source's
    std::vector<const Deposit*> shown;
};

// The leading one first, then the largest.
std::vector<const Deposit*> in_order(const Findings& findings) {
    std::vector<const Deposit*> deposits;
    for (const auto& deposit : findings.deposits) deposits.push_back(&deposit);
    std::ranges::stable_partition(deposits, [&](const Deposit* d) { return d == findings.leading(); });
    return deposits;
}

// The slice that shows most of each deposit.
std::vector<KeySlice> key_slices(const ReportContext& context) {
    std::vector<KeySlice> slices;
    for (const auto* deposit : in_order(context.findings)) {
        const auto voxels = voxels_on_planes(deposit->mask, context.volume.grid, context.source);
        const int best = best_slice(voxels_per_slice(voxels, context.source));
        if (best < 0) continue;
        auto found = std::ranges::find(slices, best, &KeySlice::slice);
        if (found == slices.end()) found = slices.insert(slices.end(), {best, {}});
        found->shown.push_back(deposit);
    }
    return slices;
}

// "Image 41: deposit 1 (C4-C5, paraspinal, left)."
std::string words_of(const KeySlice& key, const SeriesSource& source) {
    const auto& slice = source.slices[static_cast<std::size_t>(key.slice)];
    std::string text = slice.sop_class_uid == UID_CTImageStorage
                           ? "Image " + std::to_string(slice.instance_number)
                           : "Frame " + std::to_string(slice.frame);
    for (const auto* deposit : key.shown)
        text += (deposit == key.shown.front() ? ": deposit " : ", deposit ") + std::to_string(deposit->id) +
                " (" + place_words(*deposit) + ")";
    return text + ".";
}

std::string description(const ReportContext& context, const std::vector<KeySlice>& slices) {
    std::string text = revision_words(context.options) + conclusion(context.findings);
    for (const auto& key : slices) text += "\n" + words_of(key, context.source);
    return text;
}

void add_image(DSRDocument& document, const std::string& series_uid, const std::string& sop_class_uid,
               const std::string& sop_instance_uid, int frame, const ReportContext& context) {
    auto& tree = document.getTree();
    require(tree.addContentItem(DSRTypes::RT_contains, DSRTypes::VT_Image, DSRTypes::AM_afterCurrent)
                ? EC_Normal
                : EC_IllegalCall,
            "image item");
    DSRImageReferenceValue reference(sop_class_uid.c_str(), sop_instance_uid.c_str());
    if (frame > 0) reference.getFrameList().addItem(frame);
    require(tree.getCurrentContentItem().setImageReference(reference), "image reference");
    require(document.getCurrentRequestedProcedureEvidence().addItem(context.source.study_uid.c_str(),
                                                                    series_uid.c_str(), sop_class_uid.c_str(),
                                                                    sop_instance_uid.c_str()),
            "evidence");
}

void add_root(DSRDocument& document, const std::string& description) {
    auto& tree = document.getTree();
    tree.addContentItem(DSRTypes::RT_isRoot, DSRTypes::VT_Container);
    require(tree.getCurrentContentItem().setConceptName(coded(codes::of_interest)), "title");
    require(tree.getCurrentContentItem().setTemplateIdentification("2010", "DCMR"), "template");
    tree.addContentItem(DSRTypes::RT_contains, DSRTypes::VT_Text, DSRTypes::AM_belowCurrent);
    auto& text = tree.getCurrentContentItem();
    require(text.setConceptName(coded(codes::key_object_description)), "description");
    require(text.setStringValue(description.c_str()), "description");
}

}  // namespace

Result<std::unique_ptr<DcmDataset>> make_key_objects(const ReportContext& context) {
    DSRDocument document;
    require(document.createNewDocument(DSRTypes::DT_KeyObjectSelectionDocument), "document");
    const auto slices = key_slices(context);
    add_root(document, description(context, slices));
    for (const auto& key : slices) {
        const auto& slice = context.source.slices[static_cast<std::size_t>(key.slice)];
        const bool single_frame = slice.sop_class_uid == UID_CTImageStorage;
        add_image(document, context.source.series_uid, slice.sop_class_uid, slice.sop_instance_uid,
                  single_frame ? 0 : slice.frame, context);
    }
    add_image(document, series_uid_of(context.options, ObjectKind::secondary_capture).str(),
              secondary_capture_class(context.options.figure),
              instance_uid_of(context.options, ObjectKind::secondary_capture).str(), 0, context);
    auto dataset = std::make_unique<DcmDataset>();
    require(document.write(*dataset), "document");
    set_common_attributes(*dataset, context, ObjectKind::key_objects, UID_KeyObjectSelectionDocumentStorage,
                          "KO");
    return dataset;
}

}  // namespace calcinode::report
