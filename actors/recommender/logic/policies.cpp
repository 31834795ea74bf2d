// The built-in policies, and what a policy may say.
#include <cmath>

#include <fmt/format.h>

#include "actors/recommender/logic/recommend.hpp"
#include "messages/quantity.hpp"

namespace scaleops {

namespace {

using std::chrono::hours;

resource_policy sized(double percentile, double headroom, hours window, int64_t least) {
  resource_policy out;
  out.percentile = percentile;
  out.headroom = headroom;
  out.window = window;
  out.min = least;
  return out;
}

policy_spec make(const char* text, resource_policy cpu, resource_policy memory) {
  policy_spec out;
  out.description = text;
  out.cpu = cpu;
  out.memory = memory;
  return out;
}

policy_map make_builtins() {
  policy_map out;
  out["production"] =
    make("For services: lean, with room for the ordinary peak.", sized(0.93, 0.10, hours{24}, 10),
         sized(0.93, 0.05, hours{24}, 20 * mebi));
  auto& available = out["high-availability"] =
    make("For what must not be disturbed: long memory, applied when pods are made.",
         sized(0.95, 0.05, hours{96}, 70), sized(0.95, 0.05, hours{96}, 100 * mebi));
  available.increase = available.decrease = update_mode::on_create;
  available.aggressiveness = 0.4;
  auto& cost = out["cost"] =
    make("For what may wait: the leanest that still runs.", sized(0.75, 0.05, hours{12}, 1),
         sized(0.90, 0.05, hours{12}, 10 * mebi));
  cost.aggressiveness = 0.7;
  auto& batch = out["batch"] =
    make("For jobs: sized for the next run, a run is never disturbed.",
         sized(0.85, 0.05, hours{96}, 10), sized(0.95, 0.05, hours{96}, 20 * mebi));
  batch.increase = batch.decrease = update_mode::on_create;
  out["system"] = make("For the cluster's own parts.", sized(0.95, 0.15, hours{24}, 80),
                       sized(0.93, 0.05, hours{24}, 50 * mebi));
  auto& java = out["java"] =
    make("For JVMs: their heap is taken at once and kept, bursts at start are their own.",
         sized(0.95, 0.15, hours{24}, 80), sized(0.93, 0.05, hours{24}, 50 * mebi));
  java.burst_healing = false;
  out["high-replica"] =
    make("For ten replicas and more: the others carry what one cannot.",
         sized(0.90, 0.05, hours{24}, 10), sized(0.92, 0.05, hours{24}, 20 * mebi));
  return out;
}

struct checker {
  std::vector<field_error> errors;
  void within(const std::string& field, double value, double low, double high,
              bool open_low = false) {
    bool ok = std::isfinite(value) && (open_low ? value > low : value >= low) && value <= high;
    if (!ok)
      errors.push_back({field, fmt::format("must be {} {} and at most {}, is {}",
                                           open_low ? "above" : "at least", low, high, value)});
  }
  void check(const std::string& at, const resource_policy& r) {
    within(at + ".percentile", r.percentile, 0, 1, true);
    within(at + ".headroom", r.headroom, 0, 10);
    within(at + ".headroomAbsolute", double(r.headroom_absolute), 0, 1e15);
    within(at + ".window (hours)", double(r.window.count()) / 3.6e6, 1, 24 * 90);
    within(at + ".limitMultiple", r.limit_multiple, 1, 100);
    if (r.min)
      within(at + ".min", double(*r.min), 0, 1e15);
    if (r.max)
      within(at + ".max", double(*r.max), double(r.min.value_or(0)), 1e15);
  }
  void check(const std::string& at, const std::vector<schedule_window>& windows) {
    for (size_t i = 0; i < windows.size(); ++i) {
      auto name = fmt::format("{}[{}]", at, i);
      within(name + ".from (hours)", double(windows[i].from.count()) / 3.6e6, 0, 24);
      within(name + ".until (hours)", double(windows[i].until.count()) / 3.6e6, 0, 48);
      if (windows[i].days == 0 || windows[i].days > 0x7f)
        errors.push_back({name + ".days", "must name at least one day, Monday to Sunday"});
    }
  }
};

}  // namespace

const policy_map& builtin_policies() {
  static const policy_map map = make_builtins();
  return map;
}

std::vector<field_error> validate(const policy_spec& spec) {
  checker check;
  check.check("spec.cpu", spec.cpu);
  check.check("spec.memory", spec.memory);
  for (size_t i = 0; i < spec.containers.size(); ++i) {
    auto at = fmt::format("spec.containers[{}]", i);
    if (spec.containers[i].name.empty())
      check.errors.push_back({at + ".name", "must not be empty (\"*\" matches all)"});
    if (spec.containers[i].cpu)
      check.check(at + ".cpu", *spec.containers[i].cpu);
    if (spec.containers[i].memory)
      check.check(at + ".memory", *spec.containers[i].memory);
  }
  check.within("spec.aggressiveness", spec.aggressiveness, 0, 1);
  check.within("spec.minimumHistory (hours)", double(spec.minimum_history.count()) / 3.6e6, 0,
               24 * 90);
  check.within("spec.coolDown (hours)", double(spec.cool_down.count()) / 3.6e6, 0, 24 * 30);
  check.check("spec.increaseWindows", spec.increase_windows);
  check.check("spec.decreaseWindows", spec.decrease_windows);
  return std::move(check.errors);
}

std::vector<field_error> validate(const policy_rule_spec& spec) {
  std::vector<field_error> errors;
  if (spec.policy.empty())
    errors.push_back({"spec.policy", "must name a policy"});
  auto requirements = [&](const std::string& at, const label_selector& selector) {
    using op = label_requirement::op;
    for (size_t i = 0; i < selector.expressions.size(); ++i) {
      auto& expression = selector.expressions[i];
      auto name = fmt::format("{}.matchExpressions[{}]", at, i);
      bool needs_values = expression.operation == op::in || expression.operation == op::not_in;
      if (expression.key.empty())
        errors.push_back({name + ".key", "must not be empty"});
      if (needs_values == expression.values.empty())
        errors.push_back({name + ".values", needs_values
                                              ? "must not be empty for In and NotIn"
                                              : "must be empty for Exists and DoesNotExist"});
    }
  };
  requirements("spec.selector.namespaceLabels", spec.selector.namespace_labels);
  requirements("spec.selector.labels", spec.selector.labels);
  return errors;
}

}  // namespace scaleops
