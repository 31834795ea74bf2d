#include "runtime/kube/http_reader.hpp"

#include <charconv>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/optional.hpp>

namespace scaleops::kube {

namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

constexpr uint32_t head_limit = 64 * 1024;   // bytes
constexpr size_t most_waiting = 128 * 1024;  // of a head, a chunk's head or a trailer

std::string_view view(string_view text) {
  return {text.data(), text.size()};
}

class parser final : public http::basic_parser<false> {
public:
  explicit parser(http_reader::events& events) : events_{events} {
    header_limit(head_limit);
    body_limit(boost::none);
    eager(true);
  }

private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int code, string_view, int, error_code&) override {
    head_ = {};
    head_.status = code;
  }
  void on_field_impl(http::field name, string_view, string_view value, error_code&) override {
    if (is_header_done())
      return;  // trailers
    switch (name) {
      case http::field::content_type:
        head_.content_type = std::string(view(value));
        break;
      case http::field::retry_after: {
        int64_t seconds = 0;
        auto* end = value.data() + value.size();
        auto [at, error] = std::from_chars(value.data(), end, seconds);
        if (error == std::errc{} && at == end && seconds >= 0)
          head_.retry_after = seconds;
        break;
      }
      case http::field::warning:
        head_.warning = std::string(view(value));
        break;
      default:
        break;
    }
  }
  void on_header_impl(error_code&) override {
    if (events_.on_head)
      events_.on_head(head_);
  }
  void on_body_init_impl(const boost::optional<uint64_t>&, error_code&) override {}
  size_t on_body_impl(string_view bytes, error_code&) override { return take(bytes); }
  void on_chunk_header_impl(uint64_t, string_view, error_code&) override {}
  size_t on_chunk_body_impl(uint64_t, string_view bytes, error_code&) override {
    return take(bytes);
  }
  void on_finish_impl(error_code&) override {}

  size_t take(string_view bytes) {
    if (events_.on_body && !bytes.empty())
      events_.on_body(view(bytes));
    return bytes.size();
  }

  http_reader::events& events_;
  http_head head_;
};

}  // namespace

class http_reader::impl {
public:
  impl(events events, bool without_body) : events_{std::move(events)}, parser_{events_} {
    if (without_body)
      parser_.skip(true);
  }

  state feed(std::string_view bytes) {
    if (state_ == state::failed || bytes.empty())
      return state_;
    if (state_ == state::done) {
      trailing_ += bytes.size();
      return state_;
    }
    if (!waiting_.empty()) {
      waiting_.append(bytes);
      bytes = waiting_;
    }
    auto rest = put(bytes);
    if (state_ == state::failed || state_ == state::done) {
      trailing_ += rest.size();
      waiting_.clear();
      return state_;
    }
    if (rest.size() > most_waiting)
      return fail("a line of the response has no end");
    waiting_ = std::string(rest);
    return state_;
  }

  state finish() {
    if (state_ == state::done || state_ == state::failed)
      return state_;
    error_code ec;
    if (parser_.got_some())  // the parser must not be told of an end before a beginning
      parser_.put_eof(ec);
    if (ec || state_ == state::head)
      return fail(state_ == state::head ? "the connection was closed before an answer"
                                        : "the connection was closed in the middle of an answer");
    update();
    return state_;
  }

  state now() const { return state_; }
  const std::string& problem() const { return problem_; }
  bool keep_alive() const { return state_ == state::done && parser_.keep_alive(); }
  size_t trailing() const { return trailing_; }

private:
  std::string_view put(std::string_view bytes) {
    while (!bytes.empty() && !parser_.is_done()) {
      error_code ec;
      auto used = parser_.put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
      bytes.remove_prefix(used);
      if (ec == http::error::need_more)
        break;
      if (ec) {
        fail("no HTTP answer: " + ec.message());
        return bytes;
      }
      if (used == 0)
        break;
    }
    update();
    return bytes;
  }

  void update() {
    if (parser_.is_done())
      state_ = state::done;
    else if (parser_.is_header_done())
      state_ = state::body;
  }

  state fail(std::string why) {
    problem_ = std::move(why);
    return state_ = state::failed;
  }

  events events_;
  parser parser_;
  state state_ = state::head;
  std::string waiting_;
  std::string problem_;
  size_t trailing_ = 0;
};

http_reader::http_reader(events events, bool without_body)
    : x_{std::make_unique<impl>(std::move(events), without_body)} {}
http_reader::~http_reader() = default;
http_reader::http_reader(http_reader&&) noexcept = default;
http_reader& http_reader::operator=(http_reader&&) noexcept = default;

http_reader::state http_reader::feed(std::string_view bytes) {
  return x_->feed(bytes);
}
http_reader::state http_reader::finish() {
  return x_->finish();
}
http_reader::state http_reader::now() const {
  return x_->now();
}
const std::string& http_reader::problem() const {
  return x_->problem();
}
bool http_reader::keep_alive() const {
  return x_->keep_alive();
}
size_t http_reader::trailing() const {
  return x_->trailing();
}

}  // namespace scaleops::kube
