// No PodDisruptionBudget is broken, and nobody who asked to be left in peace is disturbed.
#include "integration/sim/judges/deeds.hpp"
#include "integration/sim/judges/judge.hpp"

namespace scaleops::sim {

namespace {

class disruption_judge final : public judge {
public:
  explicit disruption_judge(const court& in) : judge{"disruption", in} {}

  void on_pod(const pod_change& change) override {
    if (is_canary(change.owner) || !change.before)
      return;
    if (change.evicted)
      disturbed(*change.before, "evicted", milliseconds{0});
    else if (restarts(change))
      // The restart is our doing, but no API call asks the budget for us: we may be a little late.
      disturbed(*change.before, "restarted", in_.lag());
  }

  void on_write(component, const kube_write& write) override {
    auto* deletion = std::get_if<delete_object>(&write);
    if (!deletion || deletion->key.kind != object_kind::pod ||
        deletion->key.ns == labels::canary_namespace)
      return;
    blame("deleted " + deletion->key.ns + "/" + deletion->key.name +
          ", which asks no budget, instead of evicting it");
  }

private:
  void disturbed(const pod& target, const char* how, milliseconds late) {
    // What does not run or is not ready keeps no budget.
    if (target.phase == pod_phase::running && target.ready &&
        in_.facts.last_allowed(target) < in_.facts.now() - late)
      blame(std::string(how) + " " + name_of(target) + " although a budget allows no disruption");
    auto says = [&](std::string_view key, std::string_view value) {
      auto found = target.meta.annotations.find(std::string(key));
      return found != target.meta.annotations.end() && found->second == value;
    };
    if (says(labels::safe_to_evict, "false") || says(labels::do_not_disrupt, "true") ||
        says(labels::do_not_evict, "true"))
      blame(std::string(how) + " " + name_of(target) + ", which asks for peace");
  }
};

}  // namespace

std::unique_ptr<judge> make_disruption_judge(const court& in) {
  return std::make_unique<disruption_judge>(in);
}

}  // namespace scaleops::sim
