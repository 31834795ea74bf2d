#include "runtime/http/handlers.hpp"

#include <prometheus/collectable.h>
#include <prometheus/text_serializer.h>

namespace scaleops {

http_routes& http_routes::get(std::string path, http_handler handler) {
  exact_[std::move(path)] = std::move(handler);
  return *this;
}

http_routes& http_routes::below(std::string prefix, http_handler handler) {
  prefixes_[std::move(prefix)] = std::move(handler);
  return *this;
}

http_handler http_routes::handler() const {
  return [exact = exact_, prefixes = prefixes_](http_request request, http_respond respond) {
    if (auto found = exact.find(request.path); found != exact.end()) {
      if (request.method == "GET" || request.method == "HEAD")
        return found->second(std::move(request), std::move(respond));
      auto refusal = text_response(405, "Only GET is understood here.\n");
      refusal.headers["Allow"] = "GET, HEAD";
      return respond(std::move(refusal));
    }
    for (auto each = prefixes.rbegin(); each != prefixes.rend();
         ++each)  // longer ones sort behind shorter ones
      if (request.path.starts_with(each->first))
        return each->second(std::move(request), std::move(respond));
    respond(text_response(404, "Not found.\n"));
  };
}

http_handler metrics_handler(std::vector<std::weak_ptr<prometheus::Collectable>> registries) {
  return [registries = std::move(registries)](http_request, http_respond respond) {
    std::vector<prometheus::MetricFamily> families;
    for (auto& weak : registries)
      if (auto registry = weak.lock())
        for (auto& family : registry->Collect())
          families.push_back(std::move(family));
    respond(text_response(200, prometheus::TextSerializer{}.Serialize(families),
                          "text/plain; version=0.0.4; charset=utf-8"));
  };
}

http_handler healthz_handler() {
  return [](http_request, http_respond respond) { respond(text_response(200, "ok\n")); };
}

http_handler readyz_handler(std::function<bool(std::string& detail)> probe) {
  return [probe = std::move(probe)](http_request, http_respond respond) {
    std::string detail;
    bool ready = probe(detail);
    respond(text_response(
      ready ? 200 : 503,
      (ready ? "ready" : "not ready") + (detail.empty() ? std::string{} : ": " + detail) + "\n"));
  };
}

string_map security_headers() {
  return {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src "
     "'self'; "
     "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
     "frame-ancestors 'none'"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
  };
}

}  // namespace scaleops
