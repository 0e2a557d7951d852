// The text format that Prometheus reads (version 0.0.4).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace calcinode::web {

class Exposition {
  public:
    using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

    // The samples that follow are of this metric; `type` is counter, gauge or histogram.
    void metric(std::string_view name, std::string_view type, std::string_view help);
    // `suffix`: what a histogram's samples have behind the name.
    void sample(double value, const Labels& labels = {}, std::string_view suffix = "");
    // A metric of one sample without labels.
    void one(std::string_view name, std::string_view type, std::string_view help, double value);

    const std::string& text() const { return text_; }

  private:
    std::string text_, name_;
};

}  // namespace calcinode::web
