// Nothing that was learned is lost beyond one checkpoint interval: what is saved never falls behind
// by more, and never shrinks, whoever is killed.
#include <map>

#include <fmt/format.h>

#include "actors/recommender/checkpoint_slot.hpp"
#include "actors/recommender/logic/container_state.hpp"
#include "integration/sim/judges/deeds.hpp"
#include "integration/sim/judges/judge.hpp"

namespace scaleops::sim {

namespace {

class checkpoint_judge final : public judge {
public:
  explicit checkpoint_judge(const court& in) : judge{"learned", in} {}

  void on_checkpoint(const checkpoint& written, bool deleted) override {
    // One who was killed may have had the last word after the next one had read what is there.
    auto& cfg = in_.config.platform.recommender;
    bool killed =
      in_.killed(component::recommender) != truth::never &&
      in_.facts.now() - in_.killed(component::recommender) < 2 * cfg.checkpoint_interval;
    double loss =
      killed
        ? std::chrono::duration<double, std::ratio<3600>>(cfg.checkpoint_interval).count() + 0.1
        : 0.02;
    auto before = std::exchange(slots_[written.meta.name], {});
    if (!deleted && !read(written, slots_[written.meta.name]))
      return;
    for (auto& [what, was] : before) {
      auto& now_saved = slots_[written.meta.name];
      auto is = now_saved.find(what);
      if (is == now_saved.end())
        blame(fmt::format("{} of {} is not in {} any more", what.second, what.first.to_string(),
                          written.meta.name));
      else if (is->second.hours < was.hours - loss)
        blame(fmt::format("{} of {} knew {:.2f} hours, now {:.2f}", what.second,
                          what.first.to_string(), was.hours, is->second.hours));
    }
  }

  void on_minute() override {
    auto interval = in_.config.platform.recommender.checkpoint_interval;
    auto scrape = in_.config.platform.agent.scrape_interval;
    auto late = interval + 3 * scrape + slack;
    if (in_.calm_for() < 2 * late)
      return;
    in_.cluster.each_pod([&](const pod& value) {
      if (value.meta.deleted || !value.ready || value.ready_since > in_.cluster.now() - 2 * late)
        return;
      auto owner = in_.cluster.workload_of(value);
      if (is_canary(owner) || owner.kind == "Pod")
        return;
      for (auto& container : value.containers)
        if (container.role != container_role::init)
          check_age(owner, container.name, late);
    });
  }

private:
  static constexpr milliseconds slack = std::chrono::minutes{3};
  struct saved {
    double hours = 0;
    instant last_seen{};
  };
  using slot = std::map<std::pair<workload_ref, std::string>, saved>;

  bool read(const checkpoint& written, slot& into) const {
    std::string why;
    auto workloads = written.data ? decode_slot(*written.data, why) : std::nullopt;
    if (!workloads) {
      blame("checkpoint " + written.meta.name + " cannot be read: " + why);
      return false;
    }
    for (auto& one : *workloads)
      for (auto& [container, bytes] : one->containers) {
        auto state = container_state::load(bytes, why);
        if (state)
          into[{one->workload, container}] = {state->hours(), state->last_seen()};
        else
          blame("checkpoint " + written.meta.name + " holds damage: " + why);
      }
    return true;
  }

  void check_age(const workload_ref& ref, const std::string& container, milliseconds late) const {
    auto& cfg = in_.config.platform.recommender;
    auto found = slots_.find(fmt::format("slot-{:04}", slot_of(ref, cfg.checkpoint_slots)));
    auto one =
      found == slots_.end() ? slot::const_iterator{} : found->second.find({ref, container});
    if (found == slots_.end() || one == found->second.end())
      return blame("nothing is saved of " + ref.to_string() + " " + container);
    auto age = in_.cluster.now() - one->second.last_seen;
    if (age > late)
      blame(fmt::format("what is saved of {} {} is {} s old, {} s are allowed", ref.to_string(),
                        container, age.count() / 1000, late.count() / 1000));
  }

  std::map<std::string, slot> slots_;
};

}  // namespace

std::unique_ptr<judge> make_checkpoint_judge(const court& in) {
  return std::make_unique<checkpoint_judge>(in);
}

}  // namespace scaleops::sim
