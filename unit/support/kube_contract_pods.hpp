// The contract's cases about pods: resize, eviction, rollout, garbage collection, metrics.
#pragma once

#include "messages/quantity.hpp"
#include "unit/support/kube_contract_tools.hpp"

namespace scaleops::test::contract {

inline container_resources burstable() {
  return {{50, 64 * mebi}, {std::nullopt, 128 * mebi}};
}

inline pod first_pod(contract_host& host, const std::string& app) {
  auto pods = pods_of(host, app);
  REQUIRE(!pods.empty());
  return pods.front();
}

inline ec resize(contract_host& host, const pod& of, const std::string& container,
                 const container_resources& wish, const std::string& uid = {}) {
  resize_pod request{
    {of.meta.ns, of.meta.name}, uid.empty() ? of.meta.uid : uid, {{container, wish}}};
  return code_of(host.ask<object_ptr>(request));
}

inline void refuses_wrong_resizes(contract_host& host) {
  need_namespace(host);
  ready_deployment(host, "web", 1, burstable());
  auto target = first_pod(host, "web");
  auto more = burstable();
  more.requests.cpu = 60;
  CHECK(resize(host, target, "main", more, "another-uid") == ec::conflict);
  CHECK(resize(host, target, "nobody", more) == ec::invalid);
  CHECK(resize(host, target, "main", {{50, 128 * mebi}, {50, 128 * mebi}}) ==
        ec::invalid);                                                         // would be Guaranteed
  CHECK(resize(host, target, "main", {{50, 64 * mebi}, {}}) == ec::invalid);  // limit removed
  CHECK(resize(host, target, "main", {{50, 256 * mebi}, {std::nullopt, 128 * mebi}}) ==
        ec::invalid);
  CHECK(first_pod(host, "web").containers == target.containers);
  container_resources huge{{10'000'000, 64 * mebi}, {std::nullopt, 128 * mebi}};
  CHECK(resize(host, target, "main", huge) ==
        (host.refuses_infeasible() ? ec::infeasible : ec::none));
}

inline void resizes_in_place(contract_host& host) {
  need_namespace(host);
  ready_deployment(host, "web", 1, burstable());
  auto target = first_pod(host, "web");
  container_resources wish{{80, 96 * mebi}, {std::nullopt, 192 * mebi}};
  REQUIRE(resize(host, target, "main", wish) == ec::none);
  auto asked = first_pod(host, "web");
  CHECK(asked.containers[0].resources == wish);
  CHECK(asked.meta.generation > target.meta.generation);
  auto in_force = [&] {
    auto now = first_pod(host, "web");
    return now.statuses[0].actual == wish && !now.resize.in_progress;
  };
  for (int i = 0; i < 60 && !in_force(); ++i)
    host.run_until([] { return false; }, std::chrono::seconds{1});
  auto now = first_pod(host, "web");
  CHECK(now.statuses[0].actual == wish);
  CHECK(now.statuses[0].allocated == wish.requests);
  CHECK(now.statuses[0].restarts == 0);
  CHECK(now.meta.uid == target.meta.uid);
  CHECK(now.resize.pending == resize_status::pending_reason::none);
}

inline pod_disruption_budget budget_for(const std::string& app, const std::string& name,
                                        int32_t min_available) {
  pod_disruption_budget value;
  value.meta.ns = contract_namespace;
  value.meta.name = name;
  value.selector.match_labels = {{"app", app}};
  value.min_available = int_or_percent{min_available, false};
  return value;
}

inline void wait_for_budget(contract_host& host, const std::string& name, int32_t allowed) {
  object_key key{object_kind::pod_disruption_budget, contract_namespace, name, {}};
  for (int i = 0; i < 60 && get<pod_disruption_budget>(host, key).disruptions_allowed != allowed;
       ++i)
    host.run_until([] { return false; }, std::chrono::seconds{1});
  CHECK(get<pod_disruption_budget>(host, key).disruptions_allowed == allowed);
}

inline void evicts_within_budgets(contract_host& host) {
  need_namespace(host);
  ready_deployment(host, "db", 3, burstable());
  auto pods = pods_of(host, "db");
  auto evict = [&](const pod& p, bool dry_run, const std::string& uid) {
    return code_of(host.ask<write_done>(evict_pod{{p.meta.ns, p.meta.name}, uid, dry_run}));
  };
  // Before there is a budget: the API server takes the pod's place in it before it looks at the
  // uid.
  CHECK(evict(pods[0], false, "another-uid") == ec::conflict);
  create(host, budget_for("db", "db", 2));
  wait_for_budget(host, "db", 1);
  CHECK(evict(pods[0], true, pods[0].meta.uid) == ec::none);
  CHECK(evict(pods[0], false, pods[0].meta.uid) == ec::none);  // the dry run took nothing
  wait_for_budget(host, "db", 1);                              // the replacement is ready
  CHECK(evict(pods[1], false, {}) == ec::none);
  // A budget that leaves nothing, so that no replacement can be quicker than the question.
  ready_deployment(host, "full", 2, burstable());
  create(host, budget_for("full", "full", 2));
  auto kept = first_pod(host, "full");
  CHECK(evict(kept, true, {}) == ec::too_many_requests);
  CHECK(evict(kept, false, {}) == ec::too_many_requests);
}

inline void refuses_two_budgets(contract_host& host) {
  need_namespace(host);
  ready_deployment(host, "two", 2, burstable());
  create(host, budget_for("two", "two-a", 1));
  create(host, budget_for("two", "two-b", 1));
  wait_for_budget(host, "two-a", 1);
  auto target = first_pod(host, "two");
  CHECK(code_of(host.ask<write_done>(evict_pod{{target.meta.ns, target.meta.name}, {}, false})) ==
        ec::server_error);
}

inline void rolls_out(contract_host& host) {
  need_namespace(host);
  auto before = ready_deployment(host, "rolled", 3, burstable());
  object_key key{object_kind::workload, contract_namespace, "rolled", "Deployment"};
  auto old_pods = pods_of(host, "rolled");
  patch_metadata restart{key, 0, {}, {}, {{"restarted-at", "now"}}};
  REQUIRE(host.ask<object_ptr>(restart));
  auto done = [&] {
    auto now = get<workload>(host, key);
    return now.meta.generation > before.meta.generation && !now.rolling_out() &&
           now.ready_replicas == 3;
  };
  for (int i = 0; i < 120 && !done(); ++i)
    host.run_until([] { return false; }, std::chrono::seconds{1});
  CHECK(done());
  for (auto& p : pods_of(host, "rolled")) {
    if (p.meta.deleted)
      continue;
    CHECK(p.meta.annotations["restarted-at"] == "now");
    for (auto& old : old_pods)
      CHECK(old.meta.uid != p.meta.uid);
  }
}

inline void collects_garbage(contract_host& host) {
  need_namespace(host);
  ready_deployment(host, "garbage", 2, burstable());
  object_key key{object_kind::workload, contract_namespace, "garbage", "Deployment"};
  REQUIRE(host.ask<write_done>(delete_object{key, {}}));
  auto left = [&] {
    size_t count = pods_of(host, "garbage").size();
    for (auto& item : list(host, object_kind::workload).items)
      count += meta_of(*item).name.starts_with("garbage");
    return count;
  };
  for (int i = 0; i < 90 && left() > 0; ++i)
    host.run_until([] { return false; }, std::chrono::seconds{1});
  CHECK(left() == 0);
}

inline void owners_make_a_chain(contract_host& host) {
  need_namespace(host);
  auto deployment = ready_deployment(host, "chain", 1, burstable());
  auto target = first_pod(host, "chain");
  REQUIRE(target.meta.owners.size() == 1);
  CHECK(target.meta.owners[0].kind == "ReplicaSet");
  object_key key{object_kind::workload, contract_namespace, target.meta.owners[0].name,
                 "ReplicaSet"};
  auto set = get<workload>(host, key);
  CHECK(set.meta.uid == target.meta.owners[0].uid);
  REQUIRE(set.meta.owners.size() == 1);
  CHECK(set.meta.owners[0].uid == deployment.meta.uid);
  CHECK(target.meta.labels["pod-template-hash"] == set.meta.labels["pod-template-hash"]);
}

}  // namespace scaleops::test::contract
