#include "actors/recommender/logic/evidence.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "actors/recommender/logic/checksum.hpp"
#include "messages/crd/crd.hpp"
#include "messages/wire/evidence.pb.h"

namespace scaleops {

namespace {

using recommender_logic::crc32;

constexpr uint32_t evidence_version = 1;
constexpr size_t most_bytes = 4 << 20;

// ---- writing ----

void put(wire::EvidenceAmounts& out, const resources& in) {
  if (in.cpu)
    out.set_cpu(*in.cpu);
  if (in.memory)
    out.set_memory(*in.memory);
}

int64_t milliseconds_of(instant at) {
  return at.time_since_epoch().count();
}

/// As canonical JSON: the kind's own description reads and writes every setting exactly.
std::string policy_text(const policy_spec& spec) {
  policy document;
  document.meta.name = "evidence";
  document.spec = spec;
  return crd::render(document).dump();
}

void put(wire::EvidenceContainer& out, const container_evidence& in) {
  out.set_name(in.name);
  out.set_image(in.image);
  out.set_role(uint32_t(in.role));
  put(*out.mutable_requests(), in.current.requests);
  put(*out.mutable_limits(), in.current.limits);
  if (in.state)
    out.set_state(in.state->save());
  out.set_changed_ms(milliseconds_of(in.changed_at));
}

void put(wire::EvidenceBody& out, const sizing_facts& in) {
  out.set_owner_kind(in.owner_kind);
  out.set_replicas(in.replicas);
  out.set_cost(uint32_t(in.cost));
  if (in.limits) {
    auto& limits = *out.mutable_limits();
    put(*limits.mutable_container_min(), in.limits->container_min);
    put(*limits.mutable_container_max(), in.limits->container_max);
    put(*limits.mutable_pod_min(), in.limits->pod_min);
    put(*limits.mutable_pod_max(), in.limits->pod_max);
  }
  put(*out.mutable_quota(), in.quota_requests);
  put(*out.mutable_node_room(), in.node_room);
  for (auto& metric : in.hpa) {
    auto& to = *out.add_hpa();
    to.set_resource(uint32_t(metric.resource));
    to.set_container(metric.container);
    if (metric.utilization)
      to.set_utilization(*metric.utilization);
    if (metric.average_value)
      to.set_average_value(*metric.average_value);
  }
  out.set_hpa_moves(in.hpa_moves);
}

// ---- reading ----

resources amounts(const wire::EvidenceAmounts& in) {
  resources out;
  if (in.has_cpu())
    out.cpu = in.cpu();
  if (in.has_memory())
    out.memory = in.memory();
  return out;
}

instant instant_of(int64_t ms) {
  return instant{milliseconds{ms}};
}

bool take(container_evidence& out, const wire::EvidenceContainer& in, std::string& why) {
  if (in.role() > uint32_t(container_role::sidecar)) {
    why = fmt::format("names the unknown role {} of container {}", in.role(), in.name());
    return false;
  }
  out.name = in.name();
  out.image = in.image();
  out.role = container_role(in.role());
  out.current = {amounts(in.requests()), amounts(in.limits())};
  out.changed_at = instant_of(in.changed_ms());
  if (in.state().empty())
    return true;
  std::string problem;
  out.state = container_state::load(in.state(), problem);
  if (!out.state)
    why = fmt::format("holds a state of container {} that {}", in.name(), problem);
  return out.state.has_value();
}

bool take(sizing_facts& out, const wire::EvidenceBody& in, std::string& why) {
  if (in.cost() > uint32_t(change_cost::restart)) {
    why = fmt::format("names the unknown cost {} of a change", in.cost());
    return false;
  }
  out.owner_kind = in.owner_kind();
  out.replicas = in.replicas();
  out.cost = change_cost(in.cost());
  if (in.has_limits()) {
    auto& limits = out.limits.emplace();
    limits.container_min = amounts(in.limits().container_min());
    limits.container_max = amounts(in.limits().container_max());
    limits.pod_min = amounts(in.limits().pod_min());
    limits.pod_max = amounts(in.limits().pod_max());
  }
  out.quota_requests = amounts(in.quota());
  out.node_room = amounts(in.node_room());
  for (auto& metric : in.hpa()) {
    if (metric.resource() > uint32_t(resource_kind::memory)) {
      why = fmt::format("names the unknown resource {} of an autoscaler", metric.resource());
      return false;
    }
    auto& to = out.hpa.emplace_back();
    to.resource = resource_kind(metric.resource());
    to.container = metric.container();
    if (metric.has_utilization())
      to.utilization = metric.utilization();
    if (metric.has_average_value())
      to.average_value = metric.average_value();
  }
  out.hpa_moves = in.hpa_moves();
  return true;
}

std::shared_ptr<const policy_spec> take_policy(const std::string& text, std::string& why) {
  auto document = nlohmann::json::parse(text, nullptr, false);
  if (document.is_discarded()) {
    why = "holds a policy that is not JSON";
    return nullptr;
  }
  auto parsed = crd::parse(document);
  auto* found = parsed.value ? std::get_if<policy>(&*parsed.value) : nullptr;
  if (!found) {
    why = "holds a policy that is refused: " +
          (parsed.problems.empty() ? "it is of another kind" : parsed.problems.front());
    return nullptr;
  }
  return std::make_shared<const policy_spec>(std::move(found->spec));
}

}  // namespace

std::vector<container_evidence> evidence_of(std::span<const container_input> containers) {
  std::vector<container_evidence> out;
  out.reserve(containers.size());
  for (auto& c : containers) {
    auto& to = out.emplace_back(
      container_evidence{c.name, c.image, c.role, c.current, std::nullopt, c.changed_at});
    if (c.state)
      to.state = *c.state;
  }
  return out;
}

std::vector<container_input> inputs_of(const decision_evidence& evidence) {
  std::vector<container_input> out;
  out.reserve(evidence.containers.size());
  for (auto& c : evidence.containers)
    out.push_back(
      {c.name, c.image, c.role, c.current, c.state ? &*c.state : nullptr, c.changed_at});
  return out;
}

remade_decision remake(const decision_evidence& evidence) {
  auto inputs = inputs_of(evidence);
  return {input_digest(inputs, *evidence.policy, evidence.facts, evidence.decided_at),
          recommend(inputs, *evidence.policy, evidence.facts, evidence.decided_at)};
}

std::string save_evidence(const decision_evidence& evidence) {
  wire::EvidenceBody body;
  body.set_namespace_(evidence.workload.ns);
  body.set_kind(evidence.workload.kind);
  body.set_name(evidence.workload.name);
  body.set_decided_ms(milliseconds_of(evidence.decided_at));
  body.set_policy(evidence.policy_name);
  body.set_policy_reason(evidence.policy_reason);
  body.set_policy_object(policy_text(*evidence.policy));
  for (auto& container : evidence.containers)
    put(*body.add_containers(), container);
  put(body, evidence.facts);
  wire::Evidence out;
  out.set_version(evidence_version);
  out.set_body(body.SerializeAsString());
  out.set_checksum(crc32(0, out.body()));
  return out.SerializeAsString();
}

std::optional<decision_evidence> load_evidence(std::string_view bytes, std::string& why) {
  wire::Evidence sealed;
  wire::EvidenceBody body;
  auto refuse = [&why](std::string reason) {
    why = std::move(reason);
    return std::nullopt;
  };
  if (bytes.size() > most_bytes)
    return refuse(fmt::format("has {} bytes, more than {}", bytes.size(), most_bytes));
  if (bytes.empty() || !sealed.ParseFromArray(bytes.data(), int(bytes.size())))
    return refuse("is not evidence of a recommendation");
  if (sealed.version() == 0 || sealed.version() > evidence_version)
    return refuse(fmt::format("has version {}, known are versions up to {}", sealed.version(),
                              evidence_version));
  if (sealed.checksum() != crc32(0, sealed.body()))
    return refuse("is damaged: its checksum does not match");
  if (!body.ParseFromString(sealed.body()))
    return refuse("is damaged: its body cannot be read");
  decision_evidence out;
  out.workload = {body.namespace_(), body.kind(), body.name()};
  out.decided_at = instant_of(body.decided_ms());
  out.policy_name = body.policy();
  out.policy_reason = body.policy_reason();
  out.policy = take_policy(body.policy_object(), why);
  if (!out.policy || !take(out.facts, body, why))
    return std::nullopt;
  for (auto& container : body.containers())
    if (!take(out.containers.emplace_back(), container, why))
      return std::nullopt;
  return out;
}

}  // namespace scaleops
