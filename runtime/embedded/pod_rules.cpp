#include "runtime/embedded/pod_rules.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace scaleops::embedded {

namespace {

bool alnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool qualified_name(std::string_view text, size_t longest) {
  if (text.empty() || text.size() > longest || !alnum(text.front()) || !alnum(text.back()))
    return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return alnum(c) || c == '-' || c == '_' || c == '.'; });
}

}  // namespace

void default_requests(pod& value) {
  for (auto& c : value.containers) {
    if (!c.resources.requests.cpu)
      c.resources.requests.cpu = c.resources.limits.cpu;
    if (!c.resources.requests.memory)
      c.resources.requests.memory = c.resources.limits.memory;
  }
}

pod_sum effective_requests(const pod& value) {
  bool infeasible = value.resize.pending == resize_status::pending_reason::infeasible;
  pod_sum sum, sidecars, peak;
  for (size_t i = 0; i < value.containers.size(); ++i) {
    auto& c = value.containers[i];
    pod_sum one{or_zero(c.resources.requests.cpu), or_zero(c.resources.requests.memory)};
    if (i < value.statuses.size()) {
      auto& status = value.statuses[i];
      auto pick = [&](int64_t wish, const std::optional<int64_t>& allocated,
                      const std::optional<int64_t>& actual) {
        auto rest = std::max(or_zero(allocated), or_zero(actual));
        return infeasible ? rest : std::max(wish, rest);
      };
      one.cpu = pick(one.cpu, status.allocated.cpu, status.actual.requests.cpu);
      one.memory = pick(one.memory, status.allocated.memory, status.actual.requests.memory);
    }
    if (c.role == container_role::init) {
      peak.cpu = std::max(peak.cpu, sidecars.cpu + one.cpu);
      peak.memory = std::max(peak.memory, sidecars.memory + one.memory);
      continue;
    }
    sum.cpu += one.cpu;
    sum.memory += one.memory;
    if (c.role == container_role::sidecar) {
      sidecars.cpu += one.cpu;
      sidecars.memory += one.memory;
    }
  }
  return {std::max(sum.cpu, peak.cpu), std::max(sum.memory, peak.memory)};
}

pod_sum limit_sum(const pod& value) {
  pod_sum sum;
  for (auto& c : value.containers)
    if (runs_on(c)) {
      sum.cpu += or_zero(c.resources.limits.cpu);
      sum.memory += or_zero(c.resources.limits.memory);
    }
  return sum;
}

qos_class qos_of(const pod& value) {
  std::vector<container_resources> all;
  all.reserve(value.containers.size());
  for (auto& c : value.containers)
    all.push_back(c.resources);
  return scaleops::qos_of(all);
}

std::string invalid_reason(const pod& value) {
  if (value.containers.empty())
    return "spec.containers: at least one is required";
  for (size_t i = 0; i < value.containers.size(); ++i) {
    auto& c = value.containers[i];
    if (c.name.empty())
      return fmt::format("spec.containers[{}].name: is required", i);
    for (size_t k = 0; k < i; ++k)
      if (value.containers[k].name == c.name)
        return fmt::format("spec.containers[{}].name: {} is a duplicate", i, c.name);
    auto check = [&](const char* what, const std::optional<int64_t>& request,
                     const std::optional<int64_t>& limit) -> std::string {
      if (or_zero(request) < 0 || or_zero(limit) < 0)
        return fmt::format("spec.containers[{}].resources: {} must not be negative", i, what);
      if (request && limit && *request > *limit)
        return fmt::format("spec.containers[{}].resources.requests.{}: must not be above the limit",
                           i, what);
      return {};
    };
    auto& r = c.resources;
    if (auto text = check("cpu", r.requests.cpu, r.limits.cpu); !text.empty())
      return text;
    if (auto text = check("memory", r.requests.memory, r.limits.memory); !text.empty())
      return text;
  }
  for (auto& [key, label] : value.meta.labels)
    if (!valid_label_key(key) || !valid_label_value(label))
      return fmt::format("metadata.labels: {}={} is not a label", key, label);
  for (auto& [key, text] : value.meta.annotations)
    if (!valid_label_key(key))
      return fmt::format("metadata.annotations: {} is not a key", key);
  return {};
}

bool valid_label_key(std::string_view key) {
  auto slash = key.find('/');
  if (slash == key.npos)
    return qualified_name(key, 63);
  return qualified_name(key.substr(0, slash), 253) && qualified_name(key.substr(slash + 1), 63);
}

bool valid_label_value(std::string_view value) {
  return value.empty() || qualified_name(value, 63);
}

std::optional<size_t> find_container(const pod& value, std::string_view name) {
  for (size_t i = 0; i < value.containers.size(); ++i)
    if (value.containers[i].name == name)
      return i;
  return std::nullopt;
}

}  // namespace scaleops::embedded
