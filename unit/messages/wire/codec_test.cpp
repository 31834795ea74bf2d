#include "messages/wire/codec.hpp"

#include <limits>

#include <catch2/catch.hpp>

#include "messages/wire/envelope.pb.h"

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

constexpr instant noon{milliseconds{1767614400123}};

workload_facts_ptr facts() {
  workload_facts f;
  f.ref = {"shop", "Deployment", "web"};
  f.uid = "u-1";
  f.containers = {{"app",
                   "img:1",
                   container_role::main,
                   {{250, std::nullopt}, {std::nullopt, 1 << 30}},
                   resize_policy::not_required,
                   resize_policy::restart_container},
                  {"proxy", "", container_role::sidecar, {}, {}, {}}};
  f.running = {{{500, 1}, {0, 2}}, {}};
  f.labels = {{"a", "b"}};
  f.annotations = {{"c", ""}};
  f.namespace_labels = {{"d", "e"}};
  f.namespace_annotations = {{"f", "g"}};
  f.revision = "5d9";
  f.revision_since = noon;
  f.replicas = 7;
  f.created = noon - 24h;
  return std::make_shared<const workload_facts>(f);
}

/// Through the bytes and back.
template <class T>
T through(T message, uint64_t id = 42) {
  auto bytes = wire::encode({id, std::move(message)});
  REQUIRE(bytes);
  auto back = wire::decode(*bytes);
  INFO(back.problem);
  REQUIRE(back.value);
  CHECK(back.value->id == id);
  return std::get<T>(back.value->what);
}

/// What decode says of an envelope that was changed after it was made.
template <class Change>
std::string problem_after(wire::body what, Change change) {
  wire::Envelope raw;
  REQUIRE(raw.ParseFromString(*wire::encode({1, std::move(what)})));
  change(raw);
  auto back = wire::decode(raw.SerializeAsString());
  CHECK(back.value.has_value() == back.problem.empty());
  return back.problem;
}

usage_batch batch() {
  workload_usage usage{facts(), {}, {}};
  usage.samples.push_back({1, 4'000'000'000u, {noon, 0.1f, 1.0f, -1, false}});
  usage.samples.push_back({0, 0, {noon + 15s, 123456.7f, 0, int64_t{1} << 52, true}});
  usage.kills.push_back(
    {"app", {"shop", "web-x"}, {noon, noon - 1h, 1, 2, 3, kill_cause::node_pressure}});
  return {UINT64_MAX, 1, std::make_shared<const std::vector<workload_usage>>(std::vector{usage})};
}

recommendation_made decision() {
  workload_recommendation r;
  r.workload = {"shop", "Deployment", "web"};
  r.decided_at = noon;
  r.policy = "production";
  r.policy_reason = "default";
  container_recommendation c;
  c.name = "app";
  c.current = {{1000, 1 << 20}, {}};
  c.target = {{250, std::nullopt}, {0, 5}};
  c.lower = {1, 2};
  c.upper = {3, std::nullopt};
  c.confidence = 0.1;
  c.reasons = {
    {resource_kind::memory, reason_code::oom_kill, -0.0, 1e-310},
    {resource_kind::cpu, reason_code::stale_input, std::numeric_limits<double>::infinity(), 1e308}};
  c.urgent = true;
  r.containers = {c};
  r.revision = UINT64_MAX;
  r.input_digest = "00ff";
  return {std::make_shared<const workload_recommendation>(r)};
}

}  // namespace

TEST_CASE("a workload's facts arrive as they were sent") {
  CHECK(*through(workload_seen{facts()}).facts == *facts());
  CHECK(through(workload_gone{{"a", "Job", "b"}}).ref == workload_ref{"a", "Job", "b"});
}

TEST_CASE("a batch of usage arrives as it was sent") {
  auto sent = batch();
  auto got = through(sent);
  CHECK(got.agent == sent.agent);
  CHECK(got.seq == sent.seq);
  REQUIRE(got.usage->size() == 1);
  auto &a = sent.usage->front(), &b = got.usage->front();
  CHECK(*a.workload == *b.workload);
  REQUIRE(b.samples.size() == 2);
  for (size_t i = 0; i < 2; ++i) {
    CHECK(a.samples[i].container == b.samples[i].container);
    CHECK(a.samples[i].pod == b.samples[i].pod);
    CHECK(a.samples[i].sample.at == b.samples[i].sample.at);
    CHECK(a.samples[i].sample.cpu == b.samples[i].sample.cpu);
    CHECK(a.samples[i].sample.throttled == b.samples[i].sample.throttled);
    CHECK(a.samples[i].sample.memory == b.samples[i].sample.memory);
    CHECK(a.samples[i].sample.has_cpu == b.samples[i].sample.has_cpu);
  }
  auto& kill = b.kills.at(0);
  CHECK(kill.container == "app");
  CHECK(kill.pod == pod_ref{"shop", "web-x"});
  CHECK(kill.kill.at == noon);
  CHECK(kill.kill.started == noon - 1h);
  CHECK(kill.kill.memory_limit == 1);
  CHECK(kill.kill.memory_request == 2);
  CHECK(kill.kill.memory_peak == 3);
  CHECK(kill.kill.cause == kill_cause::node_pressure);
  auto ack = through(usage_ack{3, 4});
  CHECK(ack.agent == 3);
  CHECK(ack.seq == 4);
}

TEST_CASE("a decision arrives bit for bit, odd doubles included") {
  auto sent = decision();
  auto got = through(sent);
  CHECK(*got.recommendation == *sent.recommendation);
  CHECK(std::signbit(got.recommendation->containers.at(0).reasons.at(0).value));
}

TEST_CASE("a status and the question for it arrive") {
  through(status_query{}, 0);
  auto got = through(component_status{component::updater, true, "leads", noon, 9});
  CHECK(got.which == component::updater);
  CHECK(got.ready);
  CHECK(got.detail == "leads");
  CHECK(got.at == noon);
  CHECK(got.done == 9);
}

TEST_CASE("questions about a workload and their answers arrive") {
  workload_ref web{"shop", "Deployment", "web"};
  CHECK(through(recommendation_query{web}).workload == web);
  CHECK(through(evidence_query{web}).workload == web);
  CHECK(through(risk_query{web}).workload == web);
  auto asked = through(usage_shape_query{web, "app"});
  CHECK(asked.workload == web);
  CHECK(asked.container == "app");
  std::string bytes{"\0\xff", 2};
  CHECK(*through(recommendation_evidence{std::make_shared<const std::string>(bytes)}).bytes ==
        bytes);
  container_risk risk{"app", 7, true, risk_range{0.1, 0, 0.2}, {}, risk_range{1, 2, 3}, {}, {}};
  CHECK(through(workload_risk{{risk, {}}}).containers == std::vector{risk, container_risk{}});
  auto shape = through(usage_shape{{1, 2}, {0.5, 0.9}, {3}, 4, 5.5});
  CHECK(shape.cpu_percentiles == std::vector<double>{1, 2});
  CHECK(shape.levels == std::vector{0.5, 0.9});
  CHECK(shape.cpu_by_hour == std::vector<double>{3});
  CHECK(shape.memory_peak == 4);
  CHECK(shape.hours == 5.5);
}

TEST_CASE("the updater's log arrives") {
  CHECK(through(update_log_query{UINT64_MAX}).after == UINT64_MAX);
  update_record record{noon,
                       {"shop", "Deployment", "web"},
                       {"shop", "web-x"},
                       update_action::evict,
                       true,
                       refusal::fight,
                       "why",
                       {{1, 2}, {}},
                       {{3, std::nullopt}, {4, 5}},
                       "app"};
  auto got = through(update_log{7, {record}});
  CHECK(got.last == 7);
  REQUIRE(got.records.size() == 1);
  auto& back = got.records.front();
  CHECK(back.at == noon);
  CHECK(back.workload == record.workload);
  CHECK(back.pod == record.pod);
  CHECK(back.action == update_action::evict);
  CHECK(back.done);
  CHECK(back.why == refusal::fight);
  CHECK(back.detail == "why");
  CHECK(back.before == record.before);
  CHECK(back.after == record.after);
  CHECK(back.container == "app");
}

TEST_CASE("a failure arrives by its name") {
  auto got = through(wire::failure{ec::not_found, "no such workload"});
  CHECK(got.code == ec::not_found);
  CHECK(got.text == "no such workload");
  wire::Envelope raw;
  REQUIRE(raw.ParseFromString(*wire::encode({1, got})));
  raw.mutable_failure()->set_code("from-the-future");
  auto back = wire::decode(raw.SerializeAsString());
  REQUIRE(back.value);
  CHECK(std::get<wire::failure>(back.value->what).code == ec::server_error);
}

TEST_CASE("what cannot be sent is not sent") {
  CHECK_FALSE(wire::encode({1, workload_seen{}}));
  CHECK_FALSE(wire::encode({1, usage_batch{}}));
  CHECK_FALSE(wire::encode({1, recommendation_made{}}));
  CHECK_FALSE(wire::encode({1, recommendation_evidence{}}));
  CHECK_FALSE(
    wire::encode({1, component_status{component::agent, true, std::string(65 << 20, 'x'), {}, 0}}));
}

TEST_CASE("bytes that are no message of ours are refused with the reason") {
  CHECK(wire::decode("").problem == "an envelope without a version");
  CHECK(wire::decode("\xff\xff\xff").problem == "bytes that are no envelope");
  CHECK(wire::decode(std::string(65 << 20, ' ')).problem.find("more than") != std::string::npos);
  CHECK(problem_after(status_query{}, [](auto& raw) { raw.clear_body(); }) ==
        "an envelope without a message");
  CHECK(problem_after(status_query{}, [](auto& raw) {
          raw.clear_body();
          raw.set_version(2);
        }) == "a message of version 2, which is newer than ours (1)");
  auto whole = *wire::encode({1, batch()});
  for (size_t length = 1; length < whole.size(); ++length) {
    auto part = wire::decode(std::string_view{whole}.substr(0, length));
    CHECK(part.value.has_value() == part.problem.empty());
  }
}

TEST_CASE("a newer peer is understood as far as we know its words") {
  CHECK(problem_after(status_query{}, [](auto& raw) { raw.set_version(7); }) == "");
  wire::Envelope raw;
  REQUIRE(raw.ParseFromString(*wire::encode({1, decision()})));
  raw.mutable_recommendation()->mutable_containers(0)->mutable_reasons(0)->set_code(
    "from-the-future");
  auto back = wire::decode(raw.SerializeAsString());
  REQUIRE(back.value);
  CHECK(std::get<recommendation_made>(back.value->what)
          .recommendation->containers.at(0)
          .reasons.size() == 1);
}

TEST_CASE("impossible values are refused") {
  auto sample = [](auto& raw) {
    return raw.mutable_usage_batch()->mutable_usage(0)->mutable_samples(0);
  };
  CHECK(problem_after(batch(), [&](auto& raw) { sample(raw)->set_container(2); }) ==
        "a sample of a container that the workload does not have");
  CHECK(problem_after(batch(), [&](auto& raw) { sample(raw)->set_cpu_millicores(NAN); }) ==
        "an impossible CPU sample");
  CHECK(problem_after(batch(), [&](auto& raw) { sample(raw)->set_cpu_millicores(-1); }) ==
        "an impossible CPU sample");
  CHECK(problem_after(batch(), [&](auto& raw) { sample(raw)->set_throttled(NAN); }) ==
        "an impossible share of throttled periods");
  CHECK(problem_after(batch(), [&](auto& raw) { sample(raw)->set_memory_bytes(-2); }) ==
        "an impossible memory sample");
  CHECK(problem_after(batch(), [](auto& raw) {
          raw.mutable_usage_batch()->mutable_usage(0)->mutable_kills(0)->set_cause(9);
        }) == "an unknown cause of a kill");
  CHECK(problem_after(workload_seen{facts()}, [](auto& raw) {
          raw.mutable_workload_seen()->clear_ref();
        }) == "a workload without kind or name");
  CHECK(problem_after(workload_seen{facts()}, [](auto& raw) {
          raw.mutable_workload_seen()->add_running();
        }) == "running resources of other containers");
  CHECK(problem_after(workload_seen{facts()}, [](auto& raw) {
          raw.mutable_workload_seen()->mutable_containers(0)->set_role(3);
        }) == "an unknown container role");
  CHECK(problem_after(decision(), [](auto& raw) {
          raw.mutable_recommendation()->mutable_containers(0)->mutable_lower()->set_cpu_millicores(
            -1);
        }) == "a negative resource");
  CHECK(problem_after(component_status{}, [](auto& raw) {
          raw.mutable_status()->set_component("x");
        }) == "a status of an unknown component");
  CHECK(problem_after(workload_risk{{{}}}, [](auto& raw) {
          raw.mutable_workload_risk()->mutable_containers(0)->mutable_oom_chance()->set_low(NAN);
        }) == "a risk that is no number");
  CHECK(problem_after(usage_shape{}, [](auto& raw) {
          raw.mutable_usage_shape()->add_cpu_by_hour(INFINITY);
        }) == "a shape with what is no number");
  CHECK(problem_after(usage_shape{}, [](auto& raw) {
          raw.mutable_usage_shape()->set_memory_peak(-1);
        }) == "an impossible shape of usage");
  CHECK(problem_after(update_log{1, {{}}}, [](auto& raw) {
          raw.mutable_update_log()->mutable_records(0)->mutable_workload()->set_kind("Job");
          raw.mutable_update_log()->mutable_records(0)->mutable_workload()->set_name("x");
          raw.mutable_update_log()->mutable_records(0)->set_action(2);
        }) == "an unknown action");
}
