#include "actors/updater/logic/gate.hpp"

#include <algorithm>

#include "messages/labels.hpp"

namespace scaleops {

namespace {

constexpr milliseconds watch_patience = std::chrono::minutes{2};

gate_state shut(std::string detail) {
  // Healing goes on: growing in place restarts nothing and needs no webhook.
  return {false, false, true, refusal::gate_closed, std::move(detail)};
}

}  // namespace

std::shared_ptr<const health_report> newest_report(const cluster_view& view) {
  std::shared_ptr<const health_report> newest;
  auto [first, last] = view.reports.in_namespace(labels::system_namespace);
  for (; first != last; ++first)
    if (!newest || first->second->at > newest->at)
      newest = first->second;
  return newest;
}

gate_state evaluate_gate(const gate_inputs& in, const health_report* report,
                         const updater_rules& rules, instant now) {
  if (in.paused_by)
    return {false, false, false, refusal::paused, "stopped by " + *in.paused_by};
  if (in.watch_lost_since && now - *in.watch_lost_since > watch_patience)
    // A grant may have been withdrawn meanwhile: not even healing.
    return {false, false, false, refusal::gate_closed, "the view of the cluster is old"};
  if (!in.admissions_ready)
    return shut("admissions is not ready");
  if (!report) {
    if (rules.require_report)
      return shut("there is no HealthReport");
  } else if (!report->gate_open) {
    for (auto& check : report->checks)
      if (check.result == check_result::fail)
        return shut("healthcheck is red: " + check.name +
                    (check.detail.empty() ? "" : ": " + check.detail));
    return shut("healthcheck is red");
  } else if (now - report->at > rules.oldest_report) {
    return shut("the HealthReport is too old");
  }
  if (in.failures) {
    auto recent = std::count_if(in.failures->begin(), in.failures->end(),
                                [&](instant at) { return now - at <= rules.failure_window; });
    if (recent >= rules.most_failures)
      return shut(std::to_string(recent) + " disruptions failed of late");
  }
  if (in.budgets_unseen)
    // The API would refuse what breaks one, but we could not choose whom it lets go.
    return {false, true, true, refusal::gate_closed,
            "PodDisruptionBudgets may not be read: nothing is evicted"};
  return {true, true, true, refusal::none, {}};
}

}  // namespace scaleops
