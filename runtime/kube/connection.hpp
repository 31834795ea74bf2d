// One connection to the API server: opened through a proxy or straight, by TLS or plain, then one
// exchange at a time. All on the io_context's thread. The socket's types stay in the source.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "messages/time.hpp"
#include "runtime/kube/http_reader.hpp"
#include "runtime/kube/tls.hpp"
#include "runtime/kube/url.hpp"

namespace boost::asio {
class io_context;
}

namespace scaleops::kube {

struct dial_plan {
  base_url server;
  std::optional<base_url> proxy;
  std::string tls_name;                                  // what the certificate must prove
  milliseconds open_timeout = std::chrono::seconds{10};  // resolve, connect, handshake together
};

struct exchange {
  std::string request;         // head and body as they go out
  http_reader::events events;  // of the answer
  milliseconds idle{};         // longest silence while the answer is read
  /// Empty: the answer is complete. `untouched`: the server cannot have seen the request.
  std::function<void(const std::string& problem, bool untouched)> on_end;
};

class connection {
public:
  /// `tls` null: plain.
  connection(boost::asio::io_context& io, dial_plan plan, tls_context tls);
  /// Closes; no callback comes afterwards.
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Calls back with nothing, or with one line that says what failed and what to do.
  void open(std::function<void(const std::string& problem)> callback);
  void run(exchange work);
  /// While paused nothing is read: the server is held back.
  void pause(bool on);
  void close();

  /// Open, between exchanges, and the server has not hung up.
  bool reusable() const;

private:
  class impl;
  std::shared_ptr<impl> x_;
};

}  // namespace scaleops::kube
