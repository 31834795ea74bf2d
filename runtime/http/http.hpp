// HTTP as plain values: what a handler gets, what it answers, and the open end of a streaming
// answer.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "messages/cluster.hpp"

namespace scaleops {

struct http_request {
  std::string method;  // upper case
  std::string path;    // percent-decoded, without the query, begins with '/'
  string_map query;    // decoded, last value wins
  string_map headers;  // lower-case names, repeated ones joined by ", "
  std::string body;
  std::string peer;  // remote address without the port

  /// A header's value by its lower-case name; empty when absent.
  std::string_view header(const std::string& name) const {
    auto found = headers.find(name);
    return found == headers.end() ? std::string_view{} : std::string_view{found->second};
  }
};

/// The open end of a streaming response. Lives on the server's thread; every call after the end is
/// harmless.
class http_stream {
public:
  virtual ~http_stream() = default;

  /// Queues bytes. False when the client is gone or too slow (it has then been cut).
  virtual bool write(std::string_view bytes) = 0;

  /// Ends the response after what is queued.
  virtual void close() = 0;

  /// Called once when the client is gone or the server stops.
  virtual void on_closed(std::function<void()> callback) = 0;
};

struct http_response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  string_map headers;                       // beside Content-Type and Content-Length
  std::shared_ptr<const std::string> body;  // null: empty

  /// Set: the response has no length; called with its open end once the head is queued.
  std::function<void(std::shared_ptr<http_stream>)> stream;
};

/// Answers later or at once, exactly once, on the server's thread. Dropping it leaves the server's
/// time-out to answer.
using http_respond = std::function<void(http_response)>;
using http_handler = std::function<void(http_request, http_respond)>;

/// A whole response from a text.
inline http_response text_response(int status, std::string body,
                                   std::string content_type = "text/plain; charset=utf-8") {
  http_response response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::make_shared<const std::string>(std::move(body));
  return response;
}

/// Splits a request target into decoded path and query. False when malformed: no leading '/',
/// broken percent encoding, control characters.
bool parse_target(std::string_view target, std::string& path, string_map& query);

}  // namespace scaleops
