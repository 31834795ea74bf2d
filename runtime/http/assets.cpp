#include "runtime/http/assets.hpp"

#include <algorithm>
#include <array>

namespace scaleops {

namespace {

constexpr std::string_view fallback_page =
  "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>ScaleOps</title>"
  "<h1>ScaleOps is running</h1><p>This binary was built without the web UI. To build it (Node 20 "
  "or newer):</p>"
  "<pre>cd web &amp;&amp; npm ci &amp;&amp; npm run build</pre><p>then build the binary again. "
  "The API works: see <a href=\"/api/v1/overview\">/api/v1/overview</a> and <a "
  "href=\"/metrics\">/metrics</a>.</p>";

const web_asset* find(std::span<const web_asset> files, std::string_view path) {
  auto found = std::lower_bound(
    files.begin(), files.end(), path,
    [](const web_asset& file, std::string_view wanted) { return file.path < wanted; });
  return found != files.end() && found->path == path ? &*found : nullptr;
}

/// Pages of the app have no file ending: "/workloads/shop/Deployment/cart".
bool looks_like_page(std::string_view path) {
  return path.substr(path.rfind('/') + 1).find('.') == std::string_view::npos;
}

bool accepts_gzip(const http_request& request) {
  auto accepted = request.header("accept-encoding");
  auto at = accepted.find("gzip");
  return at != std::string_view::npos && !accepted.substr(at).starts_with("gzip;q=0");
}

void serve(const web_asset& file, const http_request& request, const http_respond& respond) {
  http_response response;
  response.content_type = content_type_of(file.path);
  response.headers["ETag"] = file.etag;
  response.headers["Vary"] = "Accept-Encoding";
  // Names under /assets/ carry a hash of their content; the others may change with the next
  // version.
  response.headers["Cache-Control"] =
    file.path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
  if (request.header("if-none-match") == file.etag) {
    response.status = 304;
    return respond(std::move(response));
  }
  bool gzip = !file.gzip.empty() && accepts_gzip(request);
  if (gzip)
    response.headers["Content-Encoding"] = "gzip";
  response.body = std::make_shared<const std::string>(gzip ? file.gzip : file.bytes);
  respond(std::move(response));
}

}  // namespace

http_handler assets_handler(std::span<const web_asset> files) {
  return [files](http_request request, http_respond respond) {
    if (request.method != "GET" && request.method != "HEAD") {
      auto refusal = text_response(405, "Only GET is understood here.\n");
      refusal.headers["Allow"] = "GET, HEAD";
      return respond(std::move(refusal));
    }
    auto* file = find(files, request.path);
    if (!file && looks_like_page(request.path)) {
      file = find(files, "/index.html");
      if (!file)
        return respond(text_response(200, std::string{fallback_page}, "text/html; charset=utf-8"));
    }
    if (file)
      serve(*file, request, respond);
    else
      respond(text_response(404, "Not found.\n"));
  };
}

std::string_view content_type_of(std::string_view path) {
  using entry = std::pair<std::string_view, std::string_view>;
  static constexpr std::array<entry, 11> types = {{{".css", "text/css; charset=utf-8"},
                                                   {".html", "text/html; charset=utf-8"},
                                                   {".ico", "image/x-icon"},
                                                   {".js", "text/javascript; charset=utf-8"},
                                                   {".json", "application/json"},
                                                   {".png", "image/png"},
                                                   {".svg", "image/svg+xml"},
                                                   {".txt", "text/plain; charset=utf-8"},
                                                   {".webmanifest", "application/manifest+json"},
                                                   {".woff2", "font/woff2"},
                                                   {".yaml", "application/yaml"}}};
  for (auto& [ending, type] : types)
    if (path.ends_with(ending))
      return type;
  return "application/octet-stream";
}

}  // namespace scaleops
