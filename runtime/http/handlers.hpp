// Small handlers that any component's server needs, and the table that chooses between handlers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/http/http.hpp"

namespace prometheus {
class Collectable;
}

namespace scaleops {

/// Chooses a handler by path: the exact path first, then the longest prefix. 404 for all else.
class http_routes {
public:
  /// GET and HEAD of one path.
  http_routes& get(std::string path, http_handler handler);
  /// Any method below a prefix ("/api/").
  http_routes& below(std::string prefix, http_handler handler);
  /// The table as one handler.
  http_handler handler() const;

private:
  std::map<std::string, http_handler> exact_;
  std::map<std::string, http_handler> prefixes_;
};

/// Prometheus text format (version 0.0.4) of all given registries.
http_handler metrics_handler(std::vector<std::weak_ptr<prometheus::Collectable>> registries);

/// 200 "ok" for as long as the main loop turns.
http_handler healthz_handler();

/// 200 or 503 by the probe, which fills in a line for people.
http_handler readyz_handler(std::function<bool(std::string& detail)> probe);

/// What a browser must be told with every page and answer: no foreign content, no framing, no
/// sniffing.
string_map security_headers();

}  // namespace scaleops
