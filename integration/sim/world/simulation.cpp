#include "integration/sim/world/simulation.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <caf/actor_registry.hpp>
#include <caf/send.hpp>

#include "actors/common/logic/resources.hpp"
#include "integration/sim/draw/cluster_draw.hpp"
#include "integration/sim/world/prober.hpp"
#include "messages/labels.hpp"
#include "runtime/embedded/parts.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

constexpr size_t most_told =
  3;  // the run ends at the first one; what follows is most often the same
constexpr milliseconds probe_every = 5min;
constexpr milliseconds probe_patience = 30s;
// A write that was decided upon may be tried again for so long (flights' retries and time-outs).
constexpr milliseconds calm_lag = 2min;
// A component may not know for so long that its view is old, and act on it (safety rules of
// docs/architecture.md): silence of a watch, then the gate's and the webhook's own patience.
constexpr milliseconds doubt = 7min;

size_t index_of(component which) {
  return static_cast<size_t>(which);
}

std::string on_the_way_to(component which) {
  return fmt::format("bad weather on the way to {}", to_string(which));
}

}  // namespace

simulation::simulation(plan what)
    : config_{what.config},
      dice_{what.seed ^ 0x51b0},
      loop_{{.begin = what.config.cluster.start, .shuffle = true, .seed = what.seed}} {
  actors_before_ = loop_.system().registry().running();
  killed_at_.fill(truth::never);
  build(std::move(what));
}

simulation::~simulation() {
  loop_.after_step = nullptr;
  if (prober_)
    caf::anon_send_exit(prober_, caf::exit_reason::kill);
  platform_.reset();
  loop_.settle();
}

void simulation::build(plan what) {
  model_ = std::make_shared<embedded::cluster_model>(config_.cluster, std::move(what.cluster));
  truth_ = std::make_unique<truth>(*model_, [this] { return loop_.now(); });
  kube_ = loop_.own(embedded::spawn_embedded_cluster(loop_.system(), loop_.anchor(), model_));
  for (auto which : all_components) {
    auto i = index_of(which);
    roads_[i] = std::make_shared<kube_road>(which, dice_.next());
    if (auto mutant = what.mutations.find(which); mutant != what.mutations.end())
      roads_[i]->mutation = mutant->second;
    roads_[i]->write = [this, which](const kube_write& write) {
      for (auto& one : judges_)
        one->on_write(which, write);
    };
    ways_[i] = loop_.own(spawn_faulty_kube(loop_.system(), kube_, roads_[i]));
  }
  platform_ports ports;
  ports.anchor = loop_.anchor();
  ports.kube = [this](component which) -> kube_actor { return ways_[index_of(which)]; };
  platform_ = std::make_unique<platform>(loop_.system(), config_.platform, std::move(ports));
  caf::anon_send(
    kube_, embedded::connect_webhook{platform_->handle<admissions_actor>(component::admissions)});
  watch_truth();
  platform_->start_all();
  probe_targets targets;
  for (auto which : all_components)
    targets.components.emplace_back(which, platform_->handle<component_actor>(which));
  targets.dashboards = platform_->handle<dashboards_actor>(component::dashboards);
  prober_ = spawn_prober(loop_.system(), probe_every, probe_patience, std::move(targets),
                         [this](component whom, bool answered) { on_probe(whom, answered); });
  next_minute_ = loop_.now() + 1min;
  fault_at_ = truth_->now();
}

void simulation::watch_truth() {
  court_ = std::make_unique<court>(
    court{*model_, *truth_, config_, [this] { return lag(); }, [this] { return calm_for(); },
          [this](component which) { return killed_at_[index_of(which)]; },
          [this](uint64_t after) {
            return ask<update_log, updater_actor>(component::updater, update_log_query{after});
          },
          [this](std::string_view who, std::string text) { blame(who, std::move(text)); }});
  judges_ = make_all_judges(*court_);
  truth_->look();  // what was there before is nobody's deed
  truth_->on_pod = [this](const pod_change& change) {
    if (!muted_)
      for (auto& one : judges_)
        one->on_pod(change);
  };
  truth_->on_checkpoint = [this](const checkpoint& value, bool deleted) {
    for (auto& one : judges_)
      one->on_checkpoint(value, deleted);
  };
  loop_.after_step = [this] { truth_->look(); };
}

// ---- running ----

bool simulation::run_for(milliseconds span) {
  auto end = loop_.now() + span;
  while (violations_.empty() && loop_.now() < end) {
    loop_.run_until(std::min(end, next_minute_));
    if (loop_.now() < next_minute_)
      continue;
    next_minute_ = loop_.now() + 1min;
    on_minute();
  }
  return violations_.empty();
}

bool simulation::wait_for(const std::function<bool()>& reached, milliseconds within,
                          milliseconds step) {
  for (auto end = loop_.now() + within; !reached();)
    if (loop_.now() >= end || !run_for(step))
      return false;
  return violations_.empty();
}

void simulation::on_minute() {
  if (!violations_.empty())
    return;
  for (auto& one : judges_)
    one->on_minute();
  if (each_minute)
    each_minute();
}

void simulation::on_probe(component whom, bool answered) {
  auto i = index_of(whom);
  bool excused =
    unreachable_[i] || truth_->now() - unreachable_at_[i] < probe_patience + probe_every;
  if (!answered && !excused)
    blame("answered", fmt::format("{} does not answer", to_string(whom)));
}

// ---- faults ----

milliseconds simulation::lag() const {
  auto quiet = calm_for();
  auto& cfg = config_.platform;
  auto silence = std::max(cfg.updater.bookmark_patience, cfg.admissions.bookmark_patience);
  return quiet > silence + doubt ? calm_lag : silence + doubt;
}

milliseconds simulation::calm_for() const {
  return faults_.empty() ? truth_->now() - fault_at_ : milliseconds{0};
}

void simulation::fault_begins(const std::string& what) {
  ++faults_[what];
  tell(what);
}

void simulation::fault_ends(const std::string& what) {
  if (auto found = faults_.find(what); found != faults_.end() && --found->second == 0)
    faults_.erase(found);
  fault_at_ = truth_->now();
  tell("over: " + what);
}

void simulation::fault_was(const std::string& what) {
  fault_at_ = truth_->now();
  tell(what);
}

void simulation::kill(component which) {
  if (!platform_->running(which))
    return;
  unreachable_[index_of(which)] = true;
  killed_at_[index_of(which)] = truth_->now();
  platform_->kill(which);
  fault_begins(fmt::format("{} is killed", to_string(which)));
}

void simulation::start(component which) {
  if (platform_->running(which))
    return;
  platform_->start(which);
  unreachable_[index_of(which)] = faults_.contains(on_the_way_to(which));
  unreachable_at_[index_of(which)] = truth_->now();
  fault_ends(fmt::format("{} is killed", to_string(which)));
}

void simulation::set_weather(component which, const kube_weather& weather) {
  auto what = fmt::format("bad weather between {} and the API", to_string(which));
  auto& road = *roads_[index_of(which)];
  bool was = road.weather.foul(), is = weather.foul();
  road.weather = weather;
  if (is && !was)
    fault_begins(what);
  else if (was && !is)
    fault_ends(what);
}

void simulation::set_weather(const kube_weather& weather) {
  for (auto which : all_components)
    set_weather(which, weather);
}

void simulation::break_watches(component which, ec reason, bool silently) {
  caf::anon_send(ways_[index_of(which)], sim::break_watches{reason, silently});
  fault_was(fmt::format("watches of {} break{}: {}", to_string(which), silently ? " silently" : "",
                        to_string(reason)));
}

void simulation::set_link(component which, const link_weather& weather) {
  auto what = on_the_way_to(which);
  auto i = index_of(which);
  bool was = faults_.contains(what);
  platform_->link(which).set_weather(weather);
  if (weather && !was) {
    unreachable_[i] = true;
    fault_begins(what);
  } else if (!weather && was) {
    unreachable_[i] = !platform_->running(which);
    unreachable_at_[i] = truth_->now();
    fault_ends(what);
  }
}

void simulation::jump(milliseconds span) {
  loop_.jump(span);
  truth_->note_jump(span);
  for (auto& at : unreachable_at_)
    at = truth_->now();
  next_minute_ = loop_.now() + 1min;
  fault_was(fmt::format("the clock jumps by {} s", span.count() / 1000));
}

// ---- people and others ----

void simulation::edit(const std::string& what,
                      const std::function<void(embedded::cluster_state&)>& change) {
  model_->advance(loop_.now());
  truth_->look();
  muted_ = true;
  change(model_->state());
  model_->settle();
  truth_->look();
  muted_ = false;
  tell(what);
}

void simulation::grant(const std::string& ns) {
  edit("a person grants " + ns, [&](embedded::cluster_state& s) {
    if (!s.store.find(object_kind::automated_namespace, {}, ns))
      embedded::add_object(s, make_grant(ns, loop_.now()));
  });
}

void simulation::revoke(const std::string& ns) {
  edit("a person takes the grant of " + ns + " back", [&](embedded::cluster_state& s) {
    if (auto found = s.store.find(object_kind::automated_namespace, {}, ns))
      embedded::remove_object(s, found);
  });
}

// ---- verdict ----

void simulation::expect(bool holds, const std::string& promise) {
  if (!holds && violations_.empty())
    blame("scenario", promise);
}

void simulation::blame(std::string_view judge, std::string text) {
  if (violations_.size() >= most_told)
    return;
  tell(fmt::format("BROKEN {}: {}", judge, text));
  violations_.push_back({std::string(judge), loop_.now(), std::move(text)});
  loop_.stop();
}

void simulation::tell(const std::string& text) {
  if (narrate)
    narrate(loop_.now(), text);
}

std::vector<std::string_view> simulation::judges() const {
  std::vector<std::string_view> names;
  for (auto& one : judges_)
    names.push_back(one->name());
  return names;
}

uint64_t simulation::spoiled() const {
  uint64_t sum = 0;
  for (auto& road : roads_)
    sum += road->spoiled;
  return sum;
}

std::vector<std::string> simulation::describe() {
  std::vector<std::string> out;
  auto amount = [](const std::optional<int64_t>& value, resource_kind kind) {
    return value ? format_amount(kind, *value) : std::string("-");
  };
  model_->each_pod([&](const pod& value) {
    std::string text = fmt::format("pod {}/{} on {}{}", value.meta.ns, value.meta.name, value.node,
                                   value.ready ? "" : ", not ready");
    for (auto& c : value.containers)
      text += fmt::format(", {} requests {} {} limits {} {}", c.name,
                          amount(c.resources.requests.cpu, resource_kind::cpu),
                          amount(c.resources.requests.memory, resource_kind::memory),
                          amount(c.resources.limits.cpu, resource_kind::cpu),
                          amount(c.resources.limits.memory, resource_kind::memory));
    auto revision = value.meta.labels.find(std::string(labels::applied_recommendation));
    if (revision != value.meta.labels.end())
      text += ", applied " + revision->second;
    out.push_back(std::move(text));
  });
  auto log = ask<update_log, updater_actor>(component::updater, update_log_query{0});
  if (!log)
    out.push_back("the updater does not answer");
  else
    for (auto& one : log->records)
      out.push_back(fmt::format("updater: {} {} {} {} {} {}: {}", format_rfc3339(one.at),
                                one.workload.to_string(), one.pod.name, to_string(one.action),
                                one.done ? "done" : "refused", to_string(one.why), one.detail));
  return out;
}

void simulation::finish() {
  auto mix = [](uint64_t h, uint64_t part) { return embedded::mix(h ^ part); };
  digest_ = mix(mix(mix(loop_.digest(), model_->digest()), dice_.next()), loop_.steps());
  loop_.after_step = nullptr;
  caf::anon_send_exit(prober_, caf::exit_reason::kill);
  prober_ = nullptr;
  platform_.reset();
  loop_.settle();
  auto expected = actors_before_ + 1 + ways_.size();  // the cluster, the ways to it
  auto left = loop_.system().registry().running();
  if (left != expected)
    blame("leftover", fmt::format("{} actors run after all was ended", left - expected));
}

}  // namespace scaleops::sim
