// The head of an answer as text, and what is answered to a request that cannot be read. Included by
// connection.hpp only.
#pragma once

#include <iterator>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>

#include "runtime/http/server_core.hpp"

namespace scaleops::http_edge {

/// A header value can never start a new header line.
inline void put_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  for (char c : value)
    out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  out += "\r\n";
}

inline bool has_no_body(int status) {
  return status == 204 || status == 304 || (status >= 100 && status < 200);
}

/// How the client learns where the body ends.
enum class body_end : uint8_t { length, chunks, close };

inline std::string response_head(const http_response& response, const string_map& common,
                                 body_end end, bool keep_alive) {
  namespace http = boost::beast::http;
  std::string out;
  out.reserve(512);
  auto reason = http::obsolete_reason(http::int_to_status(unsigned(response.status)));
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response.status,
                 std::string_view{reason.data(), reason.size()});
  bool bodiless = has_no_body(response.status);
  if (!bodiless)
    put_header(out, "Content-Type", response.content_type);
  if (end == body_end::chunks)
    put_header(out, "Transfer-Encoding", "chunked");
  else if (end == body_end::length && !bodiless)
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n",
                   response.body ? response.body->size() : 0);
  put_header(out, "Connection", keep_alive ? "keep-alive" : "close");
  for (auto& [name, value] : common)
    if (!response.headers.contains(name))
      put_header(out, name, value);
  for (auto& [name, value] : response.headers)
    put_header(out, name, value);
  return out += "\r\n";
}

/// What is wrong with a request, by Beast's code.
inline http_response refusal_of(boost::system::error_code why, size_t body_limit) {
  using boost::beast::http::error;
  if (why == error::body_limit)
    return text_response(413, fmt::format("The body is larger than {} bytes.\n", body_limit));
  if (why == error::header_limit)
    return text_response(431, "The request's head is too large.\n");
  return text_response(400, fmt::format("Malformed request: {}.\n", why.message()));
}

}  // namespace scaleops::http_edge
