// No pod is changed without a grant: neither at its creation, nor in place, nor by eviction.
#include <algorithm>

#include "actors/common/logic/stamps.hpp"
#include "integration/sim/judges/deeds.hpp"
#include "integration/sim/judges/judge.hpp"

namespace scaleops::sim {

namespace {

class grant_judge final : public judge {
public:
  explicit grant_judge(const court& in) : judge{"grant", in} {}

  void on_pod(const pod_change& change) override {
    if (is_canary(change.owner))
      return;
    auto deed = what(change);
    if (!deed)
      return;
    if (in_.facts.last_granted(change.owner) >= in_.facts.now() - in_.lag())
      return;
    if (in_.config.platform.updater.rules.revert_withdrawn && goes_back(change))
      return;
    blame(std::string(deed) + " " + name_of(change.after ? *change.after : *change.before) +
          " without a grant for " + change.owner.to_string());
  }

private:
  static const char* what(const pod_change& change) {
    if (change.evicted)
      return "evicted";
    if (!change.after)
      return nullptr;
    if (!change.before)
      return stamps_of(*change.after).empty() ? nullptr : "patched";
    if (resized(change))
      return "resized";
    return stamps_of(*change.before) != stamps_of(*change.after) ? "stamped" : nullptr;
  }

  /// Towards the resources that the pod had before we first touched it.
  static bool goes_back(const pod_change& change) {
    if (!change.before || !change.after)
      return false;
    auto origin = origin_of(change.before->meta);
    if (!origin)
      return true;  // its own note of what was there, before anything is taken back
    for (size_t i = 0; i < change.before->containers.size(); ++i) {
      auto& spec = change.before->containers[i];
      auto goal = origin->find(spec.name);
      auto &from = spec.resources.requests, &to = change.after->containers[i].resources.requests;
      if (from == to)
        continue;
      if (goal == origin->end())
        return false;
      for (auto kind : both_resources) {
        auto a = part_of(from, kind).value_or(0), b = part_of(to, kind).value_or(0);
        auto end = part_of(goal->second.requests, kind).value_or(a);
        if (b < std::min(a, end) || b > std::max(a, end))
          return false;
      }
    }
    return true;
  }
};

}  // namespace

std::unique_ptr<judge> make_grant_judge(const court& in) {
  return std::make_unique<grant_judge>(in);
}

}  // namespace scaleops::sim
