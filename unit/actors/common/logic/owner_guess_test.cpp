#include "actors/common/logic/owner_guess.hpp"

#include <catch2/catch.hpp>

#include "actors/common/logic/cluster_view.hpp"
#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::test;

namespace {

cluster_view with(std::vector<workload> all) {
  cluster_view view;
  for (auto& one : all)
    view.apply({watch_event::type::added, std::make_shared<const object>(one), 1});
  return view;
}

pod of_set(std::string set, std::string hash) {
  return pod_builder{"shop", "web-7d9c-x"}
    .owned_by("ReplicaSet", set)
    .label("pod-template-hash", hash);
}

}  // namespace

TEST_CASE("a pod faster than its ReplicaSet is given to the Deployment by its hash") {
  auto view = with({deployment("shop", "web", 1)});
  CHECK((view.owner(of_set("web-7d9c", "7d9c")) == workload_ref{"shop", "Deployment", "web"}));
}

TEST_CASE("no owner is guessed that does not exist or does not fit the name") {
  auto view = with({deployment("shop", "web", 1)});
  CHECK_FALSE(view.owner(of_set("api-7d9c", "7d9c")));
  CHECK_FALSE(view.owner(of_set("web-7d9c", "other")));
  CHECK_FALSE(view.owner(of_set("web", "web")));
  CHECK_FALSE(view.owner(pod_builder{"other", "x"}
                           .owned_by("ReplicaSet", "web-7d9c")
                           .label("pod-template-hash", "7d9c")));
}

TEST_CASE("a known ReplicaSet decides, whatever its name says") {
  auto view = with({deployment("shop", "web", 1), replica_set("shop", "web-7d9c", "other", 1)});
  CHECK((view.owner(of_set("web-7d9c", "7d9c")) == workload_ref{"shop", "Deployment", "other"}));
}

TEST_CASE("a run of a CronJob is found by its schedule's number") {
  auto view = with({deployment("shop", "report", 1, "CronJob")});
  auto run = [](std::string job) { return pod(pod_builder{"shop", "p"}.owned_by("Job", job)); };
  CHECK((view.owner(run("report-29112345")) == workload_ref{"shop", "CronJob", "report"}));
  CHECK_FALSE(view.owner(run("report-now")));
  CHECK_FALSE(view.owner(run("-29112345")));
  CHECK_FALSE(view.owner(run("report-")));
}

TEST_CASE("static pods belong to nobody whom we may change") {
  CHECK_FALSE(with({}).owner(pod_builder{"shop", "etcd"}.owned_by("Node", "node-1")));
}
