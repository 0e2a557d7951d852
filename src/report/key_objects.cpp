#include "report/key_objects.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmsr/dsrdoc.h>

#include <set>

#include "report/dataset_items.hpp"
#include "report/identity.hpp"
#include "report/secondary_capture.hpp"
#include "report/source_planes.hpp"
#include "report/wording.hpp"

namespace calcinode::report {
namespace {

DSRCodedEntryValue coded(const Code& code) {
    return {code.value, code.scheme, code.meaning};
}

// Indices into the source's slices, in their order.
std::set<int> slices_that_show_deposits(const ReportContext& context) {
    std::set<int> slices;
    for (const auto& deposit : context.findings.deposits) {
        const auto voxels = voxels_on_planes(deposit.mask, context.volume.grid, context.source);
        const int best = best_slice(voxels_per_slice(voxels, context.source));
        if (best >= 0) slices.insert(best);
    }
    return slices;
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

void add_root(DSRDocument& document, const ReportContext& context) {
    auto& tree = document.getTree();
    tree.addContentItem(DSRTypes::RT_isRoot, DSRTypes::VT_Container);
    require(tree.getCurrentContentItem().setConceptName(coded(codes::of_interest)), "title");
    require(tree.getCurrentContentItem().setTemplateIdentification("2010", "DCMR"), "template");
    tree.addContentItem(DSRTypes::RT_contains, DSRTypes::VT_Text, DSRTypes::AM_belowCurrent);
    auto& text = tree.getCurrentContentItem();
    require(text.setConceptName(coded(codes::key_object_description)), "description");
    require(text.setStringValue(conclusion(context.findings).c_str()), "description");
}

}  // namespace

Result<std::unique_ptr<DcmDataset>> make_key_objects(const ReportContext& context) {
    DSRDocument document;
    require(document.createNewDocument(DSRTypes::DT_KeyObjectSelectionDocument), "document");
    add_root(document, context);
    for (const int s : slices_that_show_deposits(context)) {
        const auto& slice = context.source.slices[static_cast<std::size_t>(s)];
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
