// `calcinode reanalyze`: a study that was judged, or failed, is analysed again.
#pragma once

#include <filesystem>
#include <string>

namespace calcinode::app {

// The exit code: 0, also where the study waits for its analysis already; 2 bad usage or configuration; 3 no
// database, or one that can't be read; 4 no such study, or it can't be analysed now (and why).
int reanalyze(const std::filesystem::path& config, const std::string& study_uid);

}  // namespace calcinode::app
