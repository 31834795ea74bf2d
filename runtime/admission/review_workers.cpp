#include "runtime/admission/review_workers.hpp"

#include <pthread.h>

#include <algorithm>
#include <map>
#include <thread>

#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace scaleops::webhook {

namespace {

namespace asio = boost::asio;

/// Counts turned-away clients of all threads.
std::function<void(std::string_view)> refusal_counter(prometheus::Registry& registry) {
  auto& family = prometheus::BuildCounter()
                   .Name("scaleops_admissions_refused_clients_total")
                   .Help("Connections and requests that got no review answered, by reason")
                   .Register(registry);
  std::map<std::string_view, prometheus::Counter*> counters;
  for (auto why : {http_refusals::full, http_refusals::handshake, http_refusals::plain_http,
                   http_refusals::slow, http_refusals::malformed, http_refusals::too_large})
    counters[why] = &family.Add({{"reason", std::string(why)}});
  return [counters = std::move(counters)](std::string_view why) {
    if (auto found = counters.find(why); found != counters.end())
      found->second->Increment();
  };
}

}  // namespace

struct review_workers::worker {
  worker(const workers_config& config, std::shared_ptr<review_counts> counts)
      : desk{config.desk, std::move(counts)},
        path{config.path},
        server{io, config.http,
               [this](http_request request, http_respond respond) { respond(answer(request)); }} {}

  http_response answer(const http_request& request) {
    if (request.path != path)
      return text_response(404, "Reviews are answered at " + path + " only.\n");
    if (request.method != "POST")
      return text_response(405, "A review is sent by POST.\n");
    return text_response(200, desk.answer(request.body), "application/json");
  }

  void run() {
    thread = std::thread{[this] { io.run(); }};
    pthread_setname_np(thread.native_handle(), "reviews");
  }

  void begin_stop(milliseconds patience) {
    asio::post(io, [this, patience] {
      server.wind_up([this] { end(); });
      out_of_patience.expires_after(patience);
      out_of_patience.async_wait([this](boost::system::error_code) { end(); });
    });
  }

  void end() {
    server.stop();
    out_of_patience.cancel();
    busy.reset();
  }

  void join() {
    if (thread.joinable())
      thread.join();
    io.restart();  // a thread that never ran, and what closing has left behind
    io.poll();
  }

  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> busy{io.get_executor()};
  asio::steady_timer out_of_patience{io};
  review_desk desk;
  std::string path;
  http_server server;
  std::thread thread;
};

review_workers::review_workers(workers_config config, prometheus::Registry& registry)
    : config_{std::move(config)}, counts_{std::make_shared<review_counts>(registry)} {
  config_.http.on_refused = refusal_counter(registry);
  config_.http.pass_headers = false;
  config_.http.body_limit = std::max(config_.http.body_limit, 2 * config_.desk.largest_review);
  for (size_t i = 0; i < std::max<size_t>(config_.threads, 1); ++i)
    workers_.push_back(std::make_unique<worker>(config_, counts_));
}

review_workers::~review_workers() {
  stop();
}

std::string review_workers::start() {
  auto& first = workers_.front()->server;
  auto problem = first.start();
  for (size_t i = 1; i < workers_.size() && problem.empty(); ++i)
    problem = workers_[i]->server.start_beside(first);
  if (!problem.empty())
    return problem;
  for (auto& each : workers_)
    each->run();
  return {};
}

void review_workers::answer_last() {
  for (auto& each : workers_)
    asio::post(each->io, [&server = each->server] { server.answer_last(); });
}

void review_workers::stop(milliseconds patience) {
  if (std::exchange(stopped_, true))
    return;
  for (auto& each : workers_)
    each->begin_stop(patience);
  for (auto& each : workers_)
    each->join();
}

uint16_t review_workers::port() const {
  return workers_.front()->server.port();
}

void review_workers::tell(std::function<void(review_desk&)> news) {
  auto shared = std::make_shared<std::function<void(review_desk&)>>(std::move(news));
  for (auto& each : workers_)
    asio::post(each->io, [shared, &desk = each->desk] { (*shared)(desk); });
}

uint64_t review_workers::take_answered() {
  return counts_->answered.exchange(0, std::memory_order_relaxed);
}

}  // namespace scaleops::webhook
