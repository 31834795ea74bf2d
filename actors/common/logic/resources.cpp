#include "actors/common/logic/resources.hpp"

#include <algorithm>

#include "messages/quantity.hpp"

namespace scaleops {

namespace {

/// Kubernetes lets a missing request default to the limit.
resources effective_requests(const container_resources& value) {
  auto requests = value.requests;
  for (auto kind : both_resources)
    if (!part_of(requests, kind))
      part_of(requests, kind) = part_of(value.limits, kind);
  return requests;
}

amounts amounts_of(const resources& value) {
  return {value.cpu.value_or(0), value.memory.value_or(0)};
}

amounts larger(const amounts& a, const amounts& b) {
  return {std::max(a.cpu, b.cpu), std::max(a.memory, b.memory)};
}

template <class Get>
amounts pod_total(const std::vector<container_spec>& containers, Get get) {
  amounts running, sidecars, start;
  for (size_t i = 0; i < containers.size(); ++i) {
    amounts one = get(i);
    switch (containers[i].role) {
      case container_role::main:
        running += one;
        break;
      case container_role::sidecar:
        running += one;
        sidecars += one;
        start = larger(start, sidecars);
        break;
      case container_role::init: {
        auto beside = sidecars;
        beside += one;
        start = larger(start, beside);
        break;
      }
    }
  }
  return larger(running, start);
}

std::vector<container_resources> resources_of(const std::vector<container_spec>& containers) {
  std::vector<container_resources> result;
  result.reserve(containers.size());
  for (auto& container : containers)
    result.push_back(container.resources);
  return result;
}

}  // namespace

std::string format_amount(resource_kind kind, int64_t amount) {
  return kind == resource_kind::cpu ? format_cpu(amount) : format_memory(amount);
}

container_resources merged(const container_resources& current, const container_resources& target) {
  auto result = current;
  for (auto kind : both_resources) {
    if (auto& value = part_of(target.requests, kind))
      part_of(result.requests, kind) = value;
    if (auto& value = part_of(target.limits, kind))
      part_of(result.limits, kind) = value;
  }
  return result;
}

amounts& amounts::operator+=(const amounts& other) {
  cpu += other.cpu;
  memory += other.memory;
  return *this;
}

amounts& amounts::operator-=(const amounts& other) {
  cpu -= other.cpu;
  memory -= other.memory;
  return *this;
}

amounts pod_requests(const std::vector<container_spec>& containers) {
  return pod_total(
    containers, [&](size_t i) { return amounts_of(effective_requests(containers[i].resources)); });
}

amounts pod_limits(const std::vector<container_spec>& containers) {
  return pod_total(containers,
                   [&](size_t i) { return amounts_of(containers[i].resources.limits); });
}

amounts held_requests(const pod& value) {
  bool infeasible = value.resize.pending == resize_status::pending_reason::infeasible;
  return pod_total(value.containers, [&](size_t i) {
    auto held = amounts_of(effective_requests(value.containers[i].resources));
    if (i < value.statuses.size()) {
      auto& status = value.statuses[i];
      auto admitted =
        larger(amounts_of(status.allocated), amounts_of(effective_requests(status.actual)));
      // A wish that this node can never grant holds nothing.
      held = infeasible && admitted != amounts{} ? admitted : larger(held, admitted);
    }
    return held;
  });
}

qos_class qos_of(const std::vector<container_spec>& containers) {
  return qos_of(resources_of(containers));
}

bool keep_qos(const std::vector<container_spec>& before, std::vector<container_spec>& after) {
  auto wanted = qos_of(before);
  if (wanted == qos_class::guaranteed) {
    for (auto& container : after)
      for (auto kind : both_resources)
        if (auto& request = part_of(container.resources.requests, kind))
          part_of(container.resources.limits, kind) = request;
  } else if (wanted == qos_class::burstable && qos_of(after) == qos_class::guaranteed) {
    // One millicore is enough to differ, and harms nobody.
    for (auto& container : after)
      if (auto& limit = container.resources.limits.cpu) {
        ++*limit;
        break;
      }
  }
  return qos_of(after) == wanted;
}

void lift_limits(container_resources& value) {
  for (auto kind : both_resources) {
    auto& request = part_of(value.requests, kind);
    auto& limit = part_of(value.limits, kind);
    if (request && limit && *request > *limit)
      limit = request;
  }
}

std::optional<size_t> find_container(const std::vector<container_spec>& containers,
                                     std::string_view name) {
  for (size_t i = 0; i < containers.size(); ++i)
    if (containers[i].name == name)
      return i;
  return std::nullopt;
}

}  // namespace scaleops
