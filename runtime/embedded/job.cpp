// Jobs run `replicas` pods to their end, all at once; CronJobs make a Job each period and keep the
// last few.
#include <algorithm>

#include <fmt/format.h>

#include "runtime/embedded/parts.hpp"

namespace scaleops::embedded {

namespace {

constexpr int64_t backoff_limit = 6;
constexpr size_t kept_jobs = 3;  // successfulJobsHistoryLimit

/// Enough runs have succeeded, or too many have failed.
bool over(const cluster_state& s, uint32_t job) {
  auto& r = s.owners[job];
  auto failed = std::count_if(r.pods.begin(), r.pods.end(),
                              [&](uint32_t p) { return s.pod_of(p).phase == pod_phase::failed; });
  return int32_t(r.runs) >= s.owner_of(job).replicas || failed > backoff_limit;
}

}  // namespace

void reconcile_job(cluster_state& s, uint32_t owner) {
  auto& r = s.owners[owner];
  int32_t live = 0, ready = 0;
  uint32_t succeeded = 0;
  for (auto pod_index : r.pods) {
    auto& value = s.pod_of(pod_index);
    succeeded += value.phase == pod_phase::succeeded;
    live += active(s, pod_index);
    ready += active(s, pod_index) && value.ready;
  }
  r.runs = std::max(r.runs, succeeded);
  auto wanted = s.owner_of(owner).replicas - int32_t(r.runs);
  if (!over(s, owner) && !s.owner_of(owner).paused)
    for (auto have = live + int32_t(r.creating); have < wanted && s.now >= s.owners[owner].retry;
         ++have)
      spawn_pod(s, owner, from_template(s, owner));
  write_status(s, owner, {ready, live, live, {}});
  if (over(s, owner) && r.parent != no_row)
    s.dirty_owners.insert(r.parent);
}

void reconcile_cron_job(cluster_state& s, uint32_t owner) {
  auto& r = s.owners[owner];
  auto period = s.owner_of(owner).schedule_every;
  if (r.runs == 0 && period > milliseconds{0}) {
    // On the period's grid, as a schedule is.
    auto since = s.now.time_since_epoch() % period;
    r.runs = 1;
    s.due.plan(s.now + (period - since), deed::run_cron, owner, r.serial);
  }
  std::vector<uint32_t> ended;
  for (auto job : r.children)
    if (over(s, job))
      ended.push_back(job);
  for (size_t i = 0; i + kept_jobs < ended.size(); ++i)
    collect_owner(s, ended[i]);
  auto running = int32_t(std::count_if(r.children.begin(), r.children.end(),
                                       [&](uint32_t job) { return !over(s, job); }));
  write_status(s, owner, {0, running, running, template_hash(s.owner_of(owner))});
}

void run_cron(cluster_state& s, uint32_t owner) {
  auto& r = s.owners[owner];
  auto& from = s.owner_of(owner);
  s.due.plan(s.now + from.schedule_every, deed::run_cron, owner, r.serial);
  if (from.paused || std::any_of(r.children.begin(), r.children.end(),
                                 [&](uint32_t job) { return !over(s, job); }))
    return;  // suspended, or concurrencyPolicy Forbid
  workload job;
  job.kind = "Job";
  job.meta.ns = from.meta.ns;
  job.meta.name =
    fmt::format("{}-{}", from.meta.name,
                std::chrono::floor<std::chrono::minutes>(s.now).time_since_epoch().count());
  job.meta.labels = from.template_labels;
  job.meta.owners.push_back({from.kind, from.meta.name, from.meta.uid, true});
  job.replicas = std::max(1, from.replicas);
  job.template_labels = from.template_labels;
  job.template_labels["job-name"] = job.meta.name;
  job.template_annotations = from.template_annotations;
  job.containers = from.containers;
  if (!s.store.find(object_kind::workload, job.meta.ns, job.meta.name, "Job"))
    add_object(s, object{std::move(job)});
}

}  // namespace scaleops::embedded
