// One line for one trouble: said when it begins or changes and when it is over, not at every try;
// and a gauge as long as it lasts.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <spdlog/spdlog.h>

namespace scaleops::kube {

class trouble_log {
public:
  explicit trouble_log(prometheus::Registry& registry)
      : present_{prometheus::BuildGauge()
                   .Name("scaleops_kube_troubles")
                   .Help("1 while it fails for a reason that a person must cure; the log and "
                         "/status say how")
                   .Register(registry)} {}

  /// `what`: a verb and a resource, "list pods".
  void note(const std::string& what, const std::string& line) {
    auto& said = said_[what];
    if (said == line)
      return;
    said = line;
    present_.Add({{"what", what}}).Set(1);
    spdlog::warn("{}", line);
  }
  void over(const std::string& what) {
    if (said_.erase(what) == 0)
      return;
    present_.Add({{"what", what}}).Set(0);
    spdlog::info("{}: works again", what);
  }
  const std::map<std::string, std::string>& now() const { return said_; }

private:
  std::map<std::string, std::string> said_;
  prometheus::Family<prometheus::Gauge>& present_;
};

}  // namespace scaleops::kube
