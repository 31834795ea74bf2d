#include "actors/updater/logic/progress.hpp"

#include <algorithm>
#include <cstdlib>

#include "actors/common/logic/resources.hpp"

namespace scaleops {

namespace {

constexpr int64_t cpu_rounding = 10;           // millicores
constexpr int64_t memory_rounding = 64 << 10;  // bytes: the largest page size in use

bool close_to(resource_kind kind, int64_t is, int64_t wanted) {
  auto off = std::abs(is - wanted);
  return off <= (kind == resource_kind::cpu ? cpu_rounding : memory_rounding);
}

}  // namespace

bool in_force(const container_status& status, const container_resources& wanted) {
  for (auto kind : both_resources) {
    auto& request = part_of(wanted.requests, kind);
    auto admitted = part_of(status.allocated, kind);
    if (!admitted)
      admitted = part_of(status.actual.requests, kind);
    if (request && (!admitted || *admitted != *request))
      return false;
    auto& limit = part_of(wanted.limits, kind);
    auto& enforced = part_of(status.actual.limits, kind);
    if (limit && (!enforced || !close_to(kind, *enforced, *limit)))
      return false;
  }
  return true;
}

resize_progress progress_of(const pod& now, const std::vector<container_resize>& wanted,
                            int64_t generation) {
  auto& resize = now.resize;
  bool of_ours = resize.observed_generation == 0 || resize.observed_generation >= generation;
  if (of_ours) {
    using reason = resize_status::pending_reason;
    if (resize.pending == reason::infeasible)
      return {resize_stage::infeasible, resize.message};
    if (resize.pending == reason::deferred)
      return {resize_stage::deferred, resize.message};
    if (resize.in_progress)
      return {resize.error ? resize_stage::failing : resize_stage::under_way, resize.message};
  }
  for (auto& part : wanted) {
    auto status = std::find_if(now.statuses.begin(), now.statuses.end(),
                               [&](auto& one) { return one.name == part.container; });
    if (status == now.statuses.end() || !in_force(*status, part.resources))
      return {resize_stage::under_way, {}};
  }
  return {resize_stage::done, {}};
}

}  // namespace scaleops
