// API servers that let happen what they should refuse, components that do not answer or leave
// something behind.
#include <algorithm>

#include <spdlog/spdlog.h>
#include <caf/event_based_actor.hpp>

#include "integration/sim/mutants/mutant.hpp"
#include "runtime/embedded/parts.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

/// Does its mischief once an hour has passed, and every so often afterwards.
class mischief : public mutant {
public:
  void run(simulation& sim) override {
    sim.run_for(1h);
    for (int i = 0; i < 4 && sim.violations().empty(); ++i) {
      act(sim);
      sim.run_for(pause_);
    }
  }
  virtual void act(simulation& sim) = 0;

protected:
  milliseconds pause_ = 2min;

  static std::vector<uint32_t> pods_of(simulation& sim, const std::string& app) {
    std::vector<uint32_t> rows;
    auto& s = sim.cluster().state();
    s.store.each(object_kind::pod, "shop", [&](embedded::handle e) {
      auto& value = e->as<pod>();
      if (value.meta.labels.at("app") == app && value.ready && !value.meta.deleted)
        rows.push_back(e->row);
    });
    return rows;
  }

  /// As the eviction API does, asking no budget.
  static void evict_anyway(simulation& sim, const std::string& app) {
    auto rows = pods_of(sim, app);
    if (rows.empty())
      return;
    auto& s = sim.cluster().state();
    sim.cluster().advance(sim.now());
    ++s.truth.evictions;
    embedded::delete_pod(s, rows.front());
    sim.cluster().settle();
  }
};

struct evicts_against_the_budget final : mischief {
  void act(simulation& sim) override { evict_anyway(sim, "web"); }
};

struct evicts_the_only_replica final : mischief {
  void act(simulation& sim) override { evict_anyway(sim, "lone"); }
};

struct evicts_in_quick_succession final : mischief {
  void act(simulation& sim) override { evict_anyway(sim, "cache"); }
};

struct makes_a_pod_guaranteed final : mischief {
  void act(simulation& sim) override {
    auto& s = sim.cluster().state();
    sim.cluster().advance(sim.now());
    embedded::change_pod(s, pods_of(sim, "cache").front(), [](pod& value) {
      for (auto& c : value.containers) {
        c.resources.limits.cpu = c.resources.requests.cpu;
        c.resources.requests.memory = c.resources.limits.memory;
      }
    });
    sim.cluster().settle();
  }
};

struct does_not_answer final : mischief {
  void act(simulation& sim) override {
    pause_ = 30min;
    sim.components().link(component::dashboards).set_weather([]() -> std::optional<milliseconds> {
      return std::nullopt;
    });
  }
};

/// A pod creation that nobody ever finishes.
struct forgets_a_review final : mischief {
  void act(simulation& sim) override {
    pause_ = 30min;
    embedded::pending_creation waiting;
    pod value;
    value.meta.ns = "shop";
    waiting.value = object{value};
    waiting.done = [](const embedded::outcome<object_ptr>&) {};
    sim.cluster().state().creations.emplace(UINT64_MAX, std::move(waiting));
  }
};

struct logs_an_error final : mischief {
  void act(simulation&) override { spdlog::error("something that should not happen"); }
};

/// Nobody knows it; a timer far away keeps it alive until the cluster itself is gone.
caf::behavior straggler(caf::event_based_actor* self, const caf::strong_actor_ptr& cluster) {
  self->monitor(cluster);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  self->delayed_send(self, 10'000h, 1);
  return {[](int) {}};
}

struct leaves_an_actor final : mischief {
  void act(simulation& sim) override {
    sim.system().spawn(straggler, caf::actor_cast<caf::strong_actor_ptr>(sim.kube()));
  }
};

}  // namespace

std::vector<mutant_card> cluster_mutants() {
  return {
    made<evicts_against_the_budget>("evicts_against_the_budget", "disruption"),
    made<evicts_the_only_replica>("evicts_the_only_replica", "minimum"),
    made<evicts_in_quick_succession>("evicts_in_quick_succession", "pace"),
    made<makes_a_pod_guaranteed>("makes_a_pod_guaranteed", "qos"),
    made<does_not_answer>("does_not_answer", "answered"),
    made<forgets_a_review>("forgets_a_review", "answered"),
    made<logs_an_error>("logs_an_error", "error_log"),
    made<leaves_an_actor>("leaves_an_actor", "leftover"),
  };
}

}  // namespace scaleops::sim
