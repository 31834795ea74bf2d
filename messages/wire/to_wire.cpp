#include "messages/wire/body.hpp"

#include "messages/wire/envelope.pb.h"

namespace scaleops::wire {

namespace {

int64_t ms(instant at) {
  return at.time_since_epoch().count();
}

void write(const workload_ref& from, WorkloadRef& to) {
  to.set_namespace_(from.ns);
  to.set_kind(from.kind);
  to.set_name(from.name);
}

void write(const resources& from, Resources& to) {
  if (from.cpu)
    to.set_cpu_millicores(*from.cpu);
  if (from.memory)
    to.set_memory_bytes(*from.memory);
}

void write(const container_resources& from, ContainerResources& to) {
  write(from.requests, *to.mutable_requests());
  write(from.limits, *to.mutable_limits());
}

void write(const container_spec& from, ContainerSpec& to) {
  to.set_name(from.name);
  to.set_image(from.image);
  to.set_role(uint32_t(from.role));
  write(from.resources, *to.mutable_resources());
  to.set_resize_cpu(uint32_t(from.resize_cpu));
  to.set_resize_memory(uint32_t(from.resize_memory));
}

void write(const workload_facts& from, WorkloadSeen& to) {
  write(from.ref, *to.mutable_ref());
  to.set_uid(from.uid);
  for (auto& container : from.containers)
    write(container, *to.add_containers());
  for (auto& running : from.running)
    write(running, *to.add_running());
  to.mutable_labels()->insert(from.labels.begin(), from.labels.end());
  to.mutable_annotations()->insert(from.annotations.begin(), from.annotations.end());
  to.mutable_namespace_labels()->insert(from.namespace_labels.begin(), from.namespace_labels.end());
  to.mutable_namespace_annotations()->insert(from.namespace_annotations.begin(),
                                             from.namespace_annotations.end());
  to.set_revision(from.revision);
  to.set_revision_since_ms(ms(from.revision_since));
  to.set_replicas(from.replicas);
  to.set_created_ms(ms(from.created));
}

void write(const container_usage& from, UsageSample& to) {
  to.set_container(from.container);
  to.set_pod(from.pod);
  to.set_at_ms(ms(from.sample.at));
  to.set_cpu_millicores(from.sample.cpu);
  to.set_throttled(from.sample.throttled);
  to.set_memory_bytes(from.sample.memory);
  to.set_has_cpu(from.sample.has_cpu);
}

void write(const container_kill& from, Kill& to) {
  to.set_container(from.container);
  to.set_pod_namespace(from.pod.ns);
  to.set_pod_name(from.pod.name);
  to.set_at_ms(ms(from.kill.at));
  to.set_started_ms(ms(from.kill.started));
  to.set_memory_limit(from.kill.memory_limit);
  to.set_memory_request(from.kill.memory_request);
  to.set_memory_peak(from.kill.memory_peak);
  to.set_cause(uint32_t(from.kill.cause));
}

void write(const container_recommendation& from, ContainerRecommendation& to) {
  to.set_name(from.name);
  write(from.current, *to.mutable_current());
  write(from.target, *to.mutable_target());
  write(from.lower, *to.mutable_lower());
  write(from.upper, *to.mutable_upper());
  to.set_confidence(from.confidence);
  for (auto& why : from.reasons) {
    auto& reason = *to.add_reasons();
    reason.set_resource(uint32_t(why.resource));
    reason.set_code(std::string(to_string(why.code)));
    reason.set_value(why.value);
    reason.set_reference(why.reference);
  }
  to.set_urgent(from.urgent);
}

void write(const std::optional<risk_range>& from, RiskRange* (ContainerRisk::*part)(),
           ContainerRisk& to) {
  if (!from)
    return;
  auto& range = *(to.*part)();
  range.set_expected(from->expected);
  range.set_low(from->low);
  range.set_high(from->high);
}

void write(const container_risk& from, ContainerRisk& to) {
  to.set_container(from.container);
  to.set_days(from.days);
  to.set_memory_limited(from.memory_limited);
  write(from.oom_chance, &ContainerRisk::mutable_oom_chance, to);
  write(from.over_request_h, &ContainerRisk::mutable_over_request_h, to);
  write(from.throttled_h, &ContainerRisk::mutable_throttled_h, to);
  write(from.cpu_changes, &ContainerRisk::mutable_cpu_changes, to);
  write(from.memory_changes, &ContainerRisk::mutable_memory_changes, to);
}

void write(const update_record& from, UpdateRecord& to) {
  to.set_at_ms(ms(from.at));
  write(from.workload, *to.mutable_workload());
  to.set_pod_namespace(from.pod.ns);
  to.set_pod_name(from.pod.name);
  to.set_action(uint32_t(from.action));
  to.set_done(from.done);
  to.set_why(std::string(to_string(from.why)));
  to.set_detail(from.detail);
  write(from.before, *to.mutable_before());
  write(from.after, *to.mutable_after());
  to.set_container(from.container);
}

/// One overload a message; false when a shared part is null.
struct body_writer {
  Envelope& to;

  bool operator()(const workload_seen& from) const {
    if (!from.facts)
      return false;
    write(*from.facts, *to.mutable_workload_seen());
    return true;
  }
  bool operator()(const workload_gone& from) const {
    write(from.ref, *to.mutable_workload_gone());
    return true;
  }
  bool operator()(const usage_batch& from) const {
    if (!from.usage)
      return false;
    auto& batch = *to.mutable_usage_batch();
    batch.set_agent(from.agent);
    batch.set_seq(from.seq);
    for (auto& one : *from.usage) {
      if (!one.workload)
        return false;
      auto& usage = *batch.add_usage();
      write(*one.workload, *usage.mutable_workload());
      for (auto& sample : one.samples)
        write(sample, *usage.add_samples());
      for (auto& kill : one.kills)
        write(kill, *usage.add_kills());
    }
    return true;
  }
  bool operator()(const usage_ack& from) const {
    to.mutable_usage_ack()->set_agent(from.agent);
    to.mutable_usage_ack()->set_seq(from.seq);
    return true;
  }
  bool operator()(const recommendation_made& from) const {
    if (!from.recommendation)
      return false;
    auto& made = *to.mutable_recommendation();
    auto& decision = *from.recommendation;
    write(decision.workload, *made.mutable_workload());
    made.set_decided_at_ms(ms(decision.decided_at));
    made.set_policy(decision.policy);
    made.set_policy_reason(decision.policy_reason);
    for (auto& container : decision.containers)
      write(container, *made.add_containers());
    made.set_revision(decision.revision);
    made.set_input_digest(decision.input_digest);
    return true;
  }
  bool operator()(const status_query&) const {
    to.mutable_status_query();
    return true;
  }
  bool operator()(const component_status& from) const {
    auto& status = *to.mutable_status();
    status.set_component(std::string(to_string(from.which)));
    status.set_ready(from.ready);
    status.set_detail(from.detail);
    status.set_at_ms(ms(from.at));
    status.set_done(from.done);
    return true;
  }
  bool operator()(const failure& from) const {
    to.mutable_failure()->set_code(std::string(to_string(from.code)));
    to.mutable_failure()->set_text(from.text);
    return true;
  }
  bool operator()(const recommendation_query& from) const {
    write(from.workload, *to.mutable_recommendation_query());
    return true;
  }
  bool operator()(const evidence_query& from) const {
    write(from.workload, *to.mutable_evidence_query());
    return true;
  }
  bool operator()(const recommendation_evidence& from) const {
    if (!from.bytes)
      return false;
    to.mutable_evidence()->set_bytes(*from.bytes);
    return true;
  }
  bool operator()(const risk_query& from) const {
    write(from.workload, *to.mutable_risk_query());
    return true;
  }
  bool operator()(const workload_risk& from) const {
    auto& risk = *to.mutable_workload_risk();
    for (auto& container : from.containers)
      write(container, *risk.add_containers());
    return true;
  }
  bool operator()(const usage_shape_query& from) const {
    write(from.workload, *to.mutable_usage_shape_query()->mutable_workload());
    to.mutable_usage_shape_query()->set_container(from.container);
    return true;
  }
  bool operator()(const usage_shape& from) const {
    auto& shape = *to.mutable_usage_shape();
    shape.mutable_cpu_percentiles()->Add(from.cpu_percentiles.begin(), from.cpu_percentiles.end());
    shape.mutable_levels()->Add(from.levels.begin(), from.levels.end());
    shape.mutable_cpu_by_hour()->Add(from.cpu_by_hour.begin(), from.cpu_by_hour.end());
    shape.set_memory_peak(from.memory_peak);
    shape.set_hours(from.hours);
    return true;
  }
  bool operator()(const update_log_query& from) const {
    to.mutable_update_log_query()->set_after(from.after);
    return true;
  }
  bool operator()(const update_log& from) const {
    auto& log = *to.mutable_update_log();
    log.set_last(from.last);
    for (auto& record : from.records)
      write(record, *log.add_records());
    return true;
  }
};

}  // namespace

bool write_body(const body& from, Envelope& to) {
  return std::visit(body_writer{to}, from);
}

}  // namespace scaleops::wire
