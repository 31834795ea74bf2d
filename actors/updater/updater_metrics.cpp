#include "actors/updater/updater_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace scaleops {

namespace {

prometheus::Family<prometheus::Counter>& counters(prometheus::Registry& registry, const char* name,
                                                  const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

prometheus::Family<prometheus::Gauge>& gauges(prometheus::Registry& registry, const char* name,
                                              const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

std::string text(std::string_view view) {
  return std::string(view);
}

std::vector<prometheus::Gauge*> held_gauges(prometheus::Registry& registry) {
  auto& family = gauges(registry, "scaleops_updater_held_pods",
                        "Pods that are not as they should be, by reason");
  std::vector<prometheus::Gauge*> out;
  for (size_t i = 1; i <= static_cast<size_t>(refusal::fight); ++i)
    out.push_back(&family.Add({{"reason", text(to_string(static_cast<refusal>(i)))}}));
  return out;
}

}  // namespace

updater_metrics::updater_metrics(prometheus::Registry& registry)
    : actions_{counters(registry, "scaleops_updater_actions_total",
                        "Resizes and evictions that ended, by result")},
      refusals_{counters(registry, "scaleops_updater_refusals_total",
                         "Changes that began to be refused, by reason")},
      step_seconds_{counters(registry, "scaleops_updater_step_seconds_total",
                             "Time spent in each step of the loop")},
      held_{held_gauges(registry)},
      in_flight_{gauges(registry, "scaleops_updater_in_flight", "Actions under way")},
      gate_open_{
        gauges(registry, "scaleops_updater_gate_open", "1 while disruptions are allowed").Add({})},
      leader_{gauges(registry, "scaleops_updater_leader", "1 while this updater leads").Add({})},
      paused_{
        gauges(registry, "scaleops_updater_paused", "1 while a person has stopped all updates")
          .Add({})},
      fights_{counters(registry, "scaleops_updater_fights_total",
                       "Workloads left alone because another writer reverts us")
                .Add({})} {}

void updater_metrics::count_action(update_action action, const std::string& result) {
  actions_.Add({{"action", text(to_string(action))}, {"result", result}}).Increment();
}

void updater_metrics::count_refusal(refusal why) {
  refusals_.Add({{"reason", text(to_string(why))}}).Increment();
}

void updater_metrics::count_fight() {
  fights_.Increment();
}

void updater_metrics::show_held(const std::map<refusal, size_t>& held) {
  for (size_t i = 0; i < held_.size(); ++i) {
    auto found = held.find(static_cast<refusal>(i + 1));
    held_[i]->Set(found == held.end() ? 0 : double(found->second));
  }
}

void updater_metrics::show_flights(size_t resizes, size_t evictions) {
  in_flight_.Add({{"action", "resize"}}).Set(double(resizes));
  in_flight_.Add({{"action", "evict"}}).Set(double(evictions));
}

void updater_metrics::show_gate(const gate_state& gate, bool leads, bool paused) {
  gate_open_.Set(gate.disrupt ? 1 : 0);
  leader_.Set(leads ? 1 : 0);
  paused_.Set(paused ? 1 : 0);
}

void updater_metrics::add_step(const std::string& step, double seconds) {
  step_seconds_.Add({{"step", step}}).Increment(seconds);
}

}  // namespace scaleops
