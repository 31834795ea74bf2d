// The built web UI, embedded into the binary at build time (cmake/ScaleopsWeb.cmake), served with
// ETags and gzip.
#pragma once

#include <span>
#include <string_view>

#include "runtime/http/http.hpp"

namespace scaleops {

/// One file of web/dist.
struct web_asset {
  std::string_view path;  // "/index.html", "/assets/index-4f2a.js"
  std::string_view etag;  // quoted, from the content
  std::string_view bytes;
  std::string_view gzip;  // the same, compressed; empty: not worth it
};

/// All files of the UI, sorted by path; empty when the UI was not built.
std::span<const web_asset> web_assets();

/// Serves `files`; paths without a file that look like pages of the single-page app get
/// /index.html. With no files at all every page says how to build the UI.
http_handler assets_handler(std::span<const web_asset> files = web_assets());

/// By the path's ending; "application/octet-stream" when unknown.
std::string_view content_type_of(std::string_view path);

}  // namespace scaleops
