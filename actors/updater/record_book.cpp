#include "actors/updater/record_book.hpp"

#include <utility>

namespace scaleops {

namespace {

update_record record_of(const pod_wish& wish, instant now) {
  update_record record;
  record.at = now;
  record.workload = wish.workload;
  if (wish.target)
    record.pod = {wish.target->meta.ns, wish.target->meta.name};
  record.action = wish.action;
  record.container = wish.container;
  record.before = wish.before;
  record.after = wish.after;
  return record;
}

/// Reasons that come and go by themselves: gauges show them.
bool passes_by_itself(refusal why) {
  switch (why) {
    case refusal::below_threshold:
    case refusal::live_memory:
    case refusal::cool_down:
    case refusal::budget_spent:
    case refusal::not_ready:
      return true;
    default:
      return false;
  }
}

bool is_worth_an_event(refusal why) {
  return why == refusal::infeasible || why == refusal::deferred || why == refusal::api_error ||
         why == refusal::fight;
}

}  // namespace

void record_book::note_done(const pod_wish& wish, const std::string& detail, instant now) {
  ++done_;
  auto record = record_of(wish, now);
  record.done = true;
  record.detail = wish.detail + (detail.empty() ? "" : "; " + detail);
  ring_.add(record);
  const char* reason = wish.reverts                           ? "Reverted"
                       : wish.action == update_action::resize ? "Resized"
                                                              : "Evicted";
  send_({std::move(record), reason, false});
}

void record_book::note_refusal(const pod_wish& wish, refusal why, const std::string& detail,
                               instant now) {
  if (!wish.target || passes_by_itself(why))
    return;
  auto [known, fresh] = last_.try_emplace(wish.target->meta.uid, why);
  if (!fresh && std::exchange(known->second, why) == why)
    return;
  metrics_.count_refusal(why);
  auto record = record_of(wish, now);
  record.why = why;
  record.detail = detail;
  ring_.add(record);
  if (is_worth_an_event(why))
    send_({std::move(record), "UpdateRefused", true});
}

}  // namespace scaleops
