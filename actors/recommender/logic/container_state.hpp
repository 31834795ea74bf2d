// All that is learned of one container of one workload, pooled over its pods. Small, mergeable,
// versioned.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/recommender/logic/cpu_model.hpp"
#include "actors/recommender/logic/memory_model.hpp"
#include "messages/cluster.hpp"
#include "messages/recommendation.hpp"

namespace scaleops {

/// What putting a change into effect costs the workload.
enum class change_cost : uint8_t {
  in_place,  // nothing: follow the load
  restart,   // a restarted pod: hold the day's level, change rarely
};

/// Learned state. No clock: time comes with the samples. The same calls in the same order give the
/// same bits.
///
/// Samples may come from any number of pods; only their distribution counts, so that 1 or 10,000
/// pods with the same distribution lead to the same recommendation. Samples of one container should
/// come in time order; what is older than the current 5-minute slot is still counted, into that
/// slot.
class container_state {
public:
  /// Takes one scrape of one pod. `pod` is a small id, stable while the pod lives (0 where there is
  /// only one). Negative or non-finite values are ignored.
  void observe(const usage_sample& sample, uint32_t pod = 0);

  /// What will be asked: keeps the answer at hand, so that `recommend` under this policy costs
  /// little.
  void aim(const cpu_question& question) { cpu_.aim(question); }
  void aim(const memory_question& question) { memory_.aim(question); }

  /// We changed the container's request just now: changes are rationed (3 a covered day in place, 1
  /// in 4 by restart).
  void note_change(resource_kind resource, change_cost cost);
  /// Share of the ration that is spent: 0 none, 1 all, up to 2 overdrawn.
  double spent(resource_kind resource, change_cost cost) const;

  /// Changes a covered day, as far as the ration remembers them: those not paid off at the last
  /// change, over the time that they took and that has passed since. 0: never changed.
  double changes_a_day(resource_kind resource, change_cost cost) const;

  /// The container was killed for memory. Kept apart from the steady history.
  void observe_oom(const oom_event& kill);

  /// A new pod template runs since `at`: what was learned stays as a prior, fresh evidence weighs
  /// more.
  void start_revision(std::string_view revision, instant at);

  /// Adds what another state of the same container learned (another shard, another agent, an older
  /// checkpoint). Associative and commutative within rounding.
  void merge(const container_state& other);

  /// Hours with usage since a decision last changed the request; hours() when none ever did.
  double hours_since_change(resource_kind resource) const;

  /// Hours with usage, first sample to last, gaps left out.
  double hours() const { return double(covered_s_) / 3600; }
  /// Neither usage nor a kill was seen.
  bool empty() const { return last_s_ == 0 && memory_.last_kill() == 0; }
  instant first_seen() const { return instant{std::chrono::seconds{first_s_}}; }
  instant last_seen() const { return instant{std::chrono::seconds{last_s_}}; }
  /// Share of CFS periods that were throttled lately (decays over an hour).
  float throttled() const { return throttled_; }
  /// When the running revision was first seen; zero: never told.
  instant revision_since() const { return instant{std::chrono::seconds{revision_s_}}; }
  uint64_t revision_hash() const { return revision_; }

  const cpu_model& cpu() const { return cpu_; }
  const memory_model& memory() const { return memory_; }

  /// Closing a slot and deciding read nearly all of the state: asks for its cache lines together.
  void fetch() const;

  /// Versioned Protobuf (messages/wire/checkpoint.proto).
  std::string save() const;
  /// Reads what any version up to this one saved. Refuses damaged or newer data and says why.
  static std::optional<container_state> load(std::string_view bytes, std::string& why);

  bool operator==(const container_state&) const = default;

private:
  // What every sample touches stands together: the end of memory_, these three, the start of cpu_.
  memory_model memory_;
  uint32_t last_s_ = 0;
  uint32_t covered_s_ = 0;
  float throttled_ = 0;
  cpu_model cpu_;
  uint32_t first_s_ = 0;
  uint32_t revision_s_ = 0;
  std::array<float, 2> debt_{};       // changes made and not yet paid off, by resource
  std::array<uint32_t, 2> debt_s_{};  // when, in covered seconds
  uint64_t revision_ = 0;             // hash of the revision's name
};

}  // namespace scaleops
