// Stage: the small cluster that scenarios share, and what they often look at.
#pragma once

#include <string>
#include <vector>

#include "integration/sim/draw/cluster_draw.hpp"
#include "integration/sim/scenarios/scenario.hpp"
#include "messages/quantity.hpp"

namespace scaleops::sim {

/// Three nodes of 4 cores and 16 GiB; in "shop", which is granted, Deployment "web" and StatefulSet
/// "cache", each of three replicas that ask for ten times what they use.
void small_shop(plan& what);

/// Holds 100 MB, and from a moment on four times as much.
struct sudden_growth final : embedded::usage_curve {
  instant moment{};
  embedded::curve_point at(instant when) const override {
    return {0.05, when < moment ? 100e6 : 400e6};
  }
};

/// Running pods of an application that are not going.
std::vector<pod> pods_of(simulation& sim, const std::string& app);
size_t ready_pods(simulation& sim, const std::string& app);
/// Every pod of the application is ready and was given what was recommended, in force.
bool all_sized(simulation& sim, const std::string& app);
/// All of small_shop's.
bool all_sized(simulation& sim);
/// The gate for disruptions, as the newest HealthReport says.
bool gate_open(simulation& sim);
/// Requests of the application's pods, smallest first.
std::vector<resources> requests_of(simulation& sim, const std::string& app);
/// A person changes the template: all pods are replaced one after the other.
void roll_out(simulation& sim, const workload_ref& ref);
inline workload_ref web() {
  return {"shop", "Deployment", "web"};
}
inline workload_ref cache() {
  return {"shop", "StatefulSet", "cache"};
}
/// Resizes and evictions so far.
uint64_t changes(simulation& sim);

}  // namespace scaleops::sim
