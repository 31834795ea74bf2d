#include "actors/recommender/workload_recommender.hpp"

#include <catch2/catch.hpp>

#include "unit/actors/recommender/bench.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

struct fixture {
  world w;
  fake_kube kube{w};
  std::shared_ptr<std::vector<decision_made>> made = std::make_shared<std::vector<decision_made>>();
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  workload_facts_ptr facts = facts_of("web");
  std::shared_ptr<workload_context> context = std::make_shared<workload_context>();
  workload_recommender_actor aut;

  fixture() {
    context->policy = std::make_shared<const policy_spec>(builtin_policies().at("production"));
    context->policy_name = "production";
  }
  void start(saved_workload_ptr prior = nullptr) {
    component_env env{kube.handle(), w.anchor(), registry, "recommender-0", 1};
    auto sink = w.own(w.sys().spawn(recording_sink, made));
    aut = spawn_child<workload_recommender_actor>(w, [&](caf::local_actor* self) {
      return spawn_workload_recommender(self, {}, env, facts, context, prior, sink);
    });
  }
  void use(std::vector<container_usage> samples, std::vector<container_kill> kills = {},
           std::shared_ptr<const void> taken = nullptr) {
    caf::anon_send(
      aut, usage_part{usage_of(facts, std::move(samples), std::move(kills)), 0, std::move(taken)});
    w.settle();
  }
  void use_for(std::chrono::hours span) {
    for (auto end = w.wall() + span; w.wall() < end; w.run_for(5min))
      use({sample_at(w.wall(), 200, "300Mi")});
  }
  const container_recommendation& last() const {
    return made->back().recommendation->containers.at(0);
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "an unknown workload is recommended nothing, and says why") {
  start();
  REQUIRE(made->size() == 1);
  CHECK(last().target == container_resources{});
  CHECK(last().reasons.at(0).code == reason_code::no_history);
  CHECK(made->back().coverage == 0);
}

TEST_CASE_METHOD(fixture, "a kill's new memory is decided within one message round") {
  start();
  use_for(2h);
  auto before = made->size();
  auto now = w.wall();
  use({}, {kill_at(now)});
  CHECK(w.wall() == now);
  REQUIRE(made->size() == before + 1);
  CHECK(made->back().urgent);
  CHECK(last().urgent);
  CHECK(*last().target.requests.memory >= mem("1Gi") * 12 / 10);
  CHECK(*last().target.limits.memory >= *last().target.requests.memory);
}

TEST_CASE_METHOD(fixture, "a kill before the first sample is healed as well") {
  start();
  use({}, {kill_at(w.wall())});
  REQUIRE(made->size() == 2);
  CHECK(made->back().urgent);
  CHECK(*last().target.requests.memory >= mem("1Gi") * 12 / 10);
}

TEST_CASE_METHOD(fixture,
                 "without a kill it decides once a minute at most, and publishes what moved") {
  start();
  for (int i = 0; i < 20; ++i) {
    use({sample_at(w.wall(), 200, "300Mi")});
    w.run_for(1s);
  }
  CHECK(made->size() <= 2);
  use_for(8h);
  CHECK(*last().target.requests.cpu < 500);
  CHECK(*last().target.requests.memory < mem("1Gi"));
  CHECK(made->back().coverage == 1);
  // Steady: the same decision is published again every half an hour only.
  auto before = made->size();
  auto revision = made->back().recommendation->revision;
  use_for(3h);
  CHECK(made->size() - before <= 8);
  CHECK(made->back().recommendation->revision <= revision + 2);
}

TEST_CASE_METHOD(fixture, "a history that comes in one piece is decided upon at once") {
  start();
  std::vector<container_usage> past;
  for (auto at = w.wall() - 48h; at < w.wall(); at += 5min)
    past.push_back(sample_at(at, 200, "300Mi"));
  use(std::move(past));
  REQUIRE(made->size() == 2);
  CHECK(made->back().coverage > 0.9);
  CHECK(*last().target.requests.memory < mem("1Gi"));
  // What comes soon after waits for the next round.
  use({sample_at(w.wall() + 15s, 200, "300Mi")});
  CHECK(made->size() == 2);
}

TEST_CASE_METHOD(fixture, "a part is let go as soon as it was learned") {
  start();
  auto released = std::make_shared<int>(0);
  std::shared_ptr<const void> taken(nullptr, [released](const void*) { ++*released; });
  use({sample_at(w.wall(), 200, "300Mi")}, {}, std::move(taken));
  CHECK(*released == 1);
}

TEST_CASE_METHOD(fixture, "what was learned is saved and learned from again") {
  start();
  use_for(7h);
  auto saved = w.ask<saved_workload_ptr>(aut, save_query{});
  REQUIRE(saved);
  REQUIRE((*saved)->containers.size() == 1);
  auto target = last().target;
  fixture other;
  other.w.run_for(7h);
  other.start(*saved);
  REQUIRE(other.made->size() == 1);
  CHECK(other.made->back().coverage == 1);
  CHECK(other.last().target == target);
  auto again = other.w.ask<saved_workload_ptr>(other.aut, save_query{});
  REQUIRE(again);
  std::string why;
  CHECK(container_state::load((*again)->containers[0].second, why)->hours() ==
        container_state::load((*saved)->containers[0].second, why)->hours());
}

TEST_CASE_METHOD(fixture, "a corrupt state is refused, counted and learned anew") {
  auto saved = std::make_shared<saved_workload>();
  saved->workload = facts->ref;
  container_state state;
  state.observe({w.wall(), 4000, 0, mem("3Gi"), true});
  auto bytes = state.save();
  bytes[bytes.size() / 2] ^= 1;
  saved->containers = {{"app", bytes}};
  start(saved);
  CHECK(metric(*registry, "scaleops_recommender_states_refused_total") == 1);
  CHECK(last().reasons.at(0).code == reason_code::no_history);
  use_for(7h);
  CHECK(made->back().coverage == 1);
  CHECK(*last().target.requests.memory < mem("1Gi"));  // nothing of the 3 GiB was believed
}

TEST_CASE_METHOD(fixture, "another policy decides at once") {
  start();
  use_for(7h);
  auto before = made->size();
  auto other = std::make_shared<workload_context>(*context);
  auto spec = builtin_policies().at("production");
  spec.memory.min = mem("2Gi");
  other->policy = std::make_shared<const policy_spec>(spec);
  other->policy_name = "roomy";
  caf::anon_send(aut, context_changed{other});
  w.settle();
  REQUIRE(made->size() == before + 1);
  CHECK(made->back().recommendation->policy == "roomy");
  CHECK(last().target.requests.memory == mem("2Gi"));
}

TEST_CASE_METHOD(fixture, "the shape of usage is told for charts, of known containers only") {
  start();
  use_for(3h);
  auto shape = w.ask<usage_shape>(aut, usage_shape_query{facts->ref, "app"});
  REQUIRE(shape);
  CHECK(shape->hours == Approx(3).margin(0.2));
  CHECK(shape->memory_peak == Approx(double(mem("300Mi"))).epsilon(0.01));
  CHECK_FALSE(w.ask<usage_shape>(aut, usage_shape_query{facts->ref, "other"}));
}
