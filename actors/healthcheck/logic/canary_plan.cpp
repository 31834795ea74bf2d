#include "actors/healthcheck/logic/canary_plan.hpp"

#include "messages/labels.hpp"
#include "messages/quantity.hpp"

namespace scaleops {

namespace {

constexpr const char* canary_name = "canary";
/// No such Deployment exists. The API server wants some uid of an owner, and its garbage collector
/// takes a canary away that we could not delete.
constexpr const char* nobodys_uid = "00000000-0000-0000-0000-000000000000";

}  // namespace

recommendation canary_recommendation(instant now) {
  recommendation canary;
  canary.meta.ns = labels::canary_namespace;
  canary.target = {canary.meta.ns, "Deployment", canary_name};
  canary.meta.name = canary.target.object_name();
  canary.automation = automation_grant{
    "system:serviceaccount:" + std::string(labels::system_namespace) + ":healthcheck", now};
  canary.status.workload = canary.target;
  canary.status.decided_at = now;
  canary.status.policy = "production";
  canary.status.policy_reason = "canary of healthcheck";
  canary.status.revision = 1;
  container_recommendation container;
  container.name = canary_name;
  container.target.requests = canary_recommended;
  container.lower = container.target.requests;
  container.upper = container.target.requests;
  container.confidence = 1;
  canary.status.containers.push_back(std::move(container));
  canary.coverage = 1;
  canary.replicas = 1;
  return canary;
}

pod canary_pod(const std::string& suffix) {
  pod canary;
  canary.meta.ns = labels::canary_namespace;
  canary.meta.name = std::string(canary_name) + "-" + suffix;
  canary.meta.owners.push_back({"Deployment", canary_name, nobodys_uid, true});
  container_spec container;
  container.name = canary_name;
  container.image = "scaleops/canary";
  container.resources.requests = canary_sent;
  canary.containers.push_back(std::move(container));
  return canary;
}

health_check judge_canary(const pod& created, instant now) {
  health_check check{"webhook", check_result::fail, {}, now};
  if (created.containers.empty()) {
    check.detail = "the canary pod came back without containers";
    return check;
  }
  auto& got = created.containers.front().resources.requests;
  if (got != canary_sent && created.meta.annotations.contains(std::string(labels::admission))) {
    check.result = check_result::pass;
    check.detail = "a canary pod was patched at creation";
    return check;
  }
  check.detail =
    "a canary pod was created unchanged (" + format_cpu(got.cpu.value_or(0)) + ", " +
    format_memory(got.memory.value_or(0)) +
    "): the webhook is not registered, not reachable or refuses; see the admissions' log";
  return check;
}

}  // namespace scaleops
