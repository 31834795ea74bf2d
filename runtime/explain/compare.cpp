#include <algorithm>

#include <fmt/format.h>

#include "actors/common/logic/resources.hpp"
#include "runtime/explain/explanation.hpp"

namespace scaleops {

namespace {

std::string shown(const std::string& text) {
  return text.empty() ? "(none)" : text;
}
std::string shown(double number) {
  return fmt::format("{}", number);
}
std::string shown(bool yes) {
  return yes ? "true" : "false";
}
std::string shown(instant at) {
  auto rest = (at - std::chrono::floor<std::chrono::seconds>(at)).count();
  auto text = format_rfc3339(at);
  if (rest != 0)
    text.insert(text.size() - 1, fmt::format(".{:03}", rest));
  return text;
}
std::string shown(const reason& why) {
  return fmt::format("{} {} {} {}", to_string(why.resource), to_string(why.code), why.value,
                     why.reference);
}

class comparison {
public:
  explicit comparison(std::vector<explained_difference>& out) : out_{out} {}

  template <class T>
  void value(const std::string& field, const T& recorded, const T& remade) {
    if (recorded != remade)
      out_.push_back({field, shown(recorded), shown(remade)});
  }

  void amounts(const std::string& field, const resources& recorded, const resources& remade) {
    for (auto kind : both_resources) {
      auto &first = part_of(recorded, kind), &second = part_of(remade, kind);
      auto text = [kind](const std::optional<int64_t>& amount) {
        return amount ? format_amount(kind, *amount) : std::string{"(none)"};
      };
      if (first != second)
        out_.push_back({fmt::format("{}.{}", field, to_string(kind)), text(first), text(second)});
    }
  }

  void containers(const std::vector<container_recommendation>& recorded,
                  const std::vector<container_recommendation>& remade) {
    auto find = [](auto& list, const std::string& name) {
      return std::find_if(list.begin(), list.end(), [&](auto& c) { return c.name == name; });
    };
    for (auto& c : recorded) {
      auto other = find(remade, c.name);
      if (other == remade.end())
        out_.push_back({"status.containers[" + c.name + "]", "there", "missing"});
      else
        container("status.containers[" + c.name + "]", c, *other);
    }
    for (auto& c : remade)
      if (find(recorded, c.name) == recorded.end())
        out_.push_back({"status.containers[" + c.name + "]", "missing", "there"});
  }

private:
  void container(const std::string& at, const container_recommendation& recorded,
                 const container_recommendation& remade) {
    amounts(at + ".current.requests", recorded.current.requests, remade.current.requests);
    amounts(at + ".current.limits", recorded.current.limits, remade.current.limits);
    amounts(at + ".target.requests", recorded.target.requests, remade.target.requests);
    amounts(at + ".target.limits", recorded.target.limits, remade.target.limits);
    amounts(at + ".lower", recorded.lower, remade.lower);
    amounts(at + ".upper", recorded.upper, remade.upper);
    value(at + ".confidence", recorded.confidence, remade.confidence);
    value(at + ".urgent", recorded.urgent, remade.urgent);
    size_t count = std::max(recorded.reasons.size(), remade.reasons.size());
    for (size_t i = 0; i < count; ++i) {
      auto text = [i](auto& reasons) {
        return i < reasons.size() ? shown(reasons[i]) : std::string{"(none)"};
      };
      bool equal = i < recorded.reasons.size() && i < remade.reasons.size() &&
                   recorded.reasons[i] == remade.reasons[i];
      if (!equal)
        out_.push_back(
          {fmt::format("{}.reasons[{}]", at, i), text(recorded.reasons), text(remade.reasons)});
    }
  }

  std::vector<explained_difference>& out_;
};

}  // namespace

explanation explain_recommendation(recommendation recorded, decision_evidence evidence) {
  explanation out;
  auto again = remake(evidence);
  auto& status = recorded.status;
  comparison compare{out.differences};
  // The object holds the workload's name in its spec, and its namespace in its metadata.
  workload_ref named{recorded.target.ns.empty() ? recorded.meta.ns : recorded.target.ns,
                     recorded.target.kind, recorded.target.name};
  compare.value("spec.target", named.to_string(), evidence.workload.to_string());
  compare.value("status.decidedAt", status.decided_at, evidence.decided_at);
  compare.value("status.policy", status.policy, evidence.policy_name);
  compare.value("status.policyReason", status.policy_reason, evidence.policy_reason);
  compare.value("status.inputDigest", status.input_digest, again.input_digest);
  compare.containers(status.containers, again.containers);
  out.recorded = std::move(recorded);
  out.evidence = std::move(evidence);
  out.input_digest = std::move(again.input_digest);
  return out;
}

}  // namespace scaleops
