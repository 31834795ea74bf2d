#include "runtime/kube/codec/decode.hpp"
#include "messages/quantity.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

using namespace scaleops;
using namespace scaleops::kube;
using namespace std::chrono_literals;

namespace {

template <class T>
T read(object_kind kind, const std::string& text, const std::string& subkind = {}) {
  decoder decode;
  resource_catalog catalog;
  auto* type = catalog.type_of(kind, subkind);
  REQUIRE(type);
  auto out = decode.object(kind, *type, text);
  if (!out.value)
    FAIL(out.problem);
  return std::get<T>(*out.value);
}

const resource_type pods = resource_catalog{}.types_of(object_kind::pod).front();

}  // namespace

TEST_CASE("a pod is read with its containers, states and resize") {
  auto value = read<pod>(object_kind::pod, R"({"apiVersion":"v1","kind":"Pod",
"metadata":{"name":"web-1","namespace":"shop","uid":"u1","resourceVersion":"42","generation":3,"creationTimestamp":"2026-01-05T00:00:00Z",
 "labels":{"app":"web"},"annotations":{"a":"b","kubectl.kubernetes.io/last-applied-configuration":"{}"},
 "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web","uid":"r1","controller":true},{"kind":"Other","name":"o","uid":"o1"}]},
"spec":{"nodeName":"node-1","priority":100,"restartPolicy":"Never",
 "containers":[{"name":"main","image":"web:1","resources":{"requests":{"cpu":"250m","memory":"64Mi"},"limits":{"memory":"128Mi"}},
   "resizePolicy":[{"resourceName":"cpu","restartPolicy":"NotRequired"},{"resourceName":"memory","restartPolicy":"RestartContainer"}]}],
 "initContainers":[{"name":"setup","image":"s:1"},{"name":"mesh","image":"m:1","restartPolicy":"Always"}]},
"status":{"phase":"Running","startTime":"2026-01-05T00:00:01Z",
 "conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-01-05T00:00:05Z"},
  {"type":"PodResizePending","status":"True","reason":"Infeasible","message":"too big","observedGeneration":3,"lastTransitionTime":"2026-01-05T00:01:00Z"},
  {"type":"PodResizeInProgress","status":"True","reason":"Error","lastTransitionTime":"2026-01-05T00:00:30Z"}],
 "initContainerStatuses":[{"name":"mesh","ready":true,"restartCount":0,"state":{"running":{"startedAt":"2026-01-05T00:00:02Z"}}}],
 "containerStatuses":[{"name":"main","ready":true,"restartCount":2,"state":{"running":{"startedAt":"2026-01-05T00:00:03Z"}},
   "lastState":{"terminated":{"reason":"OOMKilled","exitCode":137,"startedAt":"2026-01-05T00:00:01Z","finishedAt":"2026-01-05T00:00:02Z"}},
   "allocatedResources":{"cpu":"250m","memory":"64Mi"},"resources":{"requests":{"cpu":"0.25","memory":"65536Ki"},"limits":{"memory":"128Mi"}}}]}})");
  CHECK(value.meta.name == "web-1");
  CHECK(value.meta.resource_version == 42);
  CHECK(value.meta.generation == 3);
  CHECK(value.meta.annotations == string_map{{"a", "b"}});
  REQUIRE(value.meta.owners.size() == 2);
  CHECK(value.meta.owners[0].controller);
  CHECK(!value.meta.owners[1].controller);
  CHECK(value.restart_never);
  CHECK(value.priority == 100);
  CHECK(value.phase == pod_phase::running);
  CHECK(value.ready);
  REQUIRE(value.containers.size() == 3);
  CHECK(value.containers[0].resources ==
        container_resources{{250, 64 * mebi}, {std::nullopt, 128 * mebi}});
  CHECK(value.containers[0].resize_cpu == resize_policy::not_required);
  CHECK(value.containers[0].resize_memory == resize_policy::restart_container);
  CHECK(value.containers[1].role == container_role::init);
  CHECK(value.containers[2].role == container_role::sidecar);
  REQUIRE(value.statuses.size() == 3);
  CHECK(value.statuses[0].restarts == 2);
  CHECK(value.statuses[0].actual == value.containers[0].resources);
  CHECK(value.statuses[0].allocated == resources{250, 64 * mebi});
  CHECK(value.statuses[0].last_termination->reason == "OOMKilled");
  CHECK(value.statuses[1].name == "setup");
  CHECK(value.statuses[2].ready);
  CHECK(value.resize.pending == resize_status::pending_reason::infeasible);
  CHECK(value.resize.in_progress);
  CHECK(value.resize.error);
  CHECK(value.resize.message == "too big");
  CHECK(value.resize.observed_generation == 3);
}

TEST_CASE("a Deployment's shares become numbers as Kubernetes rounds them") {
  auto text = [](const char* strategy) {
    return fmt::format(
      R"({{"metadata":{{"name":"web","namespace":"shop","generation":2,"annotations":{{"deployment.kubernetes.io/revision":"7"}}}},
"spec":{{"replicas":10,"minReadySeconds":5,"paused":true,"selector":{{"matchLabels":{{"app":"web"}}}},{}
 "template":{{"metadata":{{"labels":{{"app":"web"}},"annotations":{{"x":"y"}}}},"spec":{{"containers":[{{"name":"main"}}]}}}}}},
"status":{{"replicas":11,"readyReplicas":9,"updatedReplicas":3,"observedGeneration":2}}}})",
      strategy);
  };
  auto plain = read<workload>(object_kind::workload, text(""), "Deployment");
  CHECK(plain.max_unavailable == 2);
  CHECK(plain.max_surge == 3);
  CHECK(plain.min_ready == 5s);
  CHECK(plain.paused);
  CHECK(plain.revision == "7");
  CHECK(plain.rolling_out());
  CHECK(plain.template_annotations == string_map{{"x", "y"}});
  auto share = read<workload>(
    object_kind::workload,
    text(R"("strategy":{"rollingUpdate":{"maxUnavailable":"15%","maxSurge":0}},)"), "Deployment");
  CHECK(share.max_unavailable == 1);
  CHECK(share.max_surge == 0);
  auto at_once =
    read<workload>(object_kind::workload, text(R"("strategy":{"type":"Recreate"},)"), "Deployment");
  CHECK(at_once.max_unavailable == 10);
}

TEST_CASE("workloads that do not roll are never seen rolling") {
  auto job = read<workload>(
    object_kind::workload,
    R"({"metadata":{"name":"j","namespace":"n","generation":1},"spec":{"completions":5,"template":{"spec":{"containers":[{"name":"c"}]}}},"status":{"ready":1}})",
    "Job");
  CHECK(job.replicas == 5);
  CHECK(!job.rolling_out());
  auto cron = read<workload>(
    object_kind::workload,
    R"({"metadata":{"name":"c","namespace":"n"},"spec":{"suspend":true,"jobTemplate":{"spec":{"template":{"spec":{"containers":[{"name":"c"}]}}}}}})",
    "CronJob");
  CHECK(cron.containers.size() == 1);
  CHECK(cron.paused);
  CHECK(!cron.rolling_out());
  auto set = read<workload>(
    object_kind::workload,
    R"({"metadata":{"name":"s","namespace":"n","generation":4},"spec":{"replicas":5,"updateStrategy":{"rollingUpdate":{"partition":3}},"template":{"spec":{}}},
"status":{"replicas":5,"readyReplicas":5,"updatedReplicas":2,"observedGeneration":4,"updateRevision":"s-2"}})",
    "StatefulSet");
  CHECK(!set.rolling_out());
  CHECK(set.revision == "s-2");
  auto daemons = read<workload>(
    object_kind::workload,
    R"({"metadata":{"name":"d","namespace":"n","generation":1},"spec":{"template":{"spec":{}}},
"status":{"desiredNumberScheduled":7,"currentNumberScheduled":7,"numberReady":6,"updatedNumberScheduled":7,"observedGeneration":1}})",
    "DaemonSet");
  CHECK(daemons.replicas == 7);
  CHECK(daemons.ready_replicas == 6);
  CHECK(!daemons.rolling_out());
}

TEST_CASE("nodes, budgets, autoscalers, ranges, quotas, leases and events are read") {
  auto one = read<node>(
    object_kind::node,
    R"({"metadata":{"name":"n1"},"spec":{"unschedulable":true},"status":{"capacity":{"cpu":"4","memory":"16Gi"},"allocatable":{"cpu":"3900m","memory":"15Gi","pods":"58"},
"conditions":[{"type":"Ready","status":"True"},{"type":"MemoryPressure","status":"True"}]}})");
  CHECK(one.capacity.cpu == 4000);
  CHECK(one.allocatable.cpu == 3900);
  CHECK(one.max_pods == 58);
  CHECK(one.ready);
  CHECK(one.unschedulable);
  CHECK(one.memory_pressure);

  auto budget = read<pod_disruption_budget>(
    object_kind::pod_disruption_budget,
    R"({"metadata":{"name":"b","namespace":"n"},"spec":{"minAvailable":"50%","selector":{"matchExpressions":[{"key":"app","operator":"In","values":["a"]}]}},
"status":{"disruptionsAllowed":1,"currentHealthy":3,"desiredHealthy":2,"expectedPods":3}})");
  CHECK(budget.min_available == int_or_percent{50, true});
  CHECK(!budget.max_unavailable);
  CHECK(budget.disruptions_allowed == 1);
  CHECK(budget.selector.matches({{"app", "a"}}));

  auto scaler = read<horizontal_pod_autoscaler>(
    object_kind::horizontal_pod_autoscaler,
    R"({"metadata":{"name":"h","namespace":"n"},"spec":{"scaleTargetRef":{"kind":"Deployment","name":"web"},"maxReplicas":9,
"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":70}}},{"type":"External"}]},"status":{"currentReplicas":3}})");
  CHECK(scaler.target == workload_ref{"n", "Deployment", "web"});
  CHECK(scaler.min_replicas == 1);
  CHECK(scaler.metrics.at(0).utilization == 70);
  CHECK(scaler.external_metrics);

  auto range = read<limit_range>(
    object_kind::limit_range,
    R"({"metadata":{"name":"l","namespace":"n"},"spec":{"limits":[{"type":"Container","max":{"cpu":"2"},"defaultRequest":{"memory":"1Mi"}},{"type":"Pod","min":{"cpu":"1m"}}]}})");
  CHECK(range.container_max.cpu == 2000);
  CHECK(range.container_default_request.memory == mebi);
  CHECK(range.pod_min.cpu == 1);

  auto quota = read<resource_quota>(
    object_kind::resource_quota,
    R"({"metadata":{"name":"q","namespace":"n"},"spec":{"hard":{"cpu":"10","limits.memory":"1Gi"}},"status":{"used":{"cpu":"1"}}})");
  CHECK(quota.hard_requests.cpu == 10000);
  CHECK(!quota.hard_limits.cpu);
  CHECK(quota.hard_limits.memory == 1024 * mebi);
  CHECK(quota.used_requests.cpu == 1000);

  auto held = read<lease>(
    object_kind::lease,
    R"({"metadata":{"name":"l","namespace":"n"},"spec":{"holderIdentity":"me","leaseDurationSeconds":20,"renewTime":"2026-01-05T00:00:00.250000Z","leaseTransitions":3}})");
  CHECK(held.holder == "me");
  CHECK(held.duration == 20s);
  CHECK(held.renewed.time_since_epoch() % 1s == 250ms);
  CHECK(held.transitions == 3);

  auto happened = read<event>(
    object_kind::event,
    R"({"metadata":{"name":"e","namespace":"n"},"involvedObject":{"kind":"Pod","namespace":"n","name":"p"},"reason":"Resized","message":"m","reportingComponent":"scaleops","type":"Warning","eventTime":"2026-01-05T00:00:00.000000Z"})");
  CHECK(happened.object_name == "p");
  CHECK(happened.warning);
  CHECK(happened.component == "scaleops");
  CHECK(happened.last_seen != instant{});
}

TEST_CASE("values of the wrong type read as absent, and never end the list") {
  auto odd = read<pod>(
    object_kind::pod,
    R"({"metadata":{"name":"p","namespace":7,"resourceVersion":"x","labels":[1]},"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"lots","memory":12}}},5]},"status":null})");
  CHECK(odd.meta.ns.empty());
  CHECK(odd.meta.resource_version == 0);
  CHECK(odd.containers.size() == 2);
  CHECK(!odd.containers[0].resources.requests.cpu);
  CHECK(odd.containers[0].resources.requests.memory == 12);
}

TEST_CASE("a list gives its items, its version and where it goes on") {
  decoder decode;
  auto page = decode.list(
    object_kind::pod, pods,
    R"({"kind":"PodList","metadata":{"resourceVersion":"77","continue":"abc"},"items":[{"metadata":{"name":"a"}},{"metadata":{}},{"metadata":{"name":"b"}}]})");
  CHECK(page.problem.empty());
  CHECK(page.items.size() == 2);
  CHECK(page.problems == std::vector<std::string>{"a Pod without a name"});
  CHECK(page.resource_version == 77);
  CHECK(page.continue_token == "abc");
  CHECK(decode.list(object_kind::pod, pods, R"({"metadata":{"resourceVersion":"1"},"items":null})")
          .problem.empty());
  CHECK(!decode.list(object_kind::pod, pods, "<html>").problem.empty());
  CHECK(!decode.list(object_kind::pod, pods, R"({"items":7})").problem.empty());
  CHECK(!decode.list(object_kind::pod, pods, "[]").problem.empty());
}

TEST_CASE("watch events tell what happened, where to resume, and when it is over") {
  decoder decode;
  using types = watch_event::type;
  auto event = [&](const std::string& type, const std::string& object) {
    return decode.event(object_kind::pod, pods,
                        fmt::format(R"({{"type":"{}","object":{}}})", type, object));
  };
  auto added = event("ADDED", R"({"metadata":{"name":"a","resourceVersion":"5"}})");
  CHECK(added.event.what == types::added);
  CHECK(added.event.resource_version == 5);
  CHECK(meta_of(*added.event.object).name == "a");
  CHECK(event("DELETED", R"({"metadata":{"name":"a"}})").event.what == types::deleted);
  auto mark = event("BOOKMARK", R"({"kind":"Pod","metadata":{"resourceVersion":"9"}})");
  CHECK(mark.event.what == types::bookmark);
  CHECK(mark.event.resource_version == 9);
  CHECK(!mark.event.object);
  auto over = event("ERROR", R"({"kind":"Status","code":410,"message":"too old"})");
  CHECK(over.error_status == 410);
  CHECK(event("ERROR", R"({"code":0})").error_status == 500);
  CHECK(over.error.find("too old") != std::string::npos);
  CHECK(!event("NEWS", R"({"metadata":{"name":"a"}})").problem.empty());
  CHECK(!decode.event(object_kind::pod, pods, "{").problem.empty());
  CHECK(!decode.event(object_kind::pod, pods, R"({"type":"ADDED"})").problem.empty());
}

TEST_CASE("an object of ours that breaks its own rules is left out with its reason") {
  decoder decode;
  resource_catalog catalog;
  auto page = decode.list(object_kind::policy, catalog.types_of(object_kind::policy).front(),
                          R"({"metadata":{"resourceVersion":"7"},"items":[
{"apiVersion":"analysis.scaleops.sh/v1alpha1","kind":"Policy","metadata":{"name":"good","namespace":"n","managedFields":[]},"spec":{}},
{"apiVersion":"analysis.scaleops.sh/v1alpha1","kind":"Policy","metadata":{"name":"bad","namespace":"n"},"spec":{"cpu":{"percentile":7}}}]})");
  REQUIRE(page.items.size() == 1);
  CHECK(meta_of(*page.items[0]).name == "good");
  REQUIRE(page.problems.size() == 1);
  CHECK(page.problems[0].find("Policy n/bad: spec.cpu.percentile") == 0);
}
