#include "report/spine_items.hpp"

#include <dcmtk/dcmdata/dcuid.h>

#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "base/decimals.hpp"
#include "dicom/own_objects.hpp"
#include "report/algorithm.hpp"
#include "report/codes.hpp"
#include "report/dataset_items.hpp"
#include "report/spine_wording.hpp"
#include "report/sr_values.hpp"

namespace calcinode::report {
namespace {

// Where in the tree the next items go. Each item is put below the one that was entered last.
class Place {
  public:
    explicit Place(DSRDocumentTree& tree) : tree_(tree) {
        if (tree_.gotoNamedNode(coded(codes::qualitative_evaluations)) == 0)
            throw std::runtime_error("the report has no qualitative evaluations");
    }

    void code(DSRTypes::E_RelationshipType relationship, const Code& name, const Code& value) {
        enter_code(relationship, name, value);
        leave();
    }
    void enter_code(DSRTypes::E_RelationshipType relationship, const Code& name, const Code& value) {
        enter(relationship, DSRTypes::VT_Code);
        require(item().setConceptName(coded(name)), name.meaning);
        require(item().setCodeValue(coded(value)), value.meaning);
    }
    void text(DSRTypes::E_RelationshipType relationship, const Code& name, const std::string& value) {
        enter(relationship, DSRTypes::VT_Text);
        require(item().setConceptName(coded(name)), name.meaning);
        require(item().setStringValue(value.c_str()), name.meaning);
        leave();
    }
    void enter_number(DSRTypes::E_RelationshipType relationship, const Code& name, const std::string& value,
                      const Code& unit) {
        enter(relationship, DSRTypes::VT_Num);
        require(item().setConceptName(coded(name)), name.meaning);
        require(item().setNumericValue({value.c_str(), coded(unit)}), name.meaning);
    }
    void number(DSRTypes::E_RelationshipType relationship, const Code& name, const std::string& value,
                const Code& unit) {
        enter_number(relationship, name, value, unit);
        leave();
    }
    // A point on a source image (PS3.16 TID 320 by coordinates).
    void point(DSRTypes::E_RelationshipType relationship, double column, double row,
               const SourceSlice& slice) {
        enter(relationship, DSRTypes::VT_SCoord);
        DSRSpatialCoordinatesValue value(DSRTypes::GT_Point);
        value.getGraphicDataList().addItem(static_cast<Float32>(column), static_cast<Float32>(row));
        require(item().setSpatialCoordinates(value), "point");
        enter(DSRTypes::RT_selectedFrom, DSRTypes::VT_Image);
        DSRImageReferenceValue image(slice.sop_class_uid.c_str(), slice.sop_instance_uid.c_str());
        if (slice.sop_class_uid != UID_CTImageStorage)  // frames are named in multi-frame objects only
            image.getFrameList().addItem(slice.frame);
        require(item().setImageReference(image), "point's image");
        leave();
        leave();
    }
    void leave() { tree_.goUp(); }

  private:
    void enter(DSRTypes::E_RelationshipType relationship, DSRTypes::E_ValueType type) {
        if (tree_.addContentItem(relationship, type, DSRTypes::AM_belowCurrent) == 0)
            throw std::runtime_error("content item refused");
    }
    DSRContentItem& item() { return tree_.getCurrentContentItem(); }

    DSRDocumentTree& tree_;
};

void put_algorithm(Place& place) {
    place.text(DSRTypes::RT_hasConceptMod, codes::algorithm_name, std::string(our_model));
    place.text(DSRTypes::RT_hasConceptMod, codes::algorithm_version, algorithm_version());
}

// The slice nearest to a point and the point's place on it; nothing where the point lies outside the images.
void put_point(Place& place, LpsPoint at, const ReportContext& context) {
    const auto& source = context.source;
    const auto index = context.volume.grid.to_index(at);
    const VoxelIndex voxel{static_cast<int>(std::lround(index.x)), static_cast<int>(std::lround(index.y)),
                           static_cast<int>(std::lround(index.z))};
    if (!context.volume.grid.contains(voxel)) return;
    const auto there = source.to_source(voxel.i, voxel.j, voxel.k);
    if (there[2] < 0 || static_cast<std::size_t>(there[2]) >= source.slices.size()) return;
    // The centre of the upper left pixel is (0.5, 0.5).
    place.point(DSRTypes::RT_inferredFrom, there[0] + 0.5, there[1] + 0.5,
                source.slices[static_cast<std::size_t>(there[2])]);
}

void put_slip(Place& place, const Listhesis& slip, const ReportContext& context) {
    place.enter_code(DSRTypes::RT_contains, codes::finding, codes::spondylolisthesis);
    place.code(DSRTypes::RT_hasConceptMod, codes::finding_site, codes::vertebra_of_level(slip.upper));
    place.text(DSRTypes::RT_hasProperties, codes::comment, slip_words(context.findings.spine, slip));
    place.enter_number(DSRTypes::RT_hasProperties, codes::distance, with_decimals(std::abs(slip.slip_mm), 1),
                       codes::millimetre);
    place.code(DSRTypes::RT_hasConceptMod, codes::measurement_method, codes::posterior_wall_offset);
    place.code(DSRTypes::RT_hasConceptMod, codes::topographical_modifier,
               slip.slip_mm < 0 ? codes::posterior : codes::anterior);
    put_algorithm(place);
    if (slip.uncertainty_mm > 0)
        place.number(DSRTypes::RT_hasProperties, codes::standard_deviation,
                     with_decimals(slip.uncertainty_mm, 1), codes::millimetre);
    put_point(place, slip.place, context);
    place.leave();
    place.leave();
}

}  // namespace

void add_slips(DSRDocumentTree& tree, const ReportContext& context) {
    Place place(tree);
    for (const auto& slip : spondylolistheses(context.findings.spine)) put_slip(place, slip, context);
}

}  // namespace calcinode::report
