// The inventory's numbers over time: readings become use, use becomes points, all is summed up.
#include <algorithm>

#include "actors/dashboards/logic/inventory.hpp"

namespace scaleops::dashboards::logic {

using std::chrono::minutes;

pod_row* inventory::find_pod(const pod_ref& ref) {
  auto found = pods_.find(ref);
  return found == pods_.end() ? nullptr : &found->second;
}

void inventory::measure(pod_row& row, std::string_view container, const usage_reading& reading) {
  auto index = find_container(row.object->containers, container);
  if (!index || *index >= row.meters.size())
    return;
  auto& meter = row.meters[*index];
  auto span = std::chrono::duration<double>(reading.at - meter.last.at).count();
  bool same_run = meter.last.at != instant{} && meter.last.started == reading.started &&
                  reading.cpu_seconds >= meter.last.cpu_seconds;
  if (same_run && span <= 0)
    return;  // the kubelet has nothing newer
  meter.rated = same_run;
  meter.cpu = same_run ? 1000 * (reading.cpu_seconds - meter.last.cpu_seconds) / span : 0;
  meter.last = reading;
}

void inventory::sample(instant now) {
  amounts used;
  bool any = false;
  for (auto& [ref, row] : workloads_) {
    row.use = {};
    row.measured = 0;
    double cpu_max = 0;
    int64_t memory_max = 0;
    for (auto& [name, pod] : row.pods) {
      if (!pod->live)
        continue;
      double cpu = 0;
      int64_t memory = 0;
      bool measured = false;
      for (auto& meter : pod->meters) {
        if (now - meter.last.at > minutes{15})
          continue;
        measured = measured || meter.rated;
        cpu += meter.rated ? meter.cpu : 0;
        memory += meter.last.memory;
      }
      if (!measured)
        continue;
      ++row.measured;
      row.use += {int64_t(cpu + 0.5), memory};
      cpu_max = std::max(cpu_max, cpu);
      memory_max = std::max(memory_max, memory);
    }
    if (row.measured > 0) {
      any = true;
      double n = row.measured;
      row.series.add(
        now, {double(row.use.cpu) / n, cpu_max, double(row.use.memory) / n, double(memory_max)});
    }
    used += row.use;
  }
  auto all = sum();
  auto use_of = [&](int64_t value) { return any ? double(value) : missing; };
  cluster_history::row point;
  point[cpu_used] = use_of(used.cpu);
  point[cpu_requested] = double(all.requests.cpu);
  point[cpu_recommended] = double(all.recommended.cpu);
  point[cpu_allocatable] = double(all.allocatable.cpu);
  point[cpu_original] = double(all.original.cpu);
  point[memory_used] = use_of(used.memory);
  point[memory_requested] = double(all.requests.memory);
  point[memory_recommended] = double(all.recommended.memory);
  point[memory_allocatable] = double(all.allocatable.memory);
  point[memory_original] = double(all.original.memory);
  series_.add(now, point);
  sampled_at_ = now;
  purge();
}

inventory::totals inventory::sum() const {
  totals t;
  for (auto& [ref, row] : workloads_) {
    t.requests += row.requests;
    t.use += row.use;
    t.recommended += row.recommended();
    t.original += row.original();
    t.measured = t.measured || row.measured > 0;
    ++t.workloads;
    t.advised += row.advice && !row.advice->status.containers.empty();
    t.granted += row.grant.granted;
    t.excluded += row.grant.why == grant_denial::excluded;
    auto open = row.requests - row.recommended();
    if (row.grant.granted) {
      t.realised += row.original() - row.requests;
      t.pending += open;
    } else if (row.grant.why != grant_denial::system_namespace) {
      t.possible += open;
      t.open += row.grant.why != grant_denial::excluded;
    }
    t.learning += row.learning();
  }
  t.pods = pods_.size();
  for (auto& [ref, row] : pods_)
    t.containers += row.object->containers.size();
  for (auto& [key, n] : view_.nodes.all()) {
    ++t.nodes;
    if (!n->ready)
      continue;
    ++t.ready_nodes;
    t.allocatable += {n->allocatable.cpu.value_or(0), n->allocatable.memory.value_or(0)};
  }
  return t;
}

}  // namespace scaleops::dashboards::logic
