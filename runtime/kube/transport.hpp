// Requests to one API server: who goes first, over which connection, how often again. All on the
// io_context's thread; answers come back as callbacks there.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "messages/errors.hpp"
#include "messages/time.hpp"
#include "runtime/kube/kubeconfig.hpp"
#include "runtime/kube/lanes.hpp"

namespace boost::asio {
class io_context;
}
namespace prometheus {
class Registry;
}

namespace scaleops::kube {

struct transport_config {
  double per_second = 50;  // requests, watches' openings included
  double burst = 100;
  size_t connections = 16;        // of requests at a time; watches have their own
  size_t body_limit = 256 << 20;  // bytes of one answer
  milliseconds idle_connection = std::chrono::seconds{60};  // kept for reuse so long
  milliseconds stream_silence = std::chrono::minutes{4};    // bookmarks come every minute
  bool read_only = false;                                   // nothing but reads and reviews leaves
  uint64_t seed = 1;                                        // of the jitter
  std::string user_agent = "scaleops";
};

struct api_call {
  std::string method = "GET";
  std::string target;  // path and query below the server's address
  std::string content_type;
  std::string body;
  std::string accept = "application/json";
  lane priority = lane::normal;
  milliseconds timeout =
    std::chrono::seconds{30};  // from the asking on, waiting and repeats included
  std::string verb = "get";    // metric labels
  std::string resource;
  bool refusal_is_final = false;  // 429 means something else than "later" (evictions)
};

struct api_answer {
  int status = 0;  // 0: none came
  std::string body;
  std::string content_type;
  ec failure = ec::none;  // why none came
  std::string problem;    // one line for people
};

struct stream_events {
  std::function<void()> on_open;                   // the server has begun to answer
  std::function<void(std::string_view)> on_bytes;  // pieces as they come
  /// Status 200: the server ended the stream; otherwise why there is none, or why it broke.
  std::function<void(api_answer)> on_end;
};

/// An open stream; closing or letting go of it ends it without a further callback.
class api_stream {
public:
  virtual ~api_stream() = default;
  virtual void pause(bool on) = 0;
  virtual void close() = 0;
};

class transport {
public:
  transport(boost::asio::io_context& io, cluster_access access, transport_config config,
            std::shared_ptr<prometheus::Registry> registry);
  /// Ends everything without callbacks. The io_context must still be there.
  ~transport();
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  /// As the destructor: whatever is under way is forgotten.
  void stop();

  /// Answers exactly once, never from within.
  void call(api_call what, std::function<void(api_answer)> done);
  std::shared_ptr<api_stream> stream(api_call what, stream_events events);

  const cluster_access& access() const;
  size_t streams() const;

private:
  class impl;
  std::shared_ptr<impl> x_;
};

}  // namespace scaleops::kube
