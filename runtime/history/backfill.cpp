#include "runtime/history/backfill.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "actors/agent/logic/discovery.hpp"
#include "runtime/history/pod_names.hpp"
#include "runtime/history/range_query.hpp"
#include "runtime/http/asio_bridge.hpp"
#include "runtime/kube/status.hpp"
#include "runtime/kube/transport.hpp"

namespace scaleops::history {

namespace {

constexpr auto answer_timeout = std::chrono::minutes{1};
constexpr auto retry_after = std::chrono::milliseconds{200};
constexpr int most_retries = 100;
constexpr uint64_t feeder_id = 0x6261636b66696c6c;  // no agent draws this

kube::cluster_access access_to(const kube::base_url& where) {
  kube::cluster_access out;
  out.name = "prometheus";
  out.server = where;
  return out;
}

kube::transport_config transport_for(const backfill_config& config) {
  kube::transport_config out;
  out.per_second = config.queries_a_second;
  out.burst = 10;
  out.connections = config.namespaces_at_once * 2 + 4;
  out.body_limit = 64 << 20;
  out.read_only = true;
  return out;
}

/// What is known of one container at one moment.
struct moment {
  std::optional<double> cores, bytes;
};

/// One namespace on its way: its pieces of time, one after the other.
struct journey {
  std::string ns;
  std::deque<time_range> ahead;
  // By workload, then time, then pod and container.
  std::map<workload_ref, std::map<instant, std::map<std::pair<std::string, std::string>, moment>>>
    found;
  int open = 0;  // queries of the present piece
};

}  // namespace

class backfill::impl : public std::enable_shared_from_this<backfill::impl> {
public:
  impl(boost::asio::io_context& io, backfill_config config, kube_actor kube,
       recommender_actor recommender, std::shared_ptr<prometheus::Registry> registry,
       std::function<void(const backfill_result&)> done)
      : io_{io},
        config_{std::move(config)},
        kube_{std::move(kube)},
        recommender_{std::move(recommender)},
        way_{io, access_to(config_.prometheus), transport_for(config_), std::move(registry)},
        done_{std::move(done)} {}

  void start(caf::actor_system& sys) {
    bridge_.emplace(sys, io_, caf::behavior{[](caf::unit_t) {}});
    list(object_kind::namespace_object, {});
  }

  void stop() {
    if (std::exchange(stopped_, true))
      return;
    done_ = nullptr;
    way_.stop();
    bridge_->stop();
    kube_ = nullptr;
    recommender_ = nullptr;
  }

  backfill_result result;

private:
  // ---- whose is what ----

  void list(object_kind kind, std::string token) {
    bridge_->self()
      .request(kube_, answer_timeout, list_query{kind, {}, 500, std::move(token)})
      .then([self = shared_from_this(), kind](object_list& page) { self->on_page(kind, page); },
            [self = shared_from_this(), kind](caf::error& error) {
              // Without groupings, or namespaces' labels, there is less to know but no less to
              // learn.
              if (kind == object_kind::pod || kind == object_kind::workload)
                self->note(text_of(error));
              self->next_kind(kind);
            });
  }

  void on_page(object_kind kind, const object_list& page) {
    if (stopped_)
      return;
    for (auto& item : page.items) {
      watch_event event{watch_event::type::added, item, 0};
      if (kind == object_kind::namespace_object) {
        discovery_.on_namespace(event, found_);
      } else if (kind == object_kind::custom_owner_grouping) {
        discovery_.on_grouping(event, found_);
      } else if (kind == object_kind::workload) {
        discovery_.on_workload(event, found_);
      } else {
        auto& meta = meta_of(*item);
        pods_by_uid_[meta.uid] = {meta.ns, meta.name};
        discovery_.on_pod(event, found_);
      }
    }
    if (!page.continue_token.empty())
      return list(kind, page.continue_token);
    next_kind(kind);
  }

  void next_kind(object_kind kind) {
    if (stopped_)
      return;
    switch (kind) {
      case object_kind::namespace_object:
        return list(object_kind::custom_owner_grouping, {});
      case object_kind::custom_owner_grouping:
        return list(object_kind::workload, {});
      case object_kind::workload:
        return list(object_kind::pod, {});
      default:
        return set_out();
    }
  }

  void set_out() {
    for (auto& facts : found_.seen) {
      facts_[facts->ref] = facts;
      names_.add(facts->ref);
    }
    for (auto& placed : found_.placed)
      names_.know(pods_by_uid_[placed.uid], placed.workload);
    // Whole steps, so that asking twice asks the same.
    auto step = config_.step.count();
    auto to = instant{milliseconds{config_.now.time_since_epoch().count() / step * step}};
    std::set<std::string> namespaces;
    for (auto& [ref, facts] : facts_)
      namespaces.insert(ref.ns);
    for (auto& ns : namespaces) {
      auto fresh = std::make_shared<journey>();
      fresh->ns = ns;
      for (auto& piece : pieces({to - config_.span, to, config_.step}, config_.steps_a_query))
        fresh->ahead.push_back(piece);
      waiting_.push_back(std::move(fresh));
    }
    if (waiting_.empty())
      return finish();
    while (under_way_ < config_.namespaces_at_once && !waiting_.empty())
      begin_next();
  }

  void begin_next() {
    auto next = waiting_.front();
    waiting_.pop_front();
    ++under_way_;
    travel(next);
  }

  // ---- what Prometheus remembers ----

  void travel(const std::shared_ptr<journey>& of) {
    if (of->ahead.empty())
      return feed(of);
    auto piece = of->ahead.front();
    of->ahead.pop_front();
    of->open = 2;
    for (auto what : {series_of::cpu, series_of::memory}) {
      kube::api_call call;
      call.target = range_target(what, of->ns, piece);
      call.verb = "query";
      call.resource = "range";
      ++result.queries;
      way_.call(std::move(call),
                [self = shared_from_this(), of, what](const kube::api_answer& answer) {
                  self->on_answer(of, what, answer);
                });
    }
  }

  void on_answer(const std::shared_ptr<journey>& of, series_of what,
                 const kube::api_answer& answer) {
    if (stopped_)
      return;
    std::string problem = answer.problem;
    std::optional<std::vector<range_series>> series;
    if (answer.failure == ec::none)
      series = read_range(answer.body, problem);
    if (!series) {
      ++result.failed;
      note("Prometheus: " + problem);
    } else {
      for (auto& each : *series)
        take(*of, what, each);
    }
    if (--of->open == 0)
      travel(of);
  }

  void take(journey& of, series_of what, const range_series& series) {
    auto owner = names_.owner_of({of.ns, series.pod});
    if (!owner || !facts_.contains(*owner)) {
      if (unknown_.insert({of.ns, series.pod}).second)
        ++result.unknown_pods;
      return;
    }
    auto& by_time = of.found[*owner];
    for (auto& [at, value] : series.points) {
      auto& there = by_time[at][{series.pod, series.container}];
      (what == series_of::cpu ? there.cores : there.bytes) = value;
    }
  }

  // ---- to the recommender ----

  void feed(const std::shared_ptr<journey>& of) {
    auto batch = std::make_shared<std::vector<workload_usage>>();
    for (auto& [ref, by_time] : of->found) {
      workload_usage usage;
      usage.workload = facts_.at(ref);
      std::map<std::string, uint16_t> containers;
      for (size_t i = 0; i < usage.workload->containers.size(); ++i)
        containers[usage.workload->containers[i].name] = uint16_t(i);
      std::map<std::string, uint32_t> pods;
      for (auto& [at, present] : by_time)
        for (auto& [who, value] : present) {
          auto container = containers.find(who.second);
          if (container == containers.end())
            continue;  // of an older template
          auto pod = pods.try_emplace(who.first, uint32_t(pods.size() + 1)).first->second;
          usage.samples.push_back({container->second, pod, sample_of(at, value)});
        }
      if (usage.samples.empty())
        continue;
      ++result.workloads;
      result.samples += usage.samples.size();
      batch->push_back(std::move(usage));
    }
    of->found.clear();
    if (batch->empty())
      return arrive();
    // Each batch is a feeder of its own: their order means nothing.
    send(usage_batch{feeder_id + ++feeders_, 1, std::move(batch)}, 0);
  }

  static usage_sample sample_of(instant at, const moment& value) {
    usage_sample out;
    out.at = at;
    out.has_cpu = value.cores.has_value();
    out.cpu = float(value.cores.value_or(0) * 1000);
    out.memory = value.bytes && *value.bytes < 1e15 ? int64_t(*value.bytes) : -1;
    return out;
  }

  void send(const usage_batch& batch, int attempt) {
    bridge_->self()
      .request(recommender_, answer_timeout, batch)
      .then([self = shared_from_this()](const usage_ack&) { self->arrive(); },
            [self = shared_from_this(), batch, attempt](caf::error& error) {
              self->send_again(batch, attempt, error);
            });
  }

  /// It may still be reading its policies and checkpoints.
  void send_again(const usage_batch& batch, int attempt, const caf::error& error) {
    if (stopped_)
      return;
    if (attempt >= most_retries) {
      note(text_of(error));
      return arrive();
    }
    auto later = std::make_shared<boost::asio::steady_timer>(io_, retry_after);
    later->async_wait([self = shared_from_this(), later, batch, attempt](auto) {
      if (!self->stopped_)
        self->send(batch, attempt + 1);
    });
  }

  void arrive() {
    if (stopped_)
      return;
    --under_way_;
    if (!waiting_.empty())
      begin_next();
    else if (under_way_ == 0)
      finish();
  }

  void finish() {
    if (auto done = std::exchange(done_, nullptr))
      done(result);
  }

  void note(const std::string& problem) {
    if (result.problem.empty())
      result.problem = problem;
  }

  boost::asio::io_context& io_;
  backfill_config config_;
  kube_actor kube_;
  recommender_actor recommender_;
  kube::transport way_;
  std::function<void(const backfill_result&)> done_;
  std::optional<asio_bridge> bridge_;
  discovery discovery_;
  discoveries found_;
  std::map<std::string, pod_ref> pods_by_uid_;
  std::map<workload_ref, workload_facts_ptr> facts_;
  pod_names names_;
  std::set<pod_ref> unknown_;
  std::deque<std::shared_ptr<journey>> waiting_;
  size_t under_way_ = 0;
  uint64_t feeders_ = 0;
  bool stopped_ = false;
};

backfill::backfill(caf::actor_system& sys, boost::asio::io_context& io, backfill_config config,
                   kube_actor kube, recommender_actor recommender,
                   std::shared_ptr<prometheus::Registry> registry,
                   std::function<void(const backfill_result&)> done)
    : x_{std::make_shared<impl>(io, std::move(config), std::move(kube), std::move(recommender),
                                std::move(registry), std::move(done))} {
  x_->start(sys);
}

backfill::~backfill() {
  x_->stop();
}

const backfill_result& backfill::result() const {
  return x_->result;
}

}  // namespace scaleops::history
