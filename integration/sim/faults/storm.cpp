#include "integration/sim/faults/storm.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "messages/labels.hpp"
#include "runtime/embedded/parts.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

constexpr milliseconds until_told = 24h * 365;

milliseconds seconds_between(entropy& dice, double low, double high) {
  return milliseconds{int64_t(1000 * dice.between(low, high))};
}

component any_component(entropy& dice) {
  return all_components[dice.below(all_components.size())];
}

/// A name out of all objects of a kind; empty: there is none.
std::string any_name(simulation& sim, object_kind kind, uint64_t draw) {
  std::vector<std::string> names;
  sim.cluster().state().store.each(
    kind, {}, [&](embedded::handle e) { names.push_back(meta_of(*e->value).name); });
  return names.empty() ? std::string{} : names[draw % names.size()];
}

std::vector<workload_ref> top_owners(simulation& sim) {
  std::vector<workload_ref> out;
  sim.cluster().state().store.each(object_kind::workload, {}, [&](embedded::handle e) {
    auto& w = e->as<workload>();
    if (w.meta.owners.empty() && w.meta.ns != labels::canary_namespace)
      out.push_back({w.meta.ns, w.kind, w.meta.name});
  });
  return out;
}

class storm {
public:
  storm(uint64_t seed, milliseconds length) : dice_{seed ^ 0x5707'2019}, length_{length} {}

  std::vector<deed> draw() {
    climate();
    for (size_t i = 0, faults = 3 + dice_.below(10); i < faults; ++i)
      fault();
    for (size_t i = 0, deeds = 2 + dice_.below(6); i < deeds; ++i)
      everyday();
    std::stable_sort(deeds_.begin(), deeds_.end(),
                     [](const deed& a, const deed& b) { return a.at < b.at; });
    return std::move(deeds_);
  }

private:
  milliseconds faults_end() const { return length_ * 4 / 5; }

  void add(milliseconds at, std::function<void(simulation&)> act) {
    deeds_.push_back({at, std::move(act)});
  }

  /// From `at` on for a while, until all faults must be over at the latest.
  void add(milliseconds at, milliseconds span, std::function<void(simulation&)> begin,
           std::function<void(simulation&)> end) {
    add(at, std::move(begin));
    add(std::min(at + span, faults_end()), std::move(end));
  }

  milliseconds moment() {
    return milliseconds{int64_t(dice_.unit() * double(faults_end().count()))};
  }

  void climate() {
    if (!dice_.chance(0.4))
      return;
    climate_ = draw_climate(dice_);
    add(0ms, [weather = climate_](simulation& sim) { sim.set_weather(weather); });
  }

  void fault() {
    using fault_of = void (storm::*)(milliseconds);
    static constexpr fault_of all[] = {
      &storm::kill,        &storm::kill,         &storm::kill,       &storm::api_storm,
      &storm::slow_api,    &storm::cut_off,      &storm::lose_watch, &storm::lose_watch,
      &storm::unheard,     &storm::unheard,      &storm::stale_news, &storm::compact,
      &storm::restart_api, &storm::webhook_down, &storm::no_metrics, &storm::jump,
      &storm::lose_node,   &storm::partition};
    (this->*all[dice_.below(std::size(all))])(moment());
  }

  // ---- faults ----

  void kill(milliseconds at) {
    auto which = any_component(dice_);
    // In the middle of something, often again at once.
    for (auto again = 1 + dice_.below(3); again > 0; --again) {
      auto down = seconds_between(dice_, 0, dice_.chance(0.7) ? 20 : 900);
      add(
        at, down, [which](simulation& sim) { sim.kill(which); },
        [which](simulation& sim) { sim.start(which); });
      at += down + seconds_between(dice_, 0.1, 120);
      if (at >= faults_end())
        return;
    }
  }

  void weather(milliseconds at, milliseconds span, kube_weather bad) {
    std::vector<component> whose{all_components.begin(), all_components.end()};
    if (!dice_.chance(0.4))
      whose = {any_component(dice_)};
    auto set = [whose](const kube_weather& now) {
      return [whose, now](simulation& sim) {
        for (auto which : whose)
          sim.set_weather(which, now);
      };
    };
    add(at, span, set(bad), set(climate_));
  }

  void api_storm(milliseconds at) {
    kube_weather bad;
    bad.latency_high = seconds_between(dice_, 0.01, 3);
    bad.fail = dice_.between(0.05, 0.7);
    bad.conflict = dice_.between(0, 0.6);
    bad.gone = dice_.between(0, 0.3);
    bad.lose_request = dice_.chance(0.5) ? dice_.between(0, 0.2) : 0;
    bad.lose_answer = dice_.chance(0.5) ? dice_.between(0, 0.2) : 0;
    weather(at, seconds_between(dice_, 30, 3600), bad);
  }

  /// Writes are carried out, and nobody hears of it; watches are slow to tell, or deaf.
  void unheard(milliseconds at) {
    kube_weather bad;
    bad.lose_written = dice_.chance(0.5) ? 1 : dice_.between(0.1, 0.9);
    bad.lose_answer = dice_.chance(0.3) ? dice_.between(0.1, 0.9) : 0;
    bad.latency_high = seconds_between(dice_, 0.01, 8);
    auto span = seconds_between(dice_, 30, 3600);
    if (dice_.chance(0.4))
      add(at, [](simulation& sim) {
        for (auto which : all_components)
          sim.break_watches(which, ec::unavailable, true);
      });
    weather(at, span, bad);
  }

  void slow_api(milliseconds at) {
    kube_weather bad;
    bad.latency_low = seconds_between(dice_, 0.2, 2);
    bad.latency_high = bad.latency_low + seconds_between(dice_, 0.2, 8);
    weather(at, seconds_between(dice_, 30, 3600), bad);
  }

  void cut_off(milliseconds at) {
    kube_weather bad;
    bad.cut = true;
    weather(at, seconds_between(dice_, 10, 1800), bad);
  }

  void stale_news(milliseconds at) {
    kube_weather bad;
    bad.repeat = dice_.between(0.3, 1);
    bad.latency_high = seconds_between(dice_, 0.01, 1);
    weather(at, seconds_between(dice_, 300, 7200), bad);
    add(at, [n = 1 + dice_.below(50)](simulation& sim) { sim.cluster().repeat_events(n); });
  }

  void lose_watch(milliseconds at) {
    auto which = any_component(dice_);
    static constexpr ec reasons[] = {ec::unavailable, ec::gone, ec::timeout};
    auto reason = reasons[dice_.below(3)];
    bool silently = dice_.chance(0.3);
    add(at, [=](simulation& sim) { sim.break_watches(which, reason, silently); });
  }

  void compact(milliseconds at) {
    add(at, [](simulation& sim) {
      sim.cluster().compact_history();
      sim.fault_was("the API server forgets its history");
    });
  }

  void restart_api(milliseconds at) {
    add(at, [](simulation& sim) {
      sim.cluster().drop_watches(ec::unavailable);
      sim.fault_was("the API server restarts");
    });
  }

  void webhook_down(milliseconds at) {
    add(
      at, seconds_between(dice_, 30, 3600),
      [](simulation& sim) {
        sim.cluster().set_admission_down(true);
        sim.fault_begins("the webhook cannot be reached");
      },
      [](simulation& sim) {
        sim.cluster().set_admission_down(false);
        sim.fault_ends("the webhook cannot be reached");
      });
  }

  void no_metrics(milliseconds at) {
    auto span = seconds_between(dice_, 30, 7200);
    auto draw = dice_.next();
    bool all = dice_.chance(0.4);
    span = std::min(span, faults_end() - at);
    auto name = std::make_shared<std::string>();
    // Ended by us: the cluster's clock may jump meanwhile.
    add(
      at, span,
      [=](simulation& sim) {
        *name = all ? std::string{} : any_name(sim, object_kind::node, draw);
        sim.cluster().metrics_outage(*name, until_told);
        sim.fault_begins("no metrics");
      },
      [=](simulation& sim) {
        sim.cluster().metrics_outage(*name, milliseconds{0});
        sim.fault_ends("no metrics");
      });
  }

  void jump(milliseconds at) {
    auto span = seconds_between(dice_, 1, dice_.chance(0.5) ? 60 : 3600);
    add(at, [span](simulation& sim) { sim.jump(span); });
  }

  void lose_node(milliseconds at) {
    auto draw = dice_.next();
    auto name = std::make_shared<std::string>();
    add(
      at, seconds_between(dice_, 20, 3600),
      [=](simulation& sim) {
        *name = any_name(sim, object_kind::node, draw);
        sim.cluster().kill_node(*name);
        sim.fault_begins("a node is lost");
      },
      [=](simulation& sim) {
        sim.cluster().restart_node(*name);
        sim.fault_ends("a node is lost");
      });
  }

  void partition(milliseconds at) {
    auto which = any_component(dice_);
    auto share = dice_.chance(0.5) ? 1.0 : dice_.between(0.1, 0.9);
    auto slow = int64_t(dice_.between(1, 3000));
    auto draws = std::make_shared<entropy>(dice_.fork());
    link_weather bad = [=]() -> std::optional<milliseconds> {
      if (draws->chance(share))
        return std::nullopt;
      return milliseconds{int64_t(draws->below(uint64_t(slow)))};
    };
    add(
      at, seconds_between(dice_, 10, 1800), [=](simulation& sim) { sim.set_link(which, bad); },
      [=](simulation& sim) { sim.set_link(which, {}); });
  }

  // ---- everyday life: nothing is wrong ----

  void everyday() {
    auto at = milliseconds{int64_t(dice_.unit() * double(length_.count()) * 0.9)};
    auto draw = dice_.next();
    switch (dice_.below(6)) {
      case 0:
        return add(at, [=](simulation& sim) { roll_out(sim, draw); });
      case 1:
        return add(at, [=](simulation& sim) { scale(sim, draw); });
      case 2:
        return add(at, [=](simulation& sim) { crash(sim, draw); });
      case 3: {
        auto ns = draw % 2 == 0 ? "shop" : "data";
        add(at, [=](simulation& sim) { sim.revoke(ns); });
        return add(at + seconds_between(dice_, 5, 7200), [=](simulation& sim) { sim.grant(ns); });
      }
      case 4:
        add(at,
            [=](simulation& sim) { sim.cluster().cordon(any_name(sim, object_kind::node, draw)); });
        return add(at + seconds_between(dice_, 60, 7200), [=](simulation& sim) {
          sim.cluster().cordon(any_name(sim, object_kind::node, draw), false);
        });
      default:
        return add(at, [=](simulation& sim) { exclude(sim, draw); });
    }
  }

  static void roll_out(simulation& sim, uint64_t draw) {
    auto all = top_owners(sim);
    auto ref = all[draw % all.size()];
    sim.cluster().set_workload(
      ref, [&](workload& w) { w.template_annotations["rollout"] = std::to_string(draw % 1000); });
  }

  static void scale(simulation& sim, uint64_t draw) {
    auto all = top_owners(sim);
    auto ref = all[draw % all.size()];
    if (ref.kind == "Deployment" || ref.kind == "StatefulSet")
      sim.cluster().set_workload(ref, [&](workload& w) { w.replicas = int32_t(1 + draw % 5); });
  }

  static void crash(simulation& sim, uint64_t draw) {
    std::vector<pod_ref> pods;
    sim.cluster().each_pod([&](const pod& value) {
      if (value.phase == pod_phase::running)
        pods.push_back({value.meta.ns, value.meta.name});
    });
    if (!pods.empty())
      sim.cluster().crash_container(pods[draw % pods.size()], "main");
  }

  static void exclude(simulation& sim, uint64_t draw) {
    auto all = top_owners(sim);
    auto ref = all[draw % all.size()];
    sim.edit("a person excludes " + ref.to_string(), [&](embedded::cluster_state& s) {
      auto found = s.store.find(object_kind::recommendation, ref.ns, ref.object_name());
      if (found)
        s.store.mutate<recommendation>(found, s.now, [&](recommendation& r) {
          r.excluded = !r.excluded;
          ++r.meta.generation;
        });
    });
  }

  entropy dice_;
  milliseconds length_;
  kube_weather climate_;
  std::vector<deed> deeds_;
};

}  // namespace

kube_weather draw_climate(entropy& dice) {
  kube_weather out;
  out.latency_low = milliseconds{int64_t(dice.below(5))};
  out.latency_high = out.latency_low + milliseconds{int64_t(1 + dice.below(200))};
  out.fail = dice.chance(0.5) ? 0 : dice.between(0, 0.01);
  out.conflict = dice.chance(0.5) ? 0 : dice.between(0, 0.03);
  out.repeat = dice.chance(0.7) ? 0 : dice.between(0, 0.1);
  return out;
}

std::vector<deed> draw_storm(uint64_t seed, milliseconds length) {
  return storm{seed, length}.draw();
}

}  // namespace scaleops::sim
