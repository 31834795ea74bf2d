#include "integration/bench/webhook/load.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string_view>

#include <openssl/ssl.h>

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

namespace scaleops::bench {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using real_clock = std::chrono::steady_clock;

std::chrono::nanoseconds thread_cpu() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

struct due_request {
  size_t index = 0;
  real_clock::time_point due;
};

class load;

class client {
public:
  client(load& owner, asio::io_context& io, asio::ssl::context& tls)
      : owner_{owner}, stream_{io, tls} {}

  void connect(const load_wishes& with) {
    stream_.next_layer().connect({asio::ip::make_address(with.address), with.port});
    stream_.next_layer().set_option(tcp::no_delay(true));
    SSL_set_tlsext_host_name(stream_.native_handle(), with.name.c_str());
    stream_.handshake(asio::ssl::stream_base::client);
  }

  void ask(const due_request& what);

private:
  void read();
  void on_bytes();

  load& owner_;
  asio::ssl::stream<tcp::socket> stream_;
  due_request now_;
  std::array<char, 16 * 1024> bytes_;
  size_t got_ = 0;
};

class load {
public:
  load(const load_wishes& with, const std::vector<std::string>& reviews)
      : with_{with}, tls_{asio::ssl::context::tls_client}, pace_{io_} {
    for (auto& body : reviews)
      requests_.push_back(
        fmt::format("POST /mutate?timeout=2s HTTP/1.1\r\nHost: {}:443\r\nUser-Agent: "
                    "kube-apiserver-admission\r\nContent-Length: {}\r\nAccept: application/json, "
                    "*/*\r\nContent-Type: application/json\r\n\r\n",
                    with.name, body.size()) +
        body);
    tls_.set_verify_mode(asio::ssl::verify_peer);
    tls_.add_certificate_authority(asio::buffer(with.authorities));
    X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(tls_.native_handle()), with.name.c_str(), 0);
  }

  load_result run() {
    for (size_t i = 0; i < with_.connections; ++i) {
      clients_.push_back(std::make_unique<client>(*this, io_, tls_));
      clients_.back()->connect(with_);
      free_.push_back(clients_.back().get());
    }
    out_.latencies.reserve(with_.requests);
    begin_ = real_clock::now();
    auto cpu = thread_cpu();
    if (with_.per_second > 0)
      tick();
    else
      while (!free_.empty() && asked_ < with_.requests)
        hand_out({asked_++, real_clock::now()});
    io_.run();
    out_.client_cpu = thread_cpu() - cpu;
    out_.seconds = std::chrono::duration<double>(real_clock::now() - begin_).count();
    std::sort(out_.latencies.begin(), out_.latencies.end());
    return std::move(out_);
  }

  const std::string& request(size_t index) const { return requests_[index % requests_.size()]; }

  void answered(client& by, const due_request& what, std::string_view text) {
    bool allowed =
      text.starts_with("HTTP/1.1 200") && text.find("\"allowed\":true") != std::string_view::npos;
    ++(allowed ? out_.answered : out_.failed);
    out_.patched += carries_patch(text);
    out_.bytes += text.size();
    out_.latencies.push_back(real_clock::now() - what.due);
    free_.push_back(&by);
    if (!waiting_.empty()) {
      auto next = waiting_.front();
      waiting_.pop_front();
      hand_out(next);
    } else if (with_.per_second <= 0 && asked_ < with_.requests) {
      hand_out({asked_++, real_clock::now()});
    }
  }

  void failed() { ++out_.failed; }

private:
  void hand_out(const due_request& what) {
    if (free_.empty())
      return waiting_.push_back(what);
    auto* next = free_.front();  // the one that has rested longest
    free_.pop_front();
    next->ask(what);
  }

  real_clock::time_point due(size_t index) const {
    return begin_ + std::chrono::duration_cast<real_clock::duration>(
                      std::chrono::duration<double>(double(index) / with_.per_second));
  }

  void tick() {
    while (asked_ < with_.requests && due(asked_) <= real_clock::now()) {
      hand_out({asked_, due(asked_)});
      ++asked_;
    }
    if (asked_ >= with_.requests)
      return;
    pace_.expires_at(due(asked_));
    pace_.async_wait([this](error_code) { tick(); });
  }

  load_wishes with_;
  asio::io_context io_{1};
  asio::ssl::context tls_;
  asio::steady_timer pace_;
  std::vector<std::string> requests_;
  std::vector<std::unique_ptr<client>> clients_;
  std::deque<client*> free_;
  std::deque<due_request> waiting_;
  size_t asked_ = 0;
  real_clock::time_point begin_;
  load_result out_;
};

void client::ask(const due_request& what) {
  now_ = what;
  got_ = 0;
  asio::async_write(stream_, asio::buffer(owner_.request(what.index)),
                    [this](error_code ec, size_t) { ec ? owner_.failed() : read(); });
}

void client::read() {
  stream_.async_read_some(asio::buffer(bytes_.data() + got_, bytes_.size() - got_),
                          [this](error_code ec, size_t size) {
                            if (ec)
                              return owner_.failed();
                            got_ += size;
                            on_bytes();
                          });
}

void client::on_bytes() {
  std::string_view text{bytes_.data(), got_};
  auto head = text.find("\r\n\r\n");
  if (head == std::string_view::npos)
    return read();
  constexpr std::string_view field = "Content-Length: ";
  auto at = text.find(field);
  size_t length = 0;
  if (at < head)
    std::from_chars(text.data() + at + field.size(), text.data() + head, length);
  if (text.size() < head + 4 + length)
    return text.size() == bytes_.size() ? owner_.failed() : read();
  owner_.answered(*this, now_, text);
}

}  // namespace

std::chrono::nanoseconds load_result::latency(double quantile) const {
  if (latencies.empty())
    return {};
  auto index = size_t(quantile * double(latencies.size()));
  return latencies[std::min(index, latencies.size() - 1)];
}

load_result run_load(const load_wishes& with, const std::vector<std::string>& reviews) {
  try {
    return load{with, reviews}.run();
  } catch (const boost::system::system_error& problem) {
    throw std::runtime_error(fmt::format("webhook load: {}", problem.what()));
  }
}

}  // namespace scaleops::bench
