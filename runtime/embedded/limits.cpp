#include "runtime/embedded/limits.hpp"

#include <fmt/format.h>

namespace scaleops::embedded {

namespace {

using value = std::optional<int64_t>;

void fill(value& to, const value& from) {
  if (!to)
    to = from;
}

std::string check(const char* who, const char* what, const value& request, const value& limit,
                  const value& least, const value& most) {
  if (least && (!request || *request < *least))
    return fmt::format("minimum {} usage per {} is {}, but request is {}", what, who, *least,
                       or_zero(request));
  if (least && limit && *limit < *least)
    return fmt::format("minimum {} usage per {} is {}, but limit is {}", what, who, *least, *limit);
  if (most && (!limit || *limit > *most))
    return limit ? fmt::format("maximum {} usage per {} is {}, but limit is {}", what, who, *most,
                               *limit)
                 : fmt::format("maximum {} usage per {} is {}, but no limit is specified", what,
                               who, *most);
  if (most && request && *request > *most)
    return fmt::format("maximum {} usage per {} is {}, but request is {}", what, who, *most,
                       *request);
  return {};
}

std::string over(const char* what, int64_t wanted, int64_t before, const value& used,
                 const value& hard) {
  if (!hard || wanted <= before || or_zero(used) - before + wanted <= *hard)
    return {};
  return fmt::format("requested: {}={}, used: {}, limited: {}", what, wanted - before,
                     or_zero(used), *hard);
}

}  // namespace

void apply_defaults(pod& pod, const std::vector<const limit_range*>& ranges) {
  for (auto* range : ranges)
    for (auto& c : pod.containers) {
      auto& r = c.resources;
      auto one = [](value& request, value& limit, const value& default_request,
                    const value& default_limit) {
        bool had_limit = limit.has_value();
        fill(limit, default_limit);
        if (!request && had_limit)
          request = limit;  // the API server's own default comes before the range's
        fill(request, default_request);
        fill(request, default_limit);
      };
      one(r.requests.cpu, r.limits.cpu, range->container_default_request.cpu,
          range->container_default.cpu);
      one(r.requests.memory, r.limits.memory, range->container_default_request.memory,
          range->container_default.memory);
    }
}

std::string range_violation(const pod& pod, const std::vector<const limit_range*>& ranges) {
  auto requests = effective_requests(pod);
  auto limits = limit_sum(pod);
  for (auto* range : ranges) {
    for (auto& c : pod.containers) {
      auto& r = c.resources;
      if (auto text = check("Container", "cpu", r.requests.cpu, r.limits.cpu,
                            range->container_min.cpu, range->container_max.cpu);
          !text.empty())
        return text;
      if (auto text = check("Container", "memory", r.requests.memory, r.limits.memory,
                            range->container_min.memory, range->container_max.memory);
          !text.empty())
        return text;
    }
    auto sum = [](int64_t v) { return v > 0 ? value{v} : value{}; };
    if (auto text = check("Pod", "cpu", sum(requests.cpu), sum(limits.cpu), range->pod_min.cpu,
                          range->pod_max.cpu);
        !text.empty())
      return text;
    if (auto text = check("Pod", "memory", sum(requests.memory), sum(limits.memory),
                          range->pod_min.memory, range->pod_max.memory);
        !text.empty())
      return text;
  }
  return {};
}

std::string quota_violation(const pod& pod, const resource_quota& quota, pod_sum before_requests,
                            pod_sum before_limits) {
  for (auto& c : pod.containers) {
    auto& r = c.resources;
    if ((quota.hard_requests.cpu && !r.requests.cpu) ||
        (quota.hard_requests.memory && !r.requests.memory) ||
        (quota.hard_limits.cpu && !r.limits.cpu) || (quota.hard_limits.memory && !r.limits.memory))
      return fmt::format("must specify requests and limits of container {}", c.name);
  }
  auto requests = effective_requests(pod);
  auto limits = limit_sum(pod);
  auto text = over("requests.cpu", requests.cpu, before_requests.cpu, quota.used_requests.cpu,
                   quota.hard_requests.cpu);
  if (text.empty())
    text = over("requests.memory", requests.memory, before_requests.memory,
                quota.used_requests.memory, quota.hard_requests.memory);
  if (text.empty())
    text = over("limits.cpu", limits.cpu, before_limits.cpu, quota.used_limits.cpu,
                quota.hard_limits.cpu);
  if (text.empty())
    text = over("limits.memory", limits.memory, before_limits.memory, quota.used_limits.memory,
                quota.hard_limits.memory);
  return text;
}

}  // namespace scaleops::embedded
