// What the connections of a server share, and the small rules of their texts.
#pragma once

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "runtime/http/http_server.hpp"

namespace scaleops::http_edge {

inline std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  });
  return out;
}

/// A header value can never start a new header line.
inline std::string one_line(std::string value) {
  std::replace_if(
    value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return value;
}

inline bool has_no_body(int status) {
  return status == 204 || status == 304 || (status >= 100 && status < 200);
}

class connection;

/// What connections need of their server.
struct server_core {
  http_server_config config;
  http_handler handler;
  std::set<std::shared_ptr<connection>> open;
  bool stopped = false;

  void refused(std::string_view why) const {
    if (config.on_refused)
      config.on_refused(why);
  }
};

}  // namespace scaleops::http_edge
