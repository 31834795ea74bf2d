#include "actors/common/logic/limits.hpp"

#include <algorithm>

namespace scaleops {

namespace {

void narrow_min(resources& bound, const resources& by) {
  for (auto kind : both_resources)
    if (auto& value = part_of(by, kind)) {
      auto& mine = part_of(bound, kind);
      mine = std::max(mine.value_or(*value), *value);
    }
}

void narrow_max(resources& bound, const resources& by) {
  for (auto kind : both_resources)
    if (auto& value = part_of(by, kind)) {
      auto& mine = part_of(bound, kind);
      mine = std::min(mine.value_or(*value), *value);
    }
}

std::string words(const std::string& who, resource_kind kind, int64_t has, const char* relation,
                  int64_t bound) {
  return who + " would have " + format_amount(kind, has) + " of " + std::string(to_string(kind)) +
         ", " + relation + " " + format_amount(kind, bound);
}

}  // namespace

void limit_bounds::narrow(const limit_range& by) {
  narrow_min(container_min, by.container_min);
  narrow_max(container_max, by.container_max);
  narrow_min(pod_min, by.pod_min);
  narrow_max(pod_max, by.pod_max);
}

bool fit_container(const limit_bounds& bounds, container_resources& value) {
  for (auto kind : both_resources) {
    auto& least = part_of(bounds.container_min, kind);
    auto& most = part_of(bounds.container_max, kind);
    if (least && most && *least > *most)
      return false;
    for (auto* side : {&value.requests, &value.limits}) {
      auto& amount = part_of(*side, kind);
      if (amount && least)
        amount = std::max(*amount, *least);
      if (amount && most)
        amount = std::min(*amount, *most);
    }
  }
  lift_limits(value);
  return true;
}

std::optional<std::string> limit_violation(const limit_bounds& bounds,
                                           const std::vector<container_spec>& containers) {
  // As LimitRanger does: a minimum is held against the request, a maximum against the limit or,
  // without one, the request.
  for (auto& container : containers)
    for (auto kind : both_resources) {
      auto& request = part_of(container.resources.requests, kind);
      auto& limit = part_of(container.resources.limits, kind);
      if (auto& least = part_of(bounds.container_min, kind); least && request && *request < *least)
        return words(container.name, kind, *request, "below the LimitRange's", *least);
      if (auto& most = part_of(bounds.container_max, kind)) {
        auto top = std::max(limit.value_or(0), request.value_or(0));
        if (top > *most)
          return words(container.name, kind, top, "above the LimitRange's", *most);
      }
    }
  auto requests = pod_requests(containers);
  auto limits = pod_limits(containers);
  for (auto kind : both_resources) {
    if (auto& least = part_of(bounds.pod_min, kind); least && requests[kind] < *least)
      return words("the pod", kind, requests[kind], "below the LimitRange's", *least);
    if (auto& most = part_of(bounds.pod_max, kind)) {
      auto top = std::max(limits[kind], requests[kind]);
      if (top > *most)
        return words("the pod", kind, top, "above the LimitRange's", *most);
    }
  }
  return std::nullopt;
}

std::optional<std::string> quota_violation(const resource_quota& quota,
                                           const amounts& more_requests,
                                           const amounts& more_limits) {
  struct side {
    const resources& hard;
    const resources& used;
    const amounts& more;
    const char* name;
  };
  for (auto& one : {side{quota.hard_requests, quota.used_requests, more_requests, "requests"},
                    side{quota.hard_limits, quota.used_limits, more_limits, "limits"}})
    for (auto kind : both_resources) {
      auto& hard = part_of(one.hard, kind);
      auto used = part_of(one.used, kind).value_or(0);
      if (hard && one.more[kind] > 0 && used + one.more[kind] > *hard)
        return "ResourceQuota " + quota.meta.name + " has " +
               format_amount(kind, std::max<int64_t>(0, *hard - used)) + " of " +
               std::string(to_string(kind)) + " " + one.name + " left, " +
               format_amount(kind, one.more[kind]) + " more are needed";
    }
  return std::nullopt;
}

}  // namespace scaleops
