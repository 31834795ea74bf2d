#include "actors/recommender/checkpoint_slot.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "actors/recommender/checkpoint_keeper.hpp"
#include "unit/actors/recommender/bench.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

checkpoint_sink_actor::behavior_type recording(
  checkpoint_sink_actor::pointer, std::shared_ptr<std::vector<checkpoints_loaded>> into) {
  return {[into](checkpoints_loaded& past) { into->push_back(past); }};
}

struct fixture {
  world w;
  fake_kube kube{w};
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::shared_ptr<std::vector<checkpoints_loaded>> loaded =
    std::make_shared<std::vector<checkpoints_loaded>>();
  checkpoint_keeper_actor aut;

  void start() {
    component_env env{kube.handle(), w.anchor(), registry, "recommender-0", 1};
    auto sink = w.own(w.sys().spawn(recording, loaded));
    aut = spawn_child<checkpoint_keeper_actor>(
      w, [&](caf::local_actor* self) { return spawn_checkpoint_keeper(self, {}, env, sink); });
  }
  saved_workload_ptr saved(std::string name, std::string bytes) {
    auto out = std::make_shared<saved_workload>();
    out->workload = {"shop", "Deployment", std::move(name)};
    out->containers = {{"app", std::move(bytes)}};
    out->seen = w.wall();
    return out;
  }
  void write(uint32_t slot, std::vector<saved_workload_ptr> workloads) {
    caf::anon_send(aut, write_slot{slot, std::move(workloads)});
    w.settle();
  }
  std::shared_ptr<const checkpoint> object(std::string name) {
    return kube.find<checkpoint>({object_kind::checkpoint, "scaleops-system", std::move(name), {}});
  }
  double writes(const std::string& result) {
    return metric(*registry, "scaleops_recommender_checkpoint_writes_total", "result", result);
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "an empty cluster has no past, and says so once") {
  start();
  REQUIRE(loaded->size() == 1);
  CHECK(loaded->at(0).workloads.empty());
}

TEST_CASE_METHOD(fixture, "what one keeper writes the next one reads, byte for byte") {
  start();
  std::string odd("\0\x01\xff", 3);
  write(3, {saved("web", odd), saved("cart", "state")});
  write(7, {saved("api", std::string(5000, 'x'))});
  CHECK(object("slot-0003"));
  CHECK(writes("ok") == 2);
  start();
  REQUIRE(loaded->size() == 2);
  auto& past = loaded->at(1).workloads;
  REQUIRE(past.size() == 3);
  CHECK(past[0]->workload.name == "web");
  CHECK(past[0]->containers[0].second == odd);
  CHECK(past[0]->seen == past[1]->seen);
  CHECK(past[2]->containers[0].second.size() == 5000);
}

TEST_CASE_METHOD(fixture, "a corrupt checkpoint is refused and counted, the others are read") {
  start();
  write(1, {saved("web", "state")});
  checkpoint broken;
  broken.meta.ns = "scaleops-system";
  broken.meta.name = "slot-0002";
  broken.data = std::make_shared<const std::string>("\xff\xff not protobuf");
  kube.put(broken);
  broken.meta.name = "slot-0004";
  broken.data = std::make_shared<const std::string>("\x08\x63", 2);  // version 99
  kube.put(broken);
  start();
  REQUIRE(loaded->size() == 2);
  REQUIRE(loaded->at(1).workloads.size() == 1);
  CHECK(loaded->at(1).workloads[0]->workload.name == "web");
  CHECK(metric(*registry, "scaleops_recommender_checkpoints_refused_total") == 2);
}

TEST_CASE("a workload's slot is the same in every process") {
  CHECK(slot_of({"shop", "Deployment", "web"}, 64) == slot_of({"shop", "Deployment", "web"}, 64));
  CHECK(slot_of({"shop", "Deployment", "web"}, 0) == 0);
  std::vector<int> used(64);
  for (int i = 0; i < 6400; ++i)
    ++used[slot_of({"shop", "Deployment", "web-" + std::to_string(i)}, 64)];
  CHECK(*std::min_element(used.begin(), used.end()) > 60);
  CHECK(*std::max_element(used.begin(), used.end()) < 150);
}
