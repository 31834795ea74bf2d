// One line for one trouble: said when it begins or changes and when it is over, not at every try.
#pragma once

#include <map>
#include <string>

#include <spdlog/spdlog.h>

namespace scaleops::kube {

class trouble_log {
public:
  void note(const std::string& what, const std::string& line) {
    auto& said = said_[what];
    if (said == line)
      return;
    said = line;
    spdlog::warn("{}", line);
  }
  void over(const std::string& what) {
    if (said_.erase(what) > 0)
      spdlog::info("{}: works again", what);
  }
  const std::map<std::string, std::string>& now() const { return said_; }

private:
  std::map<std::string, std::string> said_;
};

}  // namespace scaleops::kube
