// A synthetic CT of a neck for commissioning and tests: vertebrae with cortex and marrow, canal, airway,
// muscle, fat and noise, optional deposits of given size and place. No patient's data.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/volume.hpp"
#include "base/result.hpp"

namespace calcinode::phantom {

struct DepositSpec {
    std::string level = "C4";  // "C2" ... "T1"
    std::string site =
        "facet_left";  // facet_left/right, paraspinal_left/right, posterior, prevertebral, canal
    double volume_ml = 2.0;
    double hu = 700;
};

// "LEVEL:SITE:ML:HU" as on the command line, for example "C4:facet_left:4:700". An Error names what is wrong
// and what is allowed.
Result<DepositSpec> parse_deposit(std::string_view text);

struct PhantomOptions {
    std::uint64_t seed = 1;  // varies size and posture a little, and the noise
    std::array<int, 3> size{320, 320, 200};
    std::array<double, 3> spacing_mm{0.6, 0.6, 0.9};
    double slip_mm = 0;  // of C3 on C4
    std::vector<DepositSpec> deposits;
    std::string patient_name = "PHANTOM^CALCINODE";
    std::string patient_id = "CALCINODE-PHANTOM";
    std::string study_date = "20260102";
};

// An Error that names the first option that is no valid DICOM value or not possible.
Result<> check_options(const PhantomOptions& options);

// Index of voxel (0, 0, 0): front, right, feet. The same options give the same voxels, whatever the number of
// threads; all processors are used. Sizes must be positive.
Volume make_volume(const PhantomOptions& options);

// What is in the volume, for tests: places of the bodies and the deposits' true voxel volumes.
struct PhantomTruth {
    struct Body {
        std::string level;
        LpsPoint body, canal;
    };
    struct TrueDeposit {
        DepositSpec spec;
        double volume_mm3 = 0;
        LpsPoint centroid;
    };
    std::vector<Body> bodies;
    std::vector<TrueDeposit> deposits;
};
Volume make_volume(const PhantomOptions& options, PhantomTruth& truth);

// One CT Image Storage file a slice, IM00001.dcm ... from the feet to the head, explicit little endian. UIDs
// derive from the options, so that the same options give the same study. The folder is made where it is
// missing; an Error where it can't be written, or an option is no valid DICOM value.
Result<> write_study(const PhantomOptions& options, const std::filesystem::path& folder);

}  // namespace calcinode::phantom
