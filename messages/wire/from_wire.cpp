// Generated Protobuf classes to values. A peer may be newer, older or broken: everything is
// checked.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "messages/component_names.hpp"
#include "messages/wire/body.hpp"
#include "messages/wire/envelope.pb.h"

namespace scaleops::wire {

namespace {

/// Something in the message cannot be; ends up as the problem of read_body.
struct broken {
  std::string problem;
};

void require(bool holds, const char* problem) {
  if (!holds)
    throw broken{problem};
}

instant at(int64_t ms) {
  return instant{milliseconds{ms}};
}

template <class Enum>
Enum any_of(uint32_t value, Enum last, const char* problem) {
  require(value <= uint32_t(last), problem);
  return Enum(value);
}

/// What goes by its name, so that values can be added; absent: a newer peer knows more than we do.
template <class Enum>
std::optional<Enum> named(const std::string& name, Enum last) {
  for (uint32_t i = 0; i <= uint32_t(last); ++i)
    if (to_string(Enum(i)) == name)
      return Enum(i);
  return std::nullopt;
}

workload_ref read(const WorkloadRef& from) {
  require(!from.kind().empty() && !from.name().empty(), "a workload without kind or name");
  return {from.namespace_(), from.kind(), from.name()};
}

resources read(const Resources& from) {
  resources to;
  if (from.has_cpu_millicores())
    to.cpu = from.cpu_millicores();
  if (from.has_memory_bytes())
    to.memory = from.memory_bytes();
  require(to.cpu.value_or(0) >= 0 && to.memory.value_or(0) >= 0, "a negative resource");
  return to;
}

container_resources read(const ContainerResources& from) {
  return {read(from.requests()), read(from.limits())};
}

container_spec read(const ContainerSpec& from) {
  container_spec to;
  to.name = from.name();
  to.image = from.image();
  to.role = any_of(from.role(), container_role::sidecar, "an unknown container role");
  to.resources = read(from.resources());
  to.resize_cpu =
    any_of(from.resize_cpu(), resize_policy::restart_container, "an unknown resize policy");
  to.resize_memory =
    any_of(from.resize_memory(), resize_policy::restart_container, "an unknown resize policy");
  return to;
}

workload_facts_ptr read(const WorkloadSeen& from) {
  auto to = std::make_shared<workload_facts>();
  to->ref = read(from.ref());
  to->uid = from.uid();
  for (auto& container : from.containers())
    to->containers.push_back(read(container));
  for (auto& running : from.running())
    to->running.push_back(read(running));
  to->labels = {from.labels().begin(), from.labels().end()};
  to->annotations = {from.annotations().begin(), from.annotations().end()};
  to->namespace_labels = {from.namespace_labels().begin(), from.namespace_labels().end()};
  to->namespace_annotations = {from.namespace_annotations().begin(),
                               from.namespace_annotations().end()};
  to->revision = from.revision();
  to->revision_since = at(from.revision_since_ms());
  to->replicas = from.replicas();
  to->created = at(from.created_ms());
  require(to->running.empty() || to->running.size() == to->containers.size(),
          "running resources of other containers");
  return to;
}

container_usage read(const UsageSample& from, size_t containers) {
  require(from.container() < containers, "a sample of a container that the workload does not have");
  require(std::isfinite(from.cpu_millicores()) && from.cpu_millicores() >= 0,
          "an impossible CPU sample");
  require(from.throttled() >= 0 && from.throttled() <= 1,
          "an impossible share of throttled periods");
  require(from.memory_bytes() >= -1, "an impossible memory sample");
  container_usage to;
  to.container = uint16_t(from.container());
  to.pod = from.pod();
  to.sample = {at(from.at_ms()), from.cpu_millicores(), from.throttled(), from.memory_bytes(),
               from.has_cpu()};
  return to;
}

container_kill read(const Kill& from) {
  require(from.memory_limit() >= 0 && from.memory_request() >= 0 && from.memory_peak() >= 0,
          "a kill with negative memory");
  container_kill to;
  to.container = from.container();
  to.pod = {from.pod_namespace(), from.pod_name()};
  to.kill = {at(from.at_ms()),
             at(from.started_ms()),
             from.memory_limit(),
             from.memory_request(),
             from.memory_peak(),
             any_of(from.cause(), kill_cause::node_pressure, "an unknown cause of a kill")};
  return to;
}

usage_batch read(const UsageBatch& from) {
  std::vector<workload_usage> all;
  for (auto& one : from.usage()) {
    workload_usage usage{read(one.workload()), {}, {}};
    // The index is 16 bits wide in a sample.
    auto containers = std::min<size_t>(usage.workload->containers.size(), UINT16_MAX);
    for (auto& sample : one.samples())
      usage.samples.push_back(read(sample, containers));
    for (auto& kill : one.kills())
      usage.kills.push_back(read(kill));
    all.push_back(std::move(usage));
  }
  return {from.agent(), from.seq(),
          std::make_shared<const std::vector<workload_usage>>(std::move(all))};
}

container_recommendation read(const ContainerRecommendation& from) {
  require(from.confidence() >= 0 && from.confidence() <= 1, "an impossible confidence");
  container_recommendation to;
  to.name = from.name();
  to.current = read(from.current());
  to.target = read(from.target());
  to.lower = read(from.lower());
  to.upper = read(from.upper());
  to.confidence = from.confidence();
  for (auto& why : from.reasons())
    // A newer peer may know reasons that we do not: the decision counts without them.
    if (auto code = parse_reason(why.code()))
      to.reasons.push_back({any_of(why.resource(), resource_kind::memory, "an unknown resource"),
                            *code, why.value(), why.reference()});
  to.urgent = from.urgent();
  return to;
}

recommendation_made read(const Recommendation& from) {
  auto to = std::make_shared<workload_recommendation>();
  to->workload = read(from.workload());
  to->decided_at = at(from.decided_at_ms());
  to->policy = from.policy();
  to->policy_reason = from.policy_reason();
  for (auto& container : from.containers())
    to->containers.push_back(read(container));
  to->revision = from.revision();
  to->input_digest = from.input_digest();
  return {std::move(to)};
}

component_status read(const Status& from) {
  auto which = component_named(from.component());
  require(which.has_value(), "a status of an unknown component");
  return {*which, from.ready(), from.detail(), at(from.at_ms()), from.done()};
}

failure read(const Failure& from) {
  return {named(from.code(), ec::shutting_down).value_or(ec::server_error), from.text()};
}

bool finite(std::initializer_list<double> values) {
  return std::all_of(values.begin(), values.end(), [](double each) { return std::isfinite(each); });
}

std::optional<risk_range> read(bool there, const RiskRange& from) {
  if (!there)
    return std::nullopt;
  require(finite({from.expected(), from.low(), from.high()}), "a risk that is no number");
  return risk_range{from.expected(), from.low(), from.high()};
}

workload_risk read(const WorkloadRisk& from) {
  workload_risk to;
  for (auto& each : from.containers()) {
    container_risk risk;
    risk.container = each.container();
    risk.days = each.days();
    risk.memory_limited = each.memory_limited();
    risk.oom_chance = read(each.has_oom_chance(), each.oom_chance());
    risk.over_request_h = read(each.has_over_request_h(), each.over_request_h());
    risk.throttled_h = read(each.has_throttled_h(), each.throttled_h());
    risk.cpu_changes = read(each.has_cpu_changes(), each.cpu_changes());
    risk.memory_changes = read(each.has_memory_changes(), each.memory_changes());
    require(std::isfinite(risk.days), "a risk that is no number");
    to.containers.push_back(std::move(risk));
  }
  return to;
}

std::vector<double> read(const google::protobuf::RepeatedField<double>& from) {
  for (double each : from)
    require(std::isfinite(each), "a shape with what is no number");
  return {from.begin(), from.end()};
}

usage_shape read(const UsageShape& from) {
  require(std::isfinite(from.hours()) && from.memory_peak() >= 0, "an impossible shape of usage");
  return {read(from.cpu_percentiles()), read(from.levels()), read(from.cpu_by_hour()),
          from.memory_peak(), from.hours()};
}

update_log read(const UpdateLog& from) {
  update_log to;
  to.last = from.last();
  for (auto& each : from.records()) {
    update_record record;
    record.at = at(each.at_ms());
    record.workload = read(each.workload());
    record.pod = {each.pod_namespace(), each.pod_name()};
    record.action = any_of(each.action(), update_action::evict, "an unknown action");
    record.done = each.done();
    record.why = named(each.why(), refusal::fight).value_or(refusal::none);
    record.detail = each.detail();
    record.before = read(each.before());
    record.after = read(each.after());
    record.container = each.container();
    to.records.push_back(std::move(record));
  }
  return to;
}

}  // namespace

std::optional<body> read_body(const Envelope& from, std::string& problem) {
  try {
    switch (from.body_case()) {
      case Envelope::kWorkloadSeen:
        return workload_seen{read(from.workload_seen())};
      case Envelope::kWorkloadGone:
        return workload_gone{read(from.workload_gone())};
      case Envelope::kUsageBatch:
        return read(from.usage_batch());
      case Envelope::kUsageAck:
        return usage_ack{from.usage_ack().agent(), from.usage_ack().seq()};
      case Envelope::kRecommendation:
        return read(from.recommendation());
      case Envelope::kStatusQuery:
        return status_query{};
      case Envelope::kStatus:
        return read(from.status());
      case Envelope::kFailure:
        return read(from.failure());
      case Envelope::kRecommendationQuery:
        return recommendation_query{read(from.recommendation_query())};
      case Envelope::kEvidenceQuery:
        return evidence_query{read(from.evidence_query())};
      case Envelope::kEvidence:
        return recommendation_evidence{
          std::make_shared<const std::string>(from.evidence().bytes())};
      case Envelope::kRiskQuery:
        return risk_query{read(from.risk_query())};
      case Envelope::kWorkloadRisk:
        return read(from.workload_risk());
      case Envelope::kUsageShapeQuery:
        return usage_shape_query{read(from.usage_shape_query().workload()),
                                 from.usage_shape_query().container()};
      case Envelope::kUsageShape:
        return read(from.usage_shape());
      case Envelope::kUpdateLogQuery:
        return update_log_query{from.update_log_query().after()};
      case Envelope::kUpdateLog:
        return read(from.update_log());
      case Envelope::BODY_NOT_SET:
        break;
    }
    problem = from.version() > version
                ? fmt::format("a message of version {}, which is newer than ours ({})",
                              from.version(), version)
                : "an envelope without a message";
  } catch (const broken& e) {
    problem = e.problem;
  }
  return std::nullopt;
}

}  // namespace scaleops::wire
