// Resizer and evictor on their own: each is given one order.
#include "unit/actors/updater/flight_bench.hpp"

using namespace scaleops;
using namespace scaleops::test;
using bench = flight_bench;

TEST_CASE("a resize is done when it is in force, and the pod says so") {
  bench b;
  b.kube.data().enforce_resizes = false;
  b.launch(update_action::resize);
  CHECK((b.log->generations == std::vector<int64_t>{2}));
  CHECK(b.log->ended.empty());
  CHECK(b.current()->meta.annotations.contains("scaleops.sh/origin-resources"));
  CHECK_FALSE(b.current()->meta.labels.contains("scaleops.sh/managed"));
  b.kubelet([&](pod& p) {
    p.statuses[0].allocated = res(200, "600Mi");
    p.statuses[0].actual = {res(200, "600Mi"), res(400, "1200Mi")};
  });
  CHECK(b.outcome().how == end::done);
  CHECK(b.current()->meta.labels.at("scaleops.sh/applied-recommendation") == "7");
  CHECK(b.current()->meta.annotations.at("scaleops.sh/admission") == "resized");
}

TEST_CASE("a resize that the kubelet puts off gives its place free after a while") {
  bench b;
  b.kube.data().enforce_resizes = false;
  b.launch(update_action::resize);
  b.kubelet([&](pod& p) {
    p.resize.pending = resize_status::pending_reason::deferred;
    p.resize.observed_generation = p.meta.generation;
    p.resize.since = instant{};  // since ever, by an earlier attempt
    p.resize.message = "no room";
  });
  b.w.run_for(25s);
  CHECK(b.log->ended.empty());
  b.w.run_for(10s);
  CHECK(b.outcome().why == refusal::deferred);
  CHECK(b.outcome().detail == "no room");
}

TEST_CASE("a resize that the kubelet never looks at ends too") {
  bench b;
  b.kube.data().enforce_resizes = false;
  b.launch(update_action::resize);
  b.w.run_for(3min);
  CHECK(b.outcome().why == refusal::deferred);
  CHECK(b.outcome().detail == "the kubelet has not acted");
}

TEST_CASE("what the API server says decides the end of a resize") {
  struct row {
    ec code;
    end how;
    refusal why;
    size_t tries;
  };
  for (auto& one : std::vector<row>{{ec::infeasible, end::refused, refusal::infeasible, 1},
                                    {ec::invalid, end::refused, refusal::infeasible, 1},
                                    {ec::forbidden, end::refused, refusal::api_error, 1},
                                    {ec::conflict, end::gone, refusal::none, 1},
                                    {ec::not_found, end::gone, refusal::none, 1},
                                    {ec::unavailable, end::refused, refusal::api_error, 4},
                                    {ec::too_many_requests, end::refused, refusal::api_error, 4}}) {
    INFO(to_string(one.code));
    bench b;
    b.kube.data().fail_resize = [&](auto&) { return one.code; };
    b.launch(update_action::resize);
    b.w.run_for(2min);
    CHECK(b.outcome().how == one.how);
    CHECK(b.outcome().why == one.why);
    CHECK(b.kube.data().resized.size() == one.tries);
  }
}

TEST_CASE("a passing trouble is overcome") {
  bench b;
  int failures = 2;
  b.kube.data().fail_resize = [&](auto&) { return failures-- > 0 ? ec::timeout : ec::none; };
  b.launch(update_action::resize);
  b.w.run_for(1min);
  CHECK(b.outcome().how == end::done);
}

TEST_CASE("nothing is resized unless its origin could be written down") {
  bench b;
  b.kube.data().fail_patch = [](auto&) { return ec::forbidden; };
  b.launch(update_action::resize);
  CHECK(b.outcome().why == refusal::api_error);
  CHECK(b.kube.data().resized.empty());
}

TEST_CASE("a revert takes our stamps off again") {
  bench b;
  b.kube.put(pod(bench::web("web-1")
                   .label("scaleops.sh/managed", "true")
                   .annotation(labels::origin_resources, R"({"app":{"requests":{"cpu":"1"}}})")
                   .annotation(labels::managed_containers, "app")));
  b.wish.target = b.current();
  b.wish.reverts = true;
  b.launch(update_action::resize);
  CHECK(b.outcome().how == end::done);
  CHECK(b.current()->meta.labels.empty());
  CHECK(b.current()->meta.annotations.empty());
}

TEST_CASE("a pod that goes away ends its resize without a complaint") {
  bench b;
  b.kube.data().enforce_resizes = false;
  b.launch(update_action::resize);
  b.moved(b.current(), true);
  CHECK(b.outcome().how == end::gone);
}

TEST_CASE("an eviction asks first and waits for a sized replacement") {
  bench b;
  b.launch(update_action::evict);
  REQUIRE(b.kube.data().evicted.size() == 2);
  CHECK(b.kube.data().evicted[0].dry_run);
  CHECK_FALSE(b.kube.data().evicted[1].dry_run);
  CHECK(b.kube.data().evicted[1].uid == b.wish.target->meta.uid);
  b.moved(b.wish.target, true);
  // A sibling that was there before is no replacement, nor is one that is not ready.
  b.moved(bench::web("web-2").shared());
  auto fresh = bench::web("web-3").label("scaleops.sh/applied-recommendation", "7");
  b.moved(pod_builder(fresh).unready().shared());
  CHECK(b.log->ended.empty());
  b.moved(fresh.shared());
  CHECK(b.outcome().how == end::done);
  CHECK(b.outcome().detail == "replaced by web-3");
}

TEST_CASE("the replacement must stay ready as long as the workload asks for") {
  bench b;
  b.wish.min_ready = 60s;
  b.launch(update_action::evict);
  b.moved(b.wish.target, true);
  auto fresh = bench::web("web-3").label("scaleops.sh/applied-recommendation", "7");
  b.moved(fresh.shared());
  b.w.run_for(50s);
  CHECK(b.log->ended.empty());
  b.moved(pod_builder(fresh).unready().shared());
  b.moved(fresh.shared());
  b.w.run_for(50s);
  CHECK(b.log->ended.empty());
  b.w.run_for(15s);
  CHECK(b.outcome().how == end::done);
}

TEST_CASE("a replacement that nobody sized is told as such") {
  bench b;
  b.launch(update_action::evict);
  b.moved(b.wish.target, true);
  b.moved(bench::web("web-3").shared());
  CHECK(b.outcome().how == end::unsized);
}

TEST_CASE("without a replacement the eviction ends as a failure") {
  bench b;
  b.launch(update_action::evict);
  b.moved(b.wish.target, true);
  b.w.run_for(11min);
  CHECK(b.outcome().how == end::unreplaced);
}

TEST_CASE("a budget's refusal is tried again with doubling pauses, then told") {
  bench b;
  b.kube.data().fail_evict = [](auto&) { return ec::too_many_requests; };
  b.launch(update_action::evict);
  b.w.run_for(4s);
  CHECK(b.kube.data().evicted.size() == 1);
  b.w.run_for(2s);
  CHECK(b.kube.data().evicted.size() == 2);
  b.w.run_for(1min);
  CHECK(b.kube.data().evicted.size() == 4);
  CHECK(b.outcome().why == refusal::disruption_budget);
}

TEST_CASE("a pod under two budgets is not tried again") {
  bench b;
  b.kube.data().fail_evict = [](auto&) { return ec::server_error; };
  b.launch(update_action::evict);
  b.w.run_for(1min);
  CHECK(b.kube.data().evicted.size() == 1);
  CHECK(b.outcome().why == refusal::api_error);
}
