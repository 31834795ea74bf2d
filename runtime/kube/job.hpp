// One request on its way, or one stream, and the order in which they get their turns. Of
// transport.cpp only.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "runtime/kube/call_metrics.hpp"
#include "runtime/kube/connection.hpp"
#include "runtime/kube/transport.hpp"

namespace scaleops::kube {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

/// One request on its way, or one stream.
struct job {
  job(asio::io_context& io, api_call call) : what{std::move(call)}, timer{io} {}

  api_call what;
  std::function<void(api_answer)> done;
  std::optional<stream_events> stream;
  asio::steady_timer timer;  // deadline
  steady::time_point asked = steady::now(), queued = asked, sent{}, deadline{};
  std::shared_ptr<connection> way;
  api_answer answer;
  std::optional<int64_t> retry_after;
  int attempts = 0;
  bool holds_slot = false;
  bool asked_again = false;  // with another credential
  bool opened = false;       // a stream whose answer has begun
  bool finished = false;
  bool paused = false;

  bool safe() const { return what.method == "GET"; }
};
using job_ptr = std::shared_ptr<job>;

/// What the owner of a stream holds.
class stream_handle final : public api_stream {
public:
  stream_handle(std::function<void(bool)> pause, std::function<void()> close)
      : pause_{std::move(pause)}, close_{std::move(close)} {}
  ~stream_handle() override { close(); }
  void pause(bool on) override {
    if (pause_)
      pause_(on);
  }
  void close() override {
    if (auto once = std::exchange(close_, nullptr)) {
      pause_ = nullptr;
      once();
    }
  }

private:
  std::function<void(bool)> pause_;
  std::function<void()> close_;
};

/// Queues by lane, a rate for all, and places for so many at a time.
class turns : public std::enable_shared_from_this<turns> {
public:
  turns(asio::io_context& io, const transport_config& config, call_metrics& metrics,
        std::function<void(const job_ptr&)> begin)
      : io_{io},
        most_{config.connections},
        metrics_{metrics},
        begin_{std::move(begin)},
        rates_{config.per_second, config.burst},
        wake_{io} {}

  void stop() {
    begin_ = nullptr;
    wake_.cancel();
    queues_ = {};
  }

  void enqueue(const job_ptr& each) {
    each->queued = steady::now();
    queues_[size_t(each->what.priority)].push_back(each);
    pump_soon();
  }

  void release(const job_ptr& each) {
    if (!std::exchange(each->holds_slot, false))
      return;
    --slots_;
    pump_soon();
  }

private:
  static constexpr size_t reserved_for_urgent = 4;

  /// Never from within the asking: the caller is not ready for an answer yet.
  void pump_soon() {
    asio::post(io_, [weak = weak_from_this()] {
      if (auto self = weak.lock())
        self->pump();
    });
  }

  void pump() {
    if (!begin_)
      return;
    for (auto which : all_lanes) {
      auto& queue = queues_[size_t(which)];
      while (!queue.empty()) {
        auto each = queue.front();
        if (each->finished) {
          queue.pop_front();
          continue;
        }
        if (!each->stream &&
            slots_ >= (which == lane::urgent ? most_ : most_ - reserved_for_urgent))
          break;  // somebody's end pumps again
        auto now = steady::now();
        if (!rates_.take(which, now))
          return wake_in(rates_.wait(which, now));  // lesser lanes wait at least as long
        queue.pop_front();
        metrics_.waited(which, std::chrono::duration<double>(now - each->queued).count());
        if (!each->stream) {
          each->holds_slot = true;
          ++slots_;
        }
        begin_(each);
        if (!begin_)
          return;
      }
    }
  }

  void wake_in(steady::duration span) {
    wake_.expires_after(span);
    wake_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
      auto self = weak.lock();
      if (!error && self)
        self->pump();
    });
  }

  asio::io_context& io_;
  size_t most_;
  call_metrics& metrics_;
  std::function<void(const job_ptr&)> begin_;
  rate_lanes rates_;
  asio::steady_timer wake_;
  std::array<std::deque<job_ptr>, all_lanes.size()> queues_;
  size_t slots_ = 0;
};

}  // namespace scaleops::kube
