#include "actors/agent/feeder.hpp"

#include <catch2/catch.hpp>

#include "unit/actors/agent/bench.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

struct fixture {
  world w;
  fake_kube kube{w};
  std::shared_ptr<heard_by_recommender> heard = std::make_shared<heard_by_recommender>();
  recording_actor recommender = w.own(w.sys().spawn(recording_recommender, heard));
  agent_config cfg;
  feeder_actor aut;

  fixture() { start(); }
  void start() {
    component_env env{kube.handle(), w.anchor(), std::make_shared<prometheus::Registry>(),
                      "agent-0", 1};
    aut = spawn_child<feeder_actor>(
      w, [&](caf::local_actor* self) { return spawn_feeder(self, cfg, env, recommender); });
  }
  void feed(std::string name, size_t samples, size_t kills = 0) {
    auto facts = std::make_shared<workload_facts>();
    facts->ref = {"shop", "Deployment", std::move(name)};
    workload_usage usage{facts, std::vector<container_usage>(samples),
                         std::vector<container_kill>(kills)};
    caf::anon_send(aut, usage_collected{{usage}});
    w.settle();
  }
  void answer() {
    caf::anon_send(recommender, caf::tick_atom_v);
    w.settle();
  }
  std::vector<uint64_t> sequence() const {
    std::vector<uint64_t> out;
    for (auto& batch : heard->batches)
      out.push_back(batch.seq);
    return out;
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "each batch is sent once when it is acknowledged, numbers rise by one") {
  for (auto name : {"a", "b", "c"})
    feed(name, 2);
  w.run_for(5min);
  CHECK(sequence() == std::vector<uint64_t>{1, 2, 3});
  CHECK(heard->samples() == 6);
}

TEST_CASE_METHOD(fixture, "one batch is under way at a time: what comes meanwhile goes together") {
  heard->silent = true;
  feed("a", 1);
  feed("b", 2);
  feed("c", 3);
  CHECK(sequence() == std::vector<uint64_t>{1});
  heard->silent = false;
  answer();
  REQUIRE(sequence() == std::vector<uint64_t>{1, 2});
  CHECK(heard->batches[1].usage->size() == 2);
  CHECK(heard->samples() == 6);
}

TEST_CASE_METHOD(fixture, "an unanswered batch is sent again under its number until it is taken") {
  heard->silent = true;
  feed("a", 4);
  w.run_for(100s);  // 30 s of patience and a second of rest, three times
  CHECK(sequence() == std::vector<uint64_t>{1, 1, 1, 1});
  for (auto& batch : heard->batches) {
    CHECK(batch.agent == heard->batches[0].agent);
    CHECK(batch.usage == heard->batches[0].usage);
  }
  heard->silent = false;
  w.run_for(60s);
  auto taken = sequence().size();
  CHECK(taken == 5);
  w.run_for(5min);
  CHECK(sequence().size() == taken);
}

TEST_CASE_METHOD(fixture, "a refused batch is kept and comes again a second later") {
  heard->refusing = true;
  feed("a", 1);
  w.run_for(3500ms);
  CHECK(sequence() == std::vector<uint64_t>{1, 1, 1, 1});
  heard->refusing = false;
  w.run_for(1s);
  feed("b", 1);
  CHECK(sequence().back() == 2);
}

TEST_CASE("while the recommender is away memory stays bounded and kills are never dropped") {
  fixture f;
  f.cfg.batch_most = 10;
  f.start();
  f.heard->silent = true;
  f.feed("first", 1);
  f.feed("oldest", 6, 1);
  f.feed("middle", 6);
  f.feed("newest", 6);
  f.heard->silent = false;
  f.answer();
  REQUIRE(f.heard->batches.size() == 2);
  auto& parts = *f.heard->batches[1].usage;
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].workload->ref.name == "oldest");
  CHECK(parts[0].samples.empty());
  CHECK(parts[0].kills.size() == 1);
  CHECK(parts[1].workload->ref.name == "newest");
  CHECK(parts[1].samples.size() == 6);
}
