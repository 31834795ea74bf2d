// Resizer and evictor where requests are carried out and the answers are lost.
#include "unit/actors/updater/flight_bench.hpp"

using namespace scaleops;
using namespace scaleops::test;
using bench = flight_bench;

TEST_CASE("a resize whose answer is lost is not sent again once the pod shows it") {
  bench b;
  b.kube.data().lose_resize = [](auto&) { return true; };
  b.kube.data().fail_resize = [&](auto&) {
    return b.kube.data().resized.size() > 1 ? ec::server_error : ec::none;
  };
  b.launch(update_action::resize);
  CHECK(b.log->ended.empty());
  b.moved(b.current());
  CHECK(b.outcome().how == end::done);
  CHECK(b.outcome().stamped);
  CHECK(b.kube.data().resized.size() == 1);
  CHECK(b.log->generations.size() == 1);
  CHECK(b.current()->meta.labels.at("scaleops.sh/applied-recommendation") == "7");
}

TEST_CASE("a resize that nobody answered is looked for on the pod in the end") {
  bench b;
  SECTION("it was done") {
    b.kube.data().lose_resize = [](auto&) { return true; };
    b.launch(update_action::resize);
    b.w.run_for(2min);
    CHECK(b.outcome().how == end::done);
    CHECK(b.log->generations.size() == 1);
  }
  SECTION("it was not") {
    b.kube.data().fail_resize = [](auto&) { return ec::timeout; };
    b.launch(update_action::resize);
    b.w.run_for(2min);
    CHECK(b.outcome().how == end::refused);
    CHECK(b.outcome().why == refusal::api_error);
  }
  SECTION("the pod cannot be asked") {
    b.kube.data().lose_resize = [](auto&) { return true; };
    b.kube.data().lose_get = [](auto&) { return true; };
    b.launch(update_action::resize);
    b.w.run_for(2min);
    CHECK(b.outcome().how == end::unclear);
  }
}

TEST_CASE("a stamp is tried again, and what the pod says already is not written twice") {
  bench b;
  auto stamps = [&] {
    return std::count_if(b.kube.data().patched.begin(), b.kube.data().patched.end(),
                         [](auto& one) { return !one.labels.empty(); });
  };
  SECTION("it was refused once") {
    int failures = 1;
    b.kube.data().fail_patch = [&](auto& one) {
      return !one.labels.empty() && failures-- > 0 ? ec::unavailable : ec::none;
    };
    b.launch(update_action::resize);
    b.w.run_for(1min);
    CHECK(stamps() == 2);
  }
  SECTION("its answer was lost") {
    b.kube.data().lose_patch = [](auto& one) { return !one.labels.empty(); };
    b.launch(update_action::resize);
    b.moved(b.current());
    CHECK(stamps() == 1);
  }
  CHECK(b.outcome().how == end::done);
  CHECK(b.outcome().stamped);
}

TEST_CASE("a stamp that never comes about leaves the resize done, and says so") {
  bench b;
  b.kube.data().fail_patch = [](auto& one) {
    return one.labels.empty() ? ec::none : ec::forbidden;
  };
  b.launch(update_action::resize);
  CHECK(b.outcome().how == end::done);
  CHECK_FALSE(b.outcome().stamped);
}

TEST_CASE("a confirmed change is stamped and not sent again") {
  bench b;
  b.wish.confirms = true;
  b.launch(update_action::resize);
  CHECK(b.kube.data().resized.empty());
  CHECK(b.outcome().how == end::done);
  CHECK(b.current()->meta.labels.at("scaleops.sh/managed") == "true");
}

TEST_CASE("stamps go to the pod that was resized, not to the next one of its name") {
  bench b;
  b.kube.put(pod(bench::web("web-1").uid("another")));
  b.wish.confirms = true;
  b.launch(update_action::resize);
  CHECK_FALSE(b.outcome().stamped);
  CHECK(b.current()->meta.labels.empty());
}

TEST_CASE("an eviction whose answer is lost is one eviction") {
  bench b;
  b.kube.data().lose_evict = [](auto& one) { return !one.dry_run; };
  auto fresh = bench::web("web-3").label("scaleops.sh/applied-recommendation", "7");
  SECTION("the watch tells that the pod is gone") {
    b.launch(update_action::evict);
    b.moved(b.wish.target, true);
  }
  SECTION("the next attempt finds no pod") {
    b.launch(update_action::evict);
    b.w.run_for(10s);
  }
  b.moved(fresh.shared());
  CHECK(b.outcome().how == end::done);
  CHECK(b.log->generations == std::vector<int64_t>{0});
}

TEST_CASE("what the watch showed before the answer was missed counts, where nobody can be asked") {
  bench b;
  b.cfg.retries = 0;
  b.kube.data().lose_evict = [](auto& one) { return !one.dry_run; };
  b.kube.data().lose_get = [](auto&) { return true; };
  b.launch(update_action::evict);
  b.moved(b.wish.target, true);
  b.w.run_for(1min);
  CHECK(b.log->generations == std::vector<int64_t>{0});
  b.moved(bench::web("web-3").label("scaleops.sh/applied-recommendation", "7").shared());
  CHECK(b.outcome().how == end::done);
}

TEST_CASE("an eviction that nobody answered is looked for on the pod in the end") {
  bench b;
  b.kube.data().fail_evict = [](auto& one) { return one.dry_run ? ec::none : ec::timeout; };
  SECTION("the pod is there: it was not done") {
    b.launch(update_action::evict);
    b.w.run_for(2min);
    CHECK(b.outcome().how == end::refused);
  }
  SECTION("nobody can tell") {
    b.kube.data().lose_get = [](auto&) { return true; };
    b.launch(update_action::evict);
    b.w.run_for(2min);
    CHECK(b.outcome().how == end::unclear);
  }
}
