// The updater's metrics: what was done, refused and why, what is under way, how long each step
// takes.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "actors/updater/logic/planner.hpp"

namespace prometheus {
class Counter;
class Gauge;
class Registry;
template <class T>
class Family;
}  // namespace prometheus

namespace scaleops {

class updater_metrics {
public:
  explicit updater_metrics(prometheus::Registry& registry);

  /// result: "done", "refused", "gone", "unreplaced", "unsized".
  void count_action(update_action action, const std::string& result);
  void count_refusal(refusal why);
  void count_fight();
  void show_held(const std::map<refusal, size_t>& held);
  void show_flights(size_t resizes, size_t evictions);
  void show_gate(const gate_state& gate, bool leads, bool paused);
  void add_step(const std::string& step, double seconds);

private:
  prometheus::Family<prometheus::Counter>& actions_;
  prometheus::Family<prometheus::Counter>& refusals_;
  prometheus::Family<prometheus::Counter>& step_seconds_;
  std::vector<prometheus::Gauge*> held_;  // by refusal, but for none; set in every round
  prometheus::Family<prometheus::Gauge>& in_flight_;
  prometheus::Gauge& gate_open_;
  prometheus::Gauge& leader_;
  prometheus::Gauge& paused_;
  prometheus::Counter& fights_;
};

}  // namespace scaleops
