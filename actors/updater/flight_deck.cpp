#include "actors/updater/flight_deck.hpp"

#include <set>
#include <utility>

#include <spdlog/spdlog.h>
#include <caf/local_actor.hpp>
#include <caf/send.hpp>

#include "actors/updater/evictor.hpp"
#include "actors/updater/resizer.hpp"

namespace scaleops {

namespace {

named_resources resources_after(const pod_wish& wish) {
  auto after = named(wish.target->containers);
  for (auto& part : wish.containers)
    after[part.container] = part.resources;
  return after;
}

}  // namespace

void flight_deck::launch(pod_wish wish, instant now) {
  auto& uid = wish.target->meta.uid;
  book_.forget(uid);
  memory_.flights[uid] = {wish.action, wish.disruptive, wish.workload, wish.target};
  if (wish.disruptive)
    memory_.workloads[wish.workload].last_disruption = now;
  if (wish.action == update_action::resize)
    launch_resize(std::move(wish), now);
  else
    launch_eviction(std::move(wish));
}

void flight_deck::launch_resize(pod_wish wish, instant now) {
  auto uid = wish.target->meta.uid;
  auto& remembered = memory_.pods[uid];
  remembered.last_resize = now;
  remembered.sent_generation = 0;
  remembered.sent.clear();
  for (auto& part : wish.containers)
    remembered.sent.emplace(part.container, part.resources);
  pilots_[uid] = spawn_resizer(self_, cfg_, kube_, {std::move(wish), {}}, sink_);
}

void flight_deck::launch_eviction(pod_wish wish) {
  auto uid = wish.target->meta.uid;
  std::set<std::string> siblings;
  for (auto& [ref, one] : cluster_.index.pods_of(wish.workload))
    siblings.insert(one->meta.uid);
  pilots_[uid] = spawn_evictor(self_, cfg_, kube_, {std::move(wish), std::move(siblings)}, sink_);
}

void flight_deck::on_accepted(const resize_accepted& accepted) {
  if (auto found = memory_.pods.find(accepted.uid); found != memory_.pods.end())
    found->second.sent_generation = accepted.generation;
}

void flight_deck::on_ended(const flight_ended& ended, instant now) {
  auto& wish = ended.wish;
  if (memory_.flights.erase(wish.target->meta.uid) == 0)
    return;  // abandoned
  pilots_.erase(wish.target->meta.uid);
  if (wish.disruptive)
    memory_.workloads[wish.workload].last_disruption = now;
  auto count = [&](const char* result) { book_.metrics().count_action(wish.action, result); };
  auto failed = [&](const char* result, refusal why) {
    count(result);
    memory_.note_failure(cfg_.rules, now);
    memory_.back_off(wish.workload, why, ended.detail, cfg_.rules, now);
    book_.note_done(wish, ended.detail, now);
    spdlog::warn("updater evicted {}/{} but {}", wish.target->meta.ns, wish.target->meta.name,
                 ended.detail);
  };
  using end = flight_ended::end;
  switch (ended.how) {
    case end::done:
      count("done");
      memory_.calm_down(wish.workload);
      book_.note_done(wish, ended.detail, now);
      break;
    case end::gone:
      count("gone");
      break;
    case end::refused:
      count("refused");
      on_refused(ended, now);
      break;
    case end::unreplaced:
      failed("unreplaced", refusal::not_ready);
      break;
    case end::unsized:
      failed("unsized", refusal::gate_closed);
      break;
  }
}

void flight_deck::on_refused(const flight_ended& ended, instant now) {
  auto& wish = ended.wish;
  if (wish.action == update_action::resize && ended.why == refusal::infeasible) {
    auto& remembered = memory_.pods[wish.target->meta.uid];
    remembered.infeasible = resources_after(wish);
    remembered.infeasible_node = wish.target->node;
  } else if (ended.why == refusal::api_error || ended.why == refusal::disruption_budget) {
    memory_.back_off(wish.workload, ended.why, ended.detail, cfg_.rules, now);
  }
  book_.note_refusal(wish, ended.why, ended.detail, now);
}

bool flight_deck::on_exit(const caf::actor_addr& who, bool failed, instant now) {
  if (dismissed_.erase(who) > 0)
    return true;
  for (auto it = pilots_.begin(); it != pilots_.end(); ++it) {
    if (it->second.address() != who)
      continue;
    auto flying = memory_.flights.find(it->first);
    if (failed && flying != memory_.flights.end()) {
      memory_.back_off(flying->second.workload, refusal::api_error, "the action's actor failed",
                       cfg_.rules, now);
      book_.metrics().count_action(flying->second.action, "refused");
      memory_.flights.erase(flying);
    }
    pilots_.erase(it);
    return true;
  }
  return false;
}

void flight_deck::tell(const pod_step& step) {
  if (pilots_.empty())
    return;
  if (step.after)
    send_step(step.after, false);
  else if (step.before)
    send_step(step.before, true);
}

void flight_deck::send_step(const std::shared_ptr<const pod>& one, bool deleted) {
  auto owner = cluster_.view.owner(*one);
  for (auto& [uid, flying] : memory_.flights) {
    bool sibling = flying.action == update_action::evict && owner && flying.workload == *owner;
    auto pilot = pilots_.find(uid);
    if ((uid == one->meta.uid || sibling) && pilot != pilots_.end())
      caf::anon_send(pilot->second, pod_moved{one, deleted});
  }
}

void flight_deck::abandon() {
  for (auto& [uid, pilot] : pilots_) {
    dismissed_.insert(pilot.address());
    // Not `kill`: that is fatal to whoever is linked, which is us.
    caf::anon_send_exit(pilot, caf::exit_reason::user_shutdown);
  }
  pilots_.clear();
  memory_.flights.clear();
}

void flight_deck::show() const {
  size_t evictions = 0;
  for (auto& [uid, one] : memory_.flights)
    evictions += one.action == update_action::evict;
  book_.metrics().show_flights(memory_.flights.size() - evictions, evictions);
}

}  // namespace scaleops
