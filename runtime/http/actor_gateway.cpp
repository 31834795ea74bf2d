#include "runtime/http/actor_gateway.hpp"

#include <algorithm>
#include <charconv>
#include <deque>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <boost/asio/steady_timer.hpp>

#include "runtime/http/asio_bridge.hpp"

namespace scaleops {

namespace {

/// Events of which only the newest matters; all others are told one by one.
bool replaceable(const std::string& type) {
  return type == "series" || type == "recommendation" || type == "health" || type == "policy";
}

std::string frame_of(const live_event& event) {
  std::string out = fmt::format("id: {}\nevent: {}\n", event.id, event.type);
  std::string_view rest = event.data;
  for (;;) {
    auto end = rest.find('\n');
    out += fmt::format("data: {}\n", rest.substr(0, end));
    if (end == std::string_view::npos)
      break;
    rest.remove_prefix(end + 1);
  }
  return out + "\n";
}

http_response failure(const caf::error& error) {
  int status = 500;
  switch (code_of(error)) {
    case ec::timeout:
      status = 504;
      break;
    case ec::unavailable:
    case ec::shutting_down:
      status = 503;
      break;
    default:
      break;
  }
  return text_response(
    status,
    R"({"error":{"code":"unavailable","message":"The dashboards component did not answer."}})",
    "application/json");
}

}  // namespace

class actor_gateway::impl : public std::enable_shared_from_this<actor_gateway::impl> {
public:
  impl(boost::asio::io_context& ioc, actor_gateway_config config, dashboards_actor dashboards)
      : config_(std::move(config)),
        dashboards_(std::move(dashboards)),
        flush_timer_(ioc),
        keep_alive_timer_(ioc) {}

  void start(caf::actor_system& sys, boost::asio::io_context& ioc) {
    // The actor may still get mail after we are gone, hence the weak pointer.
    bridge_.emplace(sys, ioc, caf::behavior{[weak = weak_from_this()](live_event& event) {
                      if (auto self = weak.lock())
                        self->take(std::move(event));
                    }});
    subscribe();
    arm_flush();
    arm_keep_alive();
  }

  /// Repeated: behind a lasting address the dashboards may have been started anew. Known sinks are
  /// not added twice.
  void subscribe() {
    bridge_->self().send(dashboards_,
                         subscribe_live{caf::actor_cast<live_sink_actor>(bridge_->handle()), 0});
  }

  void stop() {
    if (std::exchange(stopped_, true))
      return;
    flush_timer_.cancel();
    keep_alive_timer_.cancel();
    auto streams = std::move(streams_);
    streams_.clear();
    for (auto& [id, stream] : streams)
      stream->close();
    bridge_->stop();
    dashboards_ = nullptr;
  }

  void handle(http_request request, http_respond respond) {
    if (stopped_)
      return respond(text_response(503, "Shutting down.\n"));
    api_request call{request.method == "HEAD" ? "GET" : request.method,
                     request.path,
                     request.query,
                     request.headers,
                     std::move(request.body),
                     request.peer};
    bool live = request.path == config_.live_path && request.method == "GET";
    uint64_t after = 0;
    auto last = request.header("last-event-id");
    bool resumes = !last.empty() &&
                   std::from_chars(last.data(), last.data() + last.size(), after).ec == std::errc{};
    bridge_->self()
      .request(dashboards_, config_.request_timeout, std::move(call))
      .then(
        [self = shared_from_this(), respond, live, resumes, after](api_response& answer) {
          http_response response;
          response.status = answer.status;
          response.content_type = std::move(answer.content_type);
          response.headers = std::move(answer.headers);
          response.body = std::move(answer.body);
          response.headers.emplace("Cache-Control", "no-store");
          if (live && answer.status == 200)
            self->open_stream(std::move(response), respond, resumes, after);
          else
            respond(std::move(response));
        },
        [respond](caf::error& error) { respond(failure(error)); });
  }

  size_t streams() const { return streams_.size(); }

private:
  void open_stream(http_response response, const http_respond& respond, bool resumes,
                   uint64_t after) {
    if (streams_.size() >= config_.max_streams || stopped_)
      return respond(text_response(503, "Too many event streams are open.\n"));
    response.content_type = "text/event-stream";
    response.headers["Cache-Control"] = "no-store";
    response.headers["X-Accel-Buffering"] = "no";
    response.body.reset();
    response.stream = [weak = weak_from_this(), resumes,
                       after](std::shared_ptr<http_stream> stream) {
      if (auto self = weak.lock())
        self->attach(std::move(stream), resumes, after);
      else
        stream->close();
    };
    respond(std::move(response));
  }

  void attach(std::shared_ptr<http_stream> stream, bool resumes, uint64_t after) {
    if (stopped_)
      return stream->close();
    std::string hello = "retry: 2000\n\n";
    // A client that has missed more than we remember, or that knew another server, must read
    // everything anew.
    bool gap = resumes && (after > last_id_ || (!ring_.empty() && after + 1 < ring_.front().id));
    hello += fmt::format("id: {}\nevent: hello\ndata: {{\"resumed\":{}}}\n\n",
                         resumes && !gap ? after : last_id_, resumes && !gap);
    if (resumes && !gap)
      for (auto& event : ring_)
        if (event.id > after)
          hello += frame_of(event);
    auto id = ++next_stream_;
    streams_[id] = stream;
    stream->on_closed([weak = weak_from_this(), id] {
      if (auto self = weak.lock())
        self->streams_.erase(id);
    });
    stream->write(hello);
  }

  void take(live_event event) {
    if (replaceable(event.type)) {
      newest_[event.type] = std::move(event);
      return;
    }
    waiting_.push_back(std::move(event));
    while (waiting_.size() > config_.remembered)
      waiting_.pop_front();  // a burst that no stream could follow anyway
  }

  void arm_flush() {
    flush_timer_.expires_after(config_.flush_every);
    flush_timer_.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
      auto self = weak.lock();
      if (ec || !self || self->stopped_)
        return;
      self->flush();
      self->arm_flush();
    });
  }

  void arm_keep_alive() {
    keep_alive_timer_.expires_after(config_.keep_alive_every);
    keep_alive_timer_.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
      auto self = weak.lock();
      if (ec || !self || self->stopped_)
        return;
      self->subscribe();
      self->broadcast(": keep-alive\n\n");
      self->arm_keep_alive();
    });
  }

  void flush() {
    if (waiting_.empty() && newest_.empty())
      return;
    std::string frames;
    auto put = [&](live_event event) {
      event.id = ++last_id_;  // our own numbers: what clients saw, without holes
      frames += frame_of(event);
      ring_.push_back(std::move(event));
      if (ring_.size() > config_.remembered)
        ring_.pop_front();
    };
    for (auto& event : std::exchange(waiting_, {}))
      put(std::move(event));
    for (auto& [type, event] : std::exchange(newest_, {}))
      put(std::move(event));
    broadcast(frames);
  }

  void broadcast(const std::string& frames) {
    auto streams = streams_;  // write may cut a slow one, which erases it
    for (auto& [id, stream] : streams)
      stream->write(frames);
  }

  actor_gateway_config config_;
  dashboards_actor dashboards_;
  boost::asio::steady_timer flush_timer_;
  boost::asio::steady_timer keep_alive_timer_;
  std::map<uint64_t, std::shared_ptr<http_stream>> streams_;
  std::deque<live_event> waiting_;
  std::map<std::string, live_event> newest_;
  std::deque<live_event> ring_;
  uint64_t last_id_ = 0;
  uint64_t next_stream_ = 0;
  bool stopped_ = false;
  std::optional<asio_bridge> bridge_;
};

actor_gateway::actor_gateway(caf::actor_system& sys, boost::asio::io_context& ioc,
                             actor_gateway_config config, dashboards_actor dashboards)
    : x_(std::make_shared<impl>(ioc, std::move(config), std::move(dashboards))) {
  x_->start(sys, ioc);
}

actor_gateway::~actor_gateway() {
  x_->stop();
}

http_handler actor_gateway::handler() {
  return [x = x_](http_request request, http_respond respond) {
    x->handle(std::move(request), std::move(respond));
  };
}

void actor_gateway::stop() {
  x_->stop();
}

size_t actor_gateway::streams() const {
  return x_->streams();
}

}  // namespace scaleops
