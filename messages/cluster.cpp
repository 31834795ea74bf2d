#include "messages/cluster.hpp"

#include <algorithm>
#include <cctype>

namespace scaleops {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

}  // namespace

std::string workload_ref::object_name() const {
  return lower(kind) + "-" + name;
}

std::string workload_ref::to_string() const {
  return ns + "/" + kind + "/" + name;
}

std::optional<workload_ref> workload_ref::parse(std::string_view text) {
  auto first = text.find('/');
  auto second = first == text.npos ? text.npos : text.find('/', first + 1);
  if (second == text.npos || text.find('/', second + 1) != text.npos)
    return std::nullopt;
  workload_ref ref{std::string(text.substr(0, first)),
                   std::string(text.substr(first + 1, second - first - 1)),
                   std::string(text.substr(second + 1))};
  if (ref.ns.empty() || ref.kind.empty() || ref.name.empty())
    return std::nullopt;
  return ref;
}

std::string_view to_string(qos_class qos) {
  switch (qos) {
    case qos_class::best_effort:
      return "BestEffort";
    case qos_class::burstable:
      return "Burstable";
    case qos_class::guaranteed:
      return "Guaranteed";
  }
  return "";
}

qos_class qos_of(const std::vector<container_resources>& containers) {
  bool any = false, guaranteed = !containers.empty();
  for (auto& c : containers) {
    auto set = [](const std::optional<int64_t>& v) { return v && *v > 0; };
    any |=
      set(c.requests.cpu) || set(c.requests.memory) || set(c.limits.cpu) || set(c.limits.memory);
    // A missing request defaults to the limit.
    auto same = [&](const std::optional<int64_t>& request, const std::optional<int64_t>& limit) {
      return set(limit) && (!request || *request == *limit);
    };
    guaranteed =
      guaranteed && same(c.requests.cpu, c.limits.cpu) && same(c.requests.memory, c.limits.memory);
  }
  return guaranteed ? qos_class::guaranteed : any ? qos_class::burstable : qos_class::best_effort;
}

}  // namespace scaleops
