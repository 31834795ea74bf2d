#include "runtime/kube/transport.hpp"

#include <set>
#include <vector>

#include <fmt/format.h>

#include "messages/entropy.hpp"
#include "runtime/kube/credentials.hpp"
#include "runtime/kube/job.hpp"
#include "runtime/kube/read_only.hpp"

namespace scaleops::kube {

namespace {

constexpr int most_attempts = 5;
constexpr size_t most_refusal = 64 * 1024;  // bytes of a stream's refusal that are kept

struct idle_connection {
  std::shared_ptr<connection> way;
  steady::time_point since;
};

}  // namespace

class transport::impl : public std::enable_shared_from_this<transport::impl> {
public:
  impl(asio::io_context& io, cluster_access access, transport_config config,
       std::shared_ptr<prometheus::Registry> registry)
      : io_{io},
        access_{std::move(access)},
        config_{std::move(config)},
        metrics_{std::move(registry)},
        credentials_{io, access_},
        dice_{config_.seed} {
    plan_.server = access_.server;
    plan_.tls_name =
      access_.tls_server_name.empty() ? access_.server.host : access_.tls_server_name;
    auto choice = choose_proxy(access_.server, access_.proxy_url, environment_variable);
    plan_.proxy = choice.proxy;
    proxy_problem_ = choice.problem;
  }

  void start() {
    turns_ = std::make_shared<turns>(io_, config_, metrics_,
                                     [weak = weak_from_this()](const job_ptr& each) {
                                       if (auto self = weak.lock())
                                         self->begin(each);
                                     });
  }

  void stop() {
    stopped_ = true;
    turns_->stop();
    for (auto& each : std::set<job_ptr>{jobs_}) {
      drop(each);
      each->done = nullptr;  // they may hold whoever owns us
      if (each->stream)
        *each->stream = {};
    }
    idle_.clear();
  }

  job_ptr make_job(api_call what) { return std::make_shared<job>(io_, std::move(what)); }

  void submit(const job_ptr& each) {
    if (stopped_)
      return;
    jobs_.insert(each);
    each->deadline = each->asked + each->what.timeout;
    each->timer.expires_at(each->deadline);
    each->timer.async_wait([weak = weak_from_this(), each](boost::system::error_code error) {
      auto self = weak.lock();
      if (error || !self || each->finished || each->opened)
        return;
      auto why = each->answer.problem.empty()
                   ? fmt::format("no answer from {} in {}", self->access_.server.to_string(),
                                 format_duration(each->what.timeout))
                   : each->answer.problem;
      self->fail(each, ec::timeout, std::move(why));
    });
    turns_->enqueue(each);
  }

  void pause(const job_ptr& each, bool on) {
    each->paused = on;
    if (each->way)
      each->way->pause(on);
  }

  /// Ends a job without telling it.
  void drop(const job_ptr& each) {
    if (std::exchange(each->finished, true))
      return;
    each->timer.cancel();
    turns_->release(each);
    if (each->way)
      each->way->close();
    each->way.reset();
    if (each->opened)
      metrics_.streams(--streams_);
    jobs_.erase(each);
  }

  const cluster_access& access() const { return access_; }
  size_t streams() const { return streams_; }

private:
  // ---- one attempt ----

  void begin(const job_ptr& each) {
    ++each->attempts;
    each->answer = {};
    each->retry_after.reset();
    if (!proxy_problem_.empty())
      return fail(each, ec::invalid, proxy_problem_);
    credentials_.get([weak = weak_from_this(), each](const credential& with) {
      auto self = weak.lock();
      if (self && !each->finished)
        self->on_credential(each, with);
    });
  }

  void on_credential(const job_ptr& each, const credential& with) {
    if (!with.problem.empty())
      return fail(each, ec::unauthorized, with.problem);
    std::string request;
    if (!wire_form(each->what, with, request)) {
      metrics_.refused(each->what.verb);
      return fail(each, ec::forbidden,
                  fmt::format("read-only: {} {} is not sent", each->what.method,
                              each->what.target.substr(0, each->what.target.find('?'))));
    }
    if (!tls_made_ || !with.same_connection(tls_for_)) {
      idle_.clear();
      std::string problem;
      tls_ = access_.server.tls ? make_tls_context(with, access_.insecure, problem) : nullptr;
      tls_made_ = problem.empty();
      tls_for_ = with;
      if (!problem.empty())
        return fail(each, ec::invalid, problem);
    }
    if (auto way = take_idle())
      return send(each, std::move(way), std::move(request));
    auto way = std::make_shared<connection>(io_, plan_, tls_);
    each->way = way;
    way->open([weak = weak_from_this(), each, way_weak = std::weak_ptr(way),
               request = std::move(request)](const std::string& problem) mutable {
      auto self = weak.lock();
      if (!self || each->finished)
        return;
      if (!problem.empty())
        self->again_or_fail(each, "connect", problem);
      else if (auto open = way_weak.lock())
        self->send(each, std::move(open), std::move(request));
    });
  }

  /// The bytes of a request; the one place where they come from. False: the guard refuses.
  bool wire_form(const api_call& what, const credential& with, std::string& out) const {
    if (config_.read_only && !changes_nothing(what.method, what.target))
      return false;
    out = fmt::format("{} {}{} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\nAccept: {}\r\n{}",
                      what.method, access_.server.path, what.target, access_.server.authority(),
                      config_.user_agent, what.accept, with.headers);
    if (!what.body.empty() || what.method != "GET")
      out += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n",
                         what.content_type.empty() ? "application/json" : what.content_type,
                         what.body.size());
    out += "\r\n";
    out += what.body;
    return true;
  }

  std::shared_ptr<connection> take_idle() {
    while (!idle_.empty()) {
      auto last = std::move(idle_.back());
      idle_.pop_back();
      if (steady::now() - last.since < config_.idle_connection && last.way->reusable())
        return last.way;
    }
    return nullptr;
  }

  void send(const job_ptr& each, std::shared_ptr<connection> way, std::string request) {
    each->way = way;
    each->sent = steady::now();
    exchange work;
    work.request = std::move(request);
    // The deadline is the whole request's; only streams live on and are watched for silence.
    work.idle = each->stream ? config_.stream_silence : each->what.timeout;
    auto weak = weak_from_this();
    work.events.on_head = [weak, each](const http_head& head) {
      if (auto self = weak.lock(); self && !each->finished)
        self->on_head(each, head);
    };
    work.events.on_body = [weak, each](std::string_view bytes) {
      if (auto self = weak.lock(); self && !each->finished)
        self->on_body(each, bytes);
    };
    work.on_end = [weak, each](const std::string& problem, bool untouched) {
      if (auto self = weak.lock(); self && !each->finished)
        self->on_end(each, problem, untouched);
    };
    way->run(std::move(work));
    if (each->paused)
      way->pause(true);
  }

  void on_head(const job_ptr& each, const http_head& head) {
    each->answer.status = head.status;
    each->answer.content_type = head.content_type;
    each->retry_after = head.retry_after;
    if (!each->stream || head.status != 200)
      return;
    each->opened = true;
    each->timer.cancel();
    metrics_.streams(++streams_);
    metrics_.done(each->what.verb, each->what.resource, "200", seconds_since(each->sent));
    each->stream->on_open();
  }

  void on_body(const job_ptr& each, std::string_view bytes) {
    if (each->opened)
      return each->stream->on_bytes(bytes);
    auto& body = each->answer.body;
    auto most = each->stream ? most_refusal : config_.body_limit;
    if (body.size() + bytes.size() <= most)
      body.append(bytes);
    else if (!each->stream)
      fail(each, ec::server_error,
           fmt::format("{}: the answer is larger than {} MiB", each->what.target,
                       config_.body_limit >> 20));
  }

  void on_end(const job_ptr& each, const std::string& problem, bool untouched) {
    if (problem.empty() && each->way && each->way->reusable())
      idle_.push_back({each->way, steady::now()});
    if (each->opened) {
      each->answer.problem = problem;
      each->answer.failure = problem.empty() ? ec::none : ec::unavailable;
      return finish(each);
    }
    if (!problem.empty()) {
      if (untouched && each->safe())
        return requeue(each, milliseconds{0}, "stale-connection");
      return again_or_fail(each, "broken", problem);
    }
    auto status = each->answer.status;
    if (status == 401 && !std::exchange(each->asked_again, true)) {
      credentials_.refuse();
      return requeue(each, milliseconds{0}, "unauthorized");
    }
    bool later = (status == 429 && !each->what.refusal_is_final) ||
                 (each->safe() && (status == 503 || status == 504 || status == 502));
    if (later && each->attempts < most_attempts) {
      auto wait = each->retry_after
                    ? milliseconds{std::min<int64_t>(*each->retry_after, 3600) * 1000}
                    : pause_before(each->attempts);
      if (steady::now() + wait < each->deadline)
        return requeue(each, wait, status == 429 ? "throttled" : "unavailable");
    }
    finish(each);
  }

  // ---- again, or not ----

  milliseconds pause_before(int attempt) {
    auto longest = milliseconds{250} * (1 << std::min(attempt, 6));
    return std::chrono::floor<milliseconds>(longest * dice_.between(0.5, 1.0));
  }

  void again_or_fail(const job_ptr& each, const char* reason, const std::string& problem) {
    auto wait = pause_before(each->attempts);
    // What never reached the server may be sent again, whatever it is.
    bool may = each->safe() || std::string_view{reason} == "connect";
    if (may && each->attempts < 3 && steady::now() + wait < each->deadline) {
      each->answer.problem = problem;
      return requeue(each, wait, reason);
    }
    fail(each, ec::unavailable, problem);
  }

  void requeue(const job_ptr& each, milliseconds wait, const std::string& reason) {
    metrics_.repeated(reason);
    each->way.reset();
    turns_->release(each);
    if (wait.count() == 0)
      return turns_->enqueue(each);
    auto later = std::make_shared<asio::steady_timer>(io_, wait);
    later->async_wait([weak = weak_from_this(), each, later](boost::system::error_code) {
      auto self = weak.lock();
      if (self && !self->stopped_ && !each->finished)
        self->turns_->enqueue(each);
    });
  }

  void fail(const job_ptr& each, ec why, std::string problem) {
    each->answer = {};
    each->answer.failure = why;
    each->answer.problem = std::move(problem);
    if (each->way)
      each->way->close();
    finish(each);
  }

  void finish(const job_ptr& each) {
    if (!each->opened)
      metrics_.done(each->what.verb, each->what.resource,
                    each->answer.status != 0 ? std::to_string(each->answer.status)
                                             : std::string(to_string(each->answer.failure)),
                    seconds_since(each->sent == steady::time_point{} ? each->asked : each->sent));
    auto answer = std::move(each->answer);
    each->way.reset();  // an idle connection lives on in its list
    drop(each);
    // Later, so that nobody is called back from within his own call.
    asio::post(io_, [weak = weak_from_this(), each, answer = std::move(answer)]() mutable {
      auto self = weak.lock();
      if (!self || self->stopped_)
        return;
      if (each->stream) {
        if (auto end = std::exchange(each->stream->on_end, nullptr))
          end(std::move(answer));
      } else if (auto done = std::exchange(each->done, nullptr)) {
        done(std::move(answer));
      }
    });
  }

  static double seconds_since(steady::time_point then) {
    return std::chrono::duration<double>(steady::now() - then).count();
  }

  asio::io_context& io_;
  cluster_access access_;
  transport_config config_;
  call_metrics metrics_;
  credential_source credentials_;
  std::shared_ptr<turns> turns_;
  entropy dice_;
  dial_plan plan_;
  std::string proxy_problem_;
  tls_context tls_;
  credential tls_for_;
  bool tls_made_ = false;
  std::set<job_ptr> jobs_;
  std::vector<idle_connection> idle_;
  size_t streams_ = 0;
  bool stopped_ = false;
};

transport::transport(asio::io_context& io, cluster_access access, transport_config config,
                     std::shared_ptr<prometheus::Registry> registry)
    : x_{std::make_shared<impl>(io, std::move(access), std::move(config), std::move(registry))} {
  x_->start();
}

transport::~transport() {
  x_->stop();
}

void transport::stop() {
  x_->stop();
}

void transport::call(api_call what, std::function<void(api_answer)> done) {
  auto each = x_->make_job(std::move(what));
  each->done = std::move(done);
  x_->submit(each);
}

std::shared_ptr<api_stream> transport::stream(api_call what, stream_events events) {
  auto each = x_->make_job(std::move(what));
  each->stream = std::move(events);
  x_->submit(each);
  std::weak_ptr<impl> weak = x_;
  return std::make_shared<stream_handle>(
    [weak, each](bool on) {
      if (auto self = weak.lock())
        self->pause(each, on);
    },
    [weak, each] {
      each->stream->on_end = nullptr;
      if (auto self = weak.lock())
        self->drop(each);
    });
}

const cluster_access& transport::access() const {
  return x_->access();
}

size_t transport::streams() const {
  return x_->streams();
}

}  // namespace scaleops::kube
