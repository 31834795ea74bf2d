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
};

}  // namespace

bool write_body(const body& from, Envelope& to) {
  return std::visit(body_writer{to}, from);
}

}  // namespace scaleops::wire
