// Short ways to put values and items into a dataset. Each throws std::runtime_error where DCMTK refuses,
// which is a mistake of ours (report.cpp turns it into an Error): no value here comes from outside.
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcitem.h>

#include <string>

#include "report/codes.hpp"

namespace calcinode::report {

void put(DcmItem& item, const DcmTagKey& tag, const std::string& value);
void put(DcmItem& item, const DcmTagKey& tag, Uint16 value);
// A new last item of the sequence `tag`, which is made where it is not there.
DcmItem& add_item(DcmItem& item, const DcmTagKey& tag);
void put_code(DcmItem& item, const DcmTagKey& tag, const Code& code);
// Referenced SOP class and instance.
void put_reference(DcmItem& item, const std::string& sop_class_uid, const std::string& sop_instance_uid);

// Throws where `status` is bad; `what` says what was tried.
void require(const OFCondition& status, const char* what);

// The shortest text of at most 16 characters (the length of a DS) closest to `value`.
std::string decimal_string(double value);

}  // namespace calcinode::report
