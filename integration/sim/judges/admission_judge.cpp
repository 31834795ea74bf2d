// Every pod creation comes through in time, whatever the webhook does. (That the components answer
// what they are asked is the prober's business; both count as "answered".)
#include <map>

#include <fmt/format.h>

#include "integration/sim/judges/judge.hpp"

namespace scaleops::sim {

namespace {

class admission_judge final : public judge {
public:
  explicit admission_judge(const court& in) : judge{"answered", in} {}

  void on_minute() override {
    std::map<uint64_t, truth::felt> still;
    auto now = in_.facts.now();
    for (auto& [ticket, creation] : in_.cluster.state().creations) {
      auto known = waiting_.find(ticket);
      auto since = known == waiting_.end() ? now : known->second;
      still.emplace(ticket, since);
      if (now - since > in_.config.cluster.webhook_timeout + std::chrono::minutes{1})
        blame(fmt::format("a pod creation waits for the webhook since {} s",
                          (now - since).count() / 1000));
    }
    waiting_ = std::move(still);
  }

private:
  std::map<uint64_t, truth::felt> waiting_;
};

}  // namespace

std::unique_ptr<judge> make_admission_judge(const court& in) {
  return std::make_unique<admission_judge>(in);
}

}  // namespace scaleops::sim
