// What the connections of a server share, and the small rules of their texts.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/http/http_server.hpp"

namespace scaleops::http_edge {

inline std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  });
  return out;
}

class connection;

/// What connections need of their server.
struct server_core {
  http_server_config config;
  http_handler handler;
  std::set<std::shared_ptr<connection>> open;
  bool stopped = false;
  bool last_answers = false;        // each answer ends its connection
  std::function<void()> when_gone;  // set: whoever waits for a request is sent away

  void gone(const std::shared_ptr<connection>& which) {
    open.erase(which);
    if (open.empty() && when_gone)
      std::exchange(when_gone, nullptr)();
  }

  void refused(std::string_view why) const {
    if (config.on_refused)
      config.on_refused(why);
  }
};

}  // namespace scaleops::http_edge
