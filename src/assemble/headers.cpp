#include "assemble/headers.hpp"

#include <algorithm>
#include <optional>
#include <thread>
#include <tuple>

#include "base/parallel.hpp"

namespace calcinode::assemble {
namespace {

constexpr int most_threads = 4;  // more than this and the disk is what is waited for

auto identity(const dicom::ImageHeader& image) {
    return std::tie(image.study_uid, image.series_uid, image.sop_instance_uid);
}

}  // namespace

int usual_threads() {
    return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, most_threads);
}

Headers read_headers(const std::vector<std::filesystem::path>& files, int threads) {
    std::vector<std::optional<Result<dicom::ImageHeader>>> read(files.size());
    parallel_for(threads, static_cast<int>(files.size()), [&](int n) {
        const auto index = static_cast<std::size_t>(n);
        read[index].emplace(dicom::read_image_header(files[index]));
    });
    Headers headers;
    for (std::size_t n = 0; n < files.size(); ++n) {
        if (*read[n])
            headers.images.push_back(std::move(**read[n]));
        else
            headers.unreadable.push_back({files[n], read[n]->error().what});
        read[n].reset();
    }
    auto& images = headers.images;
    std::ranges::sort(images, [](const auto& a, const auto& b) {
        return identity(a) != identity(b) ? identity(a) < identity(b) : a.path < b.path;
    });
    const auto same = [](const auto& a, const auto& b) { return identity(a) == identity(b); };
    images.erase(std::unique(images.begin(), images.end(), same), images.end());
    std::ranges::sort(headers.unreadable, {}, &UnreadableFile::path);
    return headers;
}

std::map<std::string, std::vector<Candidate>> candidates_of(const Headers& headers) {
    std::map<std::string, std::vector<Candidate>> studies;
    std::vector<Plane> planes;
    for (std::size_t n = 0; n < headers.images.size(); ++n) {
        const auto& image = headers.images[n];
        for (int frame = 0; frame < static_cast<int>(image.frames.size()); ++frame)
            planes.push_back({&image, frame});
        const bool last = n + 1 == headers.images.size() ||
                          std::tie(headers.images[n + 1].study_uid, headers.images[n + 1].series_uid) !=
                              std::tie(image.study_uid, image.series_uid);
        if (last) studies[image.study_uid].push_back(make_candidate(std::exchange(planes, {})));
    }
    return studies;
}

}  // namespace calcinode::assemble
