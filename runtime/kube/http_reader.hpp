// Reads one HTTP/1.1 response from bytes as they come: head, then body in pieces, whatever the
// framing (length, chunks, end of stream). No sockets here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace scaleops::kube {

struct http_head {
  int status = 0;
  std::string content_type;
  std::optional<int64_t> retry_after;  // seconds
  std::string warning;                 // API warnings (RFC 7234 Warning 299), last one
};

class http_reader {
public:
  enum class state { head, body, done, failed };

  struct events {
    std::function<void(const http_head&)> on_head;
    std::function<void(std::string_view)> on_body;
  };

  /// `without_body`: answers to HEAD and CONNECT.
  explicit http_reader(events events, bool without_body = false);
  ~http_reader();
  http_reader(http_reader&&) noexcept;
  http_reader& operator=(http_reader&&) noexcept;

  /// Takes all the bytes. What comes after the response's end is counted as trailing().
  state feed(std::string_view bytes);
  /// The stream has ended.
  state finish();

  state now() const;
  const std::string& problem() const;  // of failed
  /// After done: the connection may carry another request.
  bool keep_alive() const;
  size_t trailing() const;

private:
  class impl;
  std::unique_ptr<impl> x_;
};

}  // namespace scaleops::kube
