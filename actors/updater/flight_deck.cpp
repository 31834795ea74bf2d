#include "actors/updater/flight_deck.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <spdlog/spdlog.h>
#include <caf/local_actor.hpp>
#include <caf/send.hpp>

#include "actors/common/logic/stamps.hpp"
#include "actors/updater/evictor.hpp"
#include "actors/updater/resizer.hpp"
#include "messages/labels.hpp"

namespace scaleops {

namespace {

/// After so long, a pod that goes away does so for another reason than the eviction nobody
/// answered.
constexpr milliseconds doubt_holds = std::chrono::minutes{10};
constexpr const char* went_unanswered = "the answer was lost, then the pod went away";
constexpr const char* led_by_another = "another updater leads now";

named_resources resources_after(const pod_wish& wish) {
  auto after = named(wish.target->containers);
  for (auto& part : wish.containers)
    after[part.container] = part.resources;
  return after;
}

/// The resize stands on the pod with its stamps: nothing is left to do for it but to tell it.
bool stands_stamped(const pod_wish& wish, const pod& one) {
  bool managed = one.meta.labels.contains(std::string(labels::managed));
  bool written = wish.reverts ? !managed : managed && unstamped(one).empty();
  return written && named(one.containers) == resources_after(wish);
}

}  // namespace

void flight_deck::launch(pod_wish wish, instant now) {
  auto& uid = wish.target->meta.uid;
  book_.forget(uid);
  drop_resize_doubt(uid);
  memory_.flights[uid] = {wish.action, wish.disruptive, wish.workload, wish.target};
  note_disruption(wish, now);
  if (wish.action == update_action::resize)
    start_resizer(std::move(wish), now);
  else
    start_evictor(std::move(wish));
}

/// The workload's cool-down begins anew: with a flight and once more with its end, whatever that
/// is.
void flight_deck::note_disruption(const pod_wish& wish, instant now) {
  if (wish.disruptive)
    memory_.workloads[wish.workload].last_disruption = now;
}

void flight_deck::start_resizer(pod_wish wish, instant now) {
  auto uid = wish.target->meta.uid;
  auto& remembered = memory_.pods[uid];
  remembered.sent.clear();
  for (auto& part : wish.containers)
    remembered.sent.emplace(part.container, part.resources);
  remembered.sent_generation = wish.confirms ? wish.target->meta.generation : 0;
  if (!wish.confirms) {
    remembered.last_resize = now;
    remembered.unsure = remembered.told = false;
  }
  auto actor = spawn_resizer(self_, cfg_, kube_, {wish, {}}, sink_);
  pilots_[uid] = {std::move(actor), std::move(wish), false};
}

/// Whatever is done to the pod next settles it. An eviction's stays: the pod may go away by it yet.
void flight_deck::drop_resize_doubt(const std::string& uid) {
  auto known = doubts_.find(uid);
  if (known != doubts_.end() && known->second.wish.action == update_action::resize)
    doubts_.erase(known);
}

void flight_deck::start_evictor(pod_wish wish) {
  auto uid = wish.target->meta.uid;
  std::set<std::string> siblings;
  for (auto& [ref, one] : cluster_.index.pods_of(wish.workload))
    siblings.insert(one->meta.uid);
  auto actor = spawn_evictor(self_, cfg_, kube_, {wish, std::move(siblings)}, sink_);
  pilots_[uid] = {std::move(actor), std::move(wish), false};
}

void flight_deck::on_accepted(const action_accepted& accepted, instant now) {
  auto known = doubts_.find(accepted.uid);
  if (auto flying = pilots_.find(accepted.uid); flying != pilots_.end()) {
    flying->second.accepted = true;
    if (known != doubts_.end())
      doubts_.erase(known);
  } else if (known != doubts_.end() && known->second.wish.action == update_action::evict) {
    tell_done(known->second.wish, led_by_another, now);
    doubts_.erase(known);
  }
  auto found = memory_.pods.find(accepted.uid);
  if (accepted.generation != 0 && found != memory_.pods.end())
    found->second.sent_generation = accepted.generation;
}

void flight_deck::on_ended(const flight_ended& ended, instant now) {
  auto& wish = ended.wish;
  auto& uid = wish.target->meta.uid;
  if (memory_.flights.erase(uid) == 0) {  // abandoned
    if (ended.how == flight_ended::end::done && doubts_.erase(uid) > 0)
      on_done(ended, now);
    return;
  }
  pilots_.erase(uid);
  note_disruption(wish, now);
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
      on_done(ended, now);
      break;
    case end::gone:
      if (auto known = doubts_.extract(uid))
        tell_done(known.mapped().wish, went_unanswered, now);
      else
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
    case end::unclear:
      count("unclear");
      memory_.back_off(wish.workload, ended.why, ended.detail, cfg_.rules, now);
      doubt_it(wish, now);
      break;
  }
}

/// Each action is told once: at the first time when it is known to be in force, even where the pod
/// could not be stamped yet.
void flight_deck::on_done(const flight_ended& ended, instant now) {
  auto& wish = ended.wish;
  bool news = true;
  if (wish.action == update_action::resize) {
    auto& remembered = memory_.pods[wish.target->meta.uid];
    // Stamps that a revert left behind tell of nothing that was done now.
    news = !remembered.told && (!wish.confirms || !wish.reverts || remembered.unsure);
    auto generation = remembered.sent_generation;
    news &= generation == 0 || generation != remembered.told_generation;
    remembered.told = true;
    remembered.told_generation = generation;
    remembered.unsure = false;
    remembered.stamped_version = std::max(remembered.stamped_version, ended.stamped_version);
  }
  if (news)
    tell_done(wish, ended.detail, now);
  if (ended.stamped)
    memory_.calm_down(wish.workload);
  else
    memory_.back_off(wish.workload, refusal::api_error, ended.detail, cfg_.rules, now);
}

/// A resize that is not stamped is looked for on the pod by the planner (confirmation.hpp); of an
/// eviction nothing else remains than that the pod goes away.
void flight_deck::doubt_it(const pod_wish& wish, instant now) {
  auto& uid = wish.target->meta.uid;
  doubts_.insert_or_assign(uid, doubt{wish, now});
  if (wish.action == update_action::evict)
    return;
  memory_.pods[uid].unsure = true;
  auto& pods = cluster_.index.pods_of(wish.workload);
  if (auto known = pods.find({wish.target->meta.ns, wish.target->meta.name}); known != pods.end())
    settle_resize(*known->second, now);
}

void flight_deck::settle_doubt(const pod_step& step, instant now) {
  std::erase_if(doubts_, [&](auto& entry) {
    return entry.second.wish.action == update_action::evict &&
           now - entry.second.since > doubt_holds;
  });
  if (step.after && !step.after->meta.deleted)
    return settle_resize(*step.after, now);
  auto& one = step.after ? step.after : step.before;
  auto known = doubts_.extract(one->meta.uid);
  if (known && known.mapped().wish.action == update_action::evict)
    tell_done(known.mapped().wish, went_unanswered, now);
}

/// Only the answer to the stamp was lost.
void flight_deck::settle_resize(const pod& one, instant now) {
  auto known = doubts_.find(one.meta.uid);
  if (known == doubts_.end() || known->second.wish.action != update_action::resize ||
      !stands_stamped(known->second.wish, one))
    return;
  auto& remembered = memory_.pods[one.meta.uid];
  if (remembered.sent_generation == 0)
    remembered.sent_generation = one.meta.generation;
  auto wish = std::move(known->second.wish);
  doubts_.erase(known);
  on_done({flight_ended::end::done, std::move(wish), refusal::none, "the answer was lost", true,
           one.meta.resource_version},
          now);
}

void flight_deck::tell_done(const pod_wish& wish, const std::string& detail, instant now) {
  book_.metrics().count_action(wish.action, "done");
  book_.note_done(wish, detail, now);
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
  // It stands in the pod, and the kubelet may act on it yet: who looks then tells it.
  if (wish.action == update_action::resize && ended.why == refusal::deferred)
    doubt_it(wish, now);
  book_.note_refusal(wish, ended.why, ended.detail, now);
}

bool flight_deck::on_exit(const caf::actor_addr& who, bool failed, instant now) {
  if (dismissed_.erase(who) > 0)
    return true;
  for (auto it = pilots_.begin(); it != pilots_.end(); ++it) {
    if (it->second.actor.address() != who)
      continue;
    auto flying = memory_.flights.find(it->first);
    if (failed && flying != memory_.flights.end()) {
      note_disruption(it->second.wish, now);
      memory_.back_off(flying->second.workload, refusal::api_error, "the action's actor failed",
                       cfg_.rules, now);
      book_.metrics().count_action(flying->second.action, "unclear");
      memory_.flights.erase(flying);
      doubt_it(it->second.wish, now);
    }
    pilots_.erase(it);
    return true;
  }
  return false;
}

void flight_deck::tell(const pod_step& step, instant now) {
  if (!doubts_.empty())
    settle_doubt(step, now);
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
      caf::anon_send(pilot->second.actor, pod_moved{one, deleted});
  }
}

void flight_deck::abandon(instant now) {
  for (auto& [uid, pilot] : pilots_) {
    note_disruption(pilot.wish, now);  // what it has sent last may still arrive
    dismissed_.insert(pilot.actor.address());
    // Not `kill`: that is fatal to whoever is linked, which is us.
    caf::anon_send_exit(pilot.actor, caf::exit_reason::user_shutdown);
    if (pilot.accepted && pilot.wish.action == update_action::evict)
      tell_done(pilot.wish, led_by_another, now);
    else
      doubt_it(pilot.wish, now);
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
