// Simulation: the platform on an embedded cluster, on virtual time, with everything in reach that a
// fault or a person may do, and all judges watching.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/scoped_actor.hpp>

#include "integration/sim/judges/judge.hpp"
#include "runtime/embedded/cluster.hpp"
#include "runtime/loop/run_loop.hpp"

namespace scaleops::sim {

/// What a run is made of.
struct plan {
  uint64_t seed = 1;
  drawn_config config;
  embedded::cluster_spec cluster;
  std::map<component, kube_mutation> mutations;  // of mutants only
};

class simulation {
public:
  explicit simulation(plan what);
  ~simulation();
  simulation(const simulation&) = delete;
  simulation& operator=(const simulation&) = delete;

  embedded::cluster_model& cluster() { return *model_; }
  platform& components() { return *platform_; }
  caf::actor_system& system() { return loop_.system(); }
  const embedded::embedded_cluster_actor& kube() const { return kube_; }
  std::vector<std::string_view> judges() const;
  /// Requests to the API that the weather has spoilt.
  uint64_t spoiled() const;
  const truth& facts() const { return *truth_; }
  const drawn_config& config() const { return config_; }
  entropy& dice() { return dice_; }
  instant now() { return loop_.now(); }
  uint64_t steps() const { return loop_.steps(); }

  // ---- running ----

  /// False when a promise was broken: the run ends there.
  bool run_for(milliseconds span);
  /// Runs until something is so. False when it has not become so in time, or a promise was broken.
  bool wait_for(const std::function<bool()>& reached, milliseconds within,
                milliseconds step = milliseconds{250});

  // ---- faults ----

  void kill(component which);
  void start(component which);
  /// Changes what is between the component and the API server.
  void set_weather(component which, const kube_weather& weather);
  void set_weather(const kube_weather& weather);  // of all
  void break_watches(component which, ec reason, bool silently);
  /// What becomes of messages to the component from the others and from the API server's webhook
  /// call; empty: they arrive.
  void set_link(component which, const link_weather& weather);
  void jump(milliseconds span);
  /// A fault that the caller makes by its own means begins, ends or was over at once.
  void fault_begins(const std::string& what);
  void fault_ends(const std::string& what);
  void fault_was(const std::string& what);
  /// For how long nothing was wrong.
  milliseconds calm_for() const;

  // ---- people and others ----

  /// Alters the cluster by hand; what happens in it is not the platform's deed.
  void edit(const std::string& what, const std::function<void(embedded::cluster_state&)>& change);
  void grant(const std::string& ns);
  void revoke(const std::string& ns);

  // ---- verdict ----

  void expect(bool holds, const std::string& promise);
  void blame(std::string_view judge, std::string text);
  const std::vector<violation>& violations() const { return violations_; }
  /// Asks a component and waits, without any time passing; absent: it has no answer at once.
  template <class Result, class Handle, class Message>
  std::optional<Result> ask(component whom, Message message) {
    std::optional<Result> out;
    caf::scoped_actor self{loop_.system()};
    auto pending =
      self->request(platform_->handle<Handle>(whom), caf::infinite, std::move(message));
    loop_.settle();
    if (self->has_next_message())
      pending.receive([&](Result& value) { out = std::move(value); }, [](const caf::error&) {});
    return out;
  }
  /// What stands in the cluster and what the updater has done and refused, one line each, for
  /// people who look for a reason.
  std::vector<std::string> describe();
  /// Ends everything and sees whether something is left over.
  void finish();
  uint64_t digest() const { return digest_; }

  /// Hears, in words, what is done to the platform; may be empty.
  std::function<void(instant, const std::string&)> narrate;
  /// Called every simulated minute; may be empty.
  std::function<void()> each_minute;

private:
  void build(plan what);
  void watch_truth();
  void on_minute();
  void on_probe(component whom, bool answered);
  void tell(const std::string& text);
  milliseconds lag() const;

  drawn_config config_;
  entropy dice_;
  run_loop loop_;
  size_t actors_before_ = 0;
  std::shared_ptr<embedded::cluster_model> model_;
  std::unique_ptr<truth> truth_;
  embedded::embedded_cluster_actor kube_;
  std::array<kube_road_ptr, all_components.size()> roads_;
  std::array<faulty_kube_actor, all_components.size()> ways_;
  std::unique_ptr<platform> platform_;
  caf::actor prober_;
  std::unique_ptr<court> court_;
  std::vector<std::unique_ptr<judge>> judges_;
  std::vector<violation> violations_;
  std::map<std::string, int> faults_;  // that last
  truth::felt fault_at_{};
  std::array<truth::felt, all_components.size()> unreachable_at_{};
  std::array<bool, all_components.size()> unreachable_{};
  std::array<truth::felt, all_components.size()> killed_at_{};
  bool muted_ = false;
  instant next_minute_{};
  uint64_t digest_ = 0;
};

}  // namespace scaleops::sim
