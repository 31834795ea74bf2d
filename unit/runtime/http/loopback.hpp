// A raw client for tests of the server: bytes in, bytes out, on the server's own thread.
#pragma once

#include <poll.h>
#include <chrono>
#include <functional>

#include <string>
#include <string_view>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

namespace scaleops::test {

class loopback_client {
public:
  using pump = std::function<void()>;

  loopback_client(boost::asio::io_context& ioc, uint16_t port, pump turn)
      : socket_(ioc), turn_(std::move(turn)) {
    socket_.connect({boost::asio::ip::make_address("127.0.0.1"), port});
    socket_.non_blocking(true);
  }

  void send(std::string_view bytes) { boost::asio::write(socket_, boost::asio::buffer(bytes)); }

  /// Turns the server until `text` has come (or the end, or two seconds have gone). Gives all that
  /// came so far.
  const std::string& until(std::string_view text) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds{2};
    while (got_.find(text) == std::string::npos && !closed_ &&
           std::chrono::steady_clock::now() < end)
      turn();
    return got_;
  }

  const std::string& until_closed() {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds{2};
    while (!closed_ && std::chrono::steady_clock::now() < end)
      turn();
    return got_;
  }

  bool closed() const { return closed_; }
  void forget() { got_.clear(); }
  void close() { socket_.close(); }

private:
  void turn() {
    turn_();
    char bytes[4096];
    boost::system::error_code ec;
    auto n = socket_.read_some(boost::asio::buffer(bytes), ec);
    got_.append(bytes, n);
    if (ec == boost::asio::error::would_block)
      wait_for_bytes();
    else if (ec)
      closed_ = true;
  }

  /// A millisecond at most: the server may have something else to do.
  void wait_for_bytes() {
    pollfd what{socket_.native_handle(), POLLIN, 0};
    ::poll(&what, 1, 1);
  }

  boost::asio::ip::tcp::socket socket_;
  pump turn_;
  std::string got_;
  bool closed_ = false;
};

inline size_t count_of(std::string_view text, std::string_view what) {
  size_t n = 0;
  for (auto at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size()))
    ++n;
  return n;
}

}  // namespace scaleops::test
