// The attributes of the source study that our objects take over, byte for byte, and what every object of ours
// has in common. DCMTK's types stay behind this folder's own headers.
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>

#include <memory>
#include <string>

#include "analysis/findings.hpp"
#include "base/result.hpp"
#include "dicom/file.hpp"
#include "report/comparison.hpp"
#include "report/report.hpp"

namespace calcinode::report {

// The attributes of the first slice's file; its pixel data stay on disk.
class SourceHeader {
  public:
    static Result<SourceHeader> read(const SeriesSource& source);

    DcmDataset& dataset() const { return file_->dataset(); }

    // Copies patient and study attributes, and the character set they are written in, to `target` with their
    // bytes untouched; what the standard demands to be there and the source has not is made empty.
    void copy_patient_and_study(DcmItem& target) const;

    // Date and time of our objects' content: the newest of the source's own. Not the time of this run,
    // because the same result must be the same bytes whenever it is made.
    const std::string& content_date() const { return content_date_; }
    const std::string& content_time() const { return content_time_; }

  private:
    explicit SourceHeader(dicom::File file);
    std::unique_ptr<dicom::File> file_;
    std::string content_date_, content_time_;
};

// All that a maker of an object is told.
struct ReportContext {
    const Findings& findings;
    const Volume& volume;
    const SeriesSource& source;
    const ReportOptions& options;
    const SourceHeader& header;
    const std::vector<std::string>& remarks;  // on how the volume was put together
    const Comparison* comparison = nullptr;   // with an earlier result, where there is one
};

// Patient, study, series, equipment and SOP common attributes of an object of ours.
void set_common_attributes(DcmItem& target, const ReportContext& context, ObjectKind kind,
                           const char* sop_class_uid, const char* modality);

// Body Part Examined of an image of ours: the source's, "SPINE" where it has none.
void set_body_part(DcmItem& target, const ReportContext& context);

// Referenced Instance Sequence: the object of that class that this one replaces, where there is one.
// Structured reports have an attribute of their own for it.
void put_earlier_revision(DcmItem& target, const ReportContext& context, const char* sop_class_uid);

// Writes the object as a Part 10 file that is there whole, and on stable storage, or not at all.
Result<ReportObject> write_object(std::unique_ptr<DcmDataset> dataset, ObjectKind kind,
                                  const std::filesystem::path& file);

}  // namespace calcinode::report
