#include "actors/updater/logic/progress.hpp"

#include <catch2/catch.hpp>

#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::test;
using pending = resize_status::pending_reason;

namespace {

/// A pod that had 500m and 1Gi and has been asked to have 200m and 2Gi, generation 5.
struct asked {
  pod now = pod_builder{"shop", "web-1"}.container("app", res(500, "1Gi"), res(1000, "2Gi"));
  std::vector<container_resize> wanted{{"app", {res(200, "2Gi"), res(400, "4Gi")}}};

  asked() { now.meta.generation = 5; }
  void enforce() {
    now.statuses[0].allocated = res(200, "2Gi");
    now.statuses[0].actual = wanted[0].resources;
  }
  resize_stage stage() const { return progress_of(now, wanted, 5).stage; }
};

}  // namespace

TEST_CASE("done is when the runtime enforces what is wanted") {
  asked a;
  CHECK(a.stage() == resize_stage::under_way);
  a.now.statuses[0].allocated = res(200, "2Gi");
  CHECK(a.stage() == resize_stage::under_way);
  a.enforce();
  CHECK(a.stage() == resize_stage::done);
  a.now.resize.in_progress = true;
  CHECK(a.stage() == resize_stage::under_way);
}

TEST_CASE("the kernel's rounding of limits does not matter, a wrong limit does") {
  asked a;
  a.enforce();
  a.now.statuses[0].actual.limits.cpu = 410;
  CHECK(a.stage() == resize_stage::done);
  a.now.statuses[0].actual.limits.cpu = 411;
  CHECK(a.stage() == resize_stage::under_way);
}

TEST_CASE("conditions say what the kubelet thinks") {
  asked a;
  a.now.resize.observed_generation = 5;
  a.now.resize.pending = pending::deferred;
  CHECK(a.stage() == resize_stage::deferred);
  a.now.resize.pending = pending::infeasible;
  CHECK(a.stage() == resize_stage::infeasible);
  a.now.resize.pending = pending::none;
  a.now.resize.in_progress = a.now.resize.error = true;
  CHECK(a.stage() == resize_stage::failing);
}

TEST_CASE("conditions of an earlier attempt say nothing about this one") {
  asked a;
  a.now.resize.pending = pending::infeasible;
  a.now.resize.observed_generation = 4;
  CHECK(a.stage() == resize_stage::under_way);
  a.enforce();
  CHECK(a.stage() == resize_stage::done);
  // A kubelet that does not say which generation it means is believed.
  a.now.resize.observed_generation = 0;
  CHECK(a.stage() == resize_stage::infeasible);
}

TEST_CASE("a container without a status is not done") {
  asked a;
  a.enforce();
  a.now.statuses.clear();
  CHECK(a.stage() == resize_stage::under_way);
}
