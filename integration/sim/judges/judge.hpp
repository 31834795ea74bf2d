// Judge: watches one promise all along and says when it was broken. It judges deeds against the
// cluster's own truth.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "integration/sim/draw/config_draw.hpp"
#include "integration/sim/faults/faulty_kube.hpp"
#include "integration/sim/world/truth.hpp"
#include "messages/updater.hpp"

namespace scaleops::sim {

/// A promise that was broken.
struct violation {
  std::string judge;
  instant at{};
  std::string text;
};

/// What judges may look at.
struct court {
  embedded::cluster_model& cluster;
  const truth& facts;
  const drawn_config& config;
  /// How late a component may act on what was so: seconds in calm weather, minutes after a fault.
  std::function<milliseconds()> lag;
  /// For how long nothing has been made to fail.
  std::function<milliseconds()> calm_for;
  /// When a component was last killed; truth::never: not so far.
  std::function<truth::felt(component)> killed;
  /// What the updater has done and refused after this number; absent: it does not answer at once.
  std::function<std::optional<update_log>(uint64_t after)> record;
  std::function<void(std::string_view judge, std::string text)> blame;
};

class judge {
public:
  judge(std::string_view name, const court& in) : name_{name}, in_{in} {}
  virtual ~judge() = default;
  judge(const judge&) = delete;
  judge& operator=(const judge&) = delete;

  std::string_view name() const { return name_; }

  virtual void on_pod(const pod_change&) {}
  virtual void on_write(component, const kube_write&) {}
  virtual void on_checkpoint(const checkpoint&, bool deleted) { (void)deleted; }
  virtual void on_minute() {}

protected:
  void blame(std::string text) const { in_.blame(name_, std::move(text)); }

  std::string name_;
  const court& in_;
};

// One file each.
std::unique_ptr<judge> make_grant_judge(const court& in);
std::unique_ptr<judge> make_disruption_judge(const court& in);
std::unique_ptr<judge> make_minimum_judge(const court& in);
std::unique_ptr<judge> make_pace_judge(const court& in);
std::unique_ptr<judge> make_memory_judge(const court& in);
std::unique_ptr<judge> make_room_judge(const court& in);
std::unique_ptr<judge> make_qos_judge(const court& in);
std::unique_ptr<judge> make_checkpoint_judge(const court& in);
std::unique_ptr<judge> make_admission_judge(const court& in);
std::unique_ptr<judge> make_convergence_judge(const court& in);
std::unique_ptr<judge> make_account_judge(const court& in);

std::vector<std::unique_ptr<judge>> make_all_judges(const court& in);

}  // namespace scaleops::sim
