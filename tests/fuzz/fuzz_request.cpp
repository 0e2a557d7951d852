// A request's target of any bytes is refused, or is answered by the site over a real database; it is never
// our own failure (500). The first byte chooses the method.
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "web/site.hpp"
#include "web/target.hpp"

namespace {

using namespace calcinode;

class Folder {
  public:
    Folder() { std::filesystem::create_directory(path_); }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / ("calcinode-fuzz-request-" + std::to_string(::getpid()));
};

web::Site& site() {
    spdlog::set_level(spdlog::level::off);  // makes the logger before the database, which uses it to its end
    static const Folder folder;
    static web::Site made({.node = {.live = [] { return web::Live{}; },
                                    .status = [](store::Database&) { return std::string("{}"); },
                                    .patient = nullptr},
                           .database = store::Database::open(folder.path() / "calcinode.db").value(),
                           .results = folder.path() / "results",
                           .destinations = {"PACS"}},
                          web::Guard(""));
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    auto target = web::parse_target({reinterpret_cast<const char*>(data) + 1, size - 1});
    if (!target) return 0;
    web::Request request;
    request.method = (data[0] & 1) != 0 ? "POST" : "GET";
    request.target = std::move(*target);
    request.host = "localhost";
    request.marked = request.waited_out = true;
    if (site().answer(request).status == 500) __builtin_trap();
    return 0;
}
