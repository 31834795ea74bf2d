// A pod keeps its QoS class as long as it lives.
#include <fmt/format.h>

#include "integration/sim/judges/deeds.hpp"
#include "integration/sim/judges/judge.hpp"
#include "runtime/embedded/pod_rules.hpp"

namespace scaleops::sim {

namespace {

class qos_judge final : public judge {
public:
  explicit qos_judge(const court& in) : judge{"qos", in} {}

  void on_pod(const pod_change& change) override {
    if (!resized(change))
      return;
    auto before = embedded::qos_of(*change.before), after = embedded::qos_of(*change.after);
    if (before != after)
      blame(fmt::format("{} was {} and is {}", name_of(*change.after), to_string(before),
                        to_string(after)));
  }
};

}  // namespace

std::unique_ptr<judge> make_qos_judge(const court& in) {
  return std::make_unique<qos_judge>(in);
}

}  // namespace scaleops::sim
