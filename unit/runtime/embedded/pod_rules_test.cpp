#include "runtime/embedded/pod_rules.hpp"

#include <catch2/catch.hpp>

#include "runtime/embedded/limits.hpp"

using namespace scaleops;
using namespace scaleops::embedded;

namespace {

container_spec container(const char* name, container_resources resources,
                         container_role role = container_role::main) {
  container_spec c;
  c.name = name;
  c.resources = resources;
  c.role = role;
  return c;
}

pod pod_of(std::vector<container_spec> containers) {
  pod p;
  p.containers = std::move(containers);
  return p;
}

}  // namespace

TEST_CASE("the scheduler counts the largest of wish, allocation and what is in force") {
  auto p = pod_of({container("a", {{100, 1000}, {}})});
  p.statuses.resize(1);
  p.statuses[0].allocated = {150, 800};
  p.statuses[0].actual.requests = {120, 2000};
  CHECK(effective_requests(p).cpu == 150);
  CHECK(effective_requests(p).memory == 2000);
  p.containers[0].resources.requests = {9000, 9000};
  CHECK(effective_requests(p).cpu == 9000);
  p.resize.pending = resize_status::pending_reason::infeasible;  // such a wish holds no room
  CHECK(effective_requests(p).cpu == 150);
}

TEST_CASE("init containers run before the others, sidecars beside all") {
  auto p = pod_of({container("side", {{50, 50}, {}}, container_role::sidecar),
                   container("init", {{500, 10}, {}}, container_role::init),
                   container("main", {{100, 100}, {}})});
  CHECK(effective_requests(p).cpu == 550);  // the init container with the sidecar
  CHECK(effective_requests(p).memory == 150);
}

TEST_CASE("a limit without a request is the request too") {
  auto p = pod_of({container("a", {{}, {200, 300}})});
  default_requests(p);
  CHECK(p.containers[0].resources.requests == resources{200, 300});
  CHECK(qos_of(p) == qos_class::guaranteed);
}

TEST_CASE("invalid pods are refused with the field that is wrong") {
  CHECK(invalid_reason(pod_of({})).find("containers") != std::string::npos);
  CHECK(invalid_reason(pod_of({container("a", {{200, {}}, {100, {}}})})).find("requests.cpu") !=
        std::string::npos);
  CHECK(invalid_reason(pod_of({container("a", {}), container("a", {})})).find("duplicate") !=
        std::string::npos);
  CHECK(invalid_reason(pod_of({container("a", {{-1, {}}, {}})})).find("negative") !=
        std::string::npos);
  auto p = pod_of({container("a", {})});
  CHECK(invalid_reason(p).empty());
  p.meta.labels["x"] = "not a value";
  CHECK(invalid_reason(p).find("metadata.labels") != std::string::npos);
}

TEST_CASE("label keys and values are those of Kubernetes") {
  CHECK(valid_label_key("scaleops.sh/managed"));
  CHECK(valid_label_key("app"));
  CHECK(!valid_label_key("-app"));
  CHECK(!valid_label_key("a/b/c"));
  CHECK(!valid_label_key(std::string(64, 'a')));
  CHECK(valid_label_value(""));
  CHECK(valid_label_value("1.2_3-x"));
  CHECK(!valid_label_value("white space"));
  CHECK(!valid_label_value("ends-"));
}

TEST_CASE("a LimitRange fills in what is missing and refuses what is outside") {
  limit_range range;
  range.container_default = {std::nullopt, 512};
  range.container_default_request = {100, std::nullopt};
  range.container_min = {10, 16};
  range.container_max = {4000, 4096};
  auto p = pod_of({container("a", {})});
  apply_defaults(p, {&range});
  CHECK(p.containers[0].resources.requests == resources{100, 512});
  CHECK(p.containers[0].resources.limits.memory == 512);
  range.container_max.cpu.reset();
  CHECK(range_violation(p, {&range}).empty());
  p.containers[0].resources.limits.memory = 8192;
  CHECK(range_violation(p, {&range}).find("maximum memory") != std::string::npos);
  p.containers[0].resources = {{5, 512}, {{}, 512}};
  CHECK(range_violation(p, {&range}).find("minimum cpu") != std::string::npos);
  range.container_max.cpu = 4000;
  p.containers[0].resources = {{50, 512}, {{}, 512}};
  CHECK(range_violation(p, {&range}).find("no limit is specified") != std::string::npos);
}

TEST_CASE("a quota refuses more, not less") {
  resource_quota quota;
  quota.hard_requests = {1000, {}};
  quota.used_requests = {900, {}};
  CHECK(quota_violation(pod_of({container("a", {{200, {}}, {}})}), quota, {}, {})
          .find("requests.cpu") != std::string::npos);
  CHECK(quota_violation(pod_of({container("a", {{100, {}}, {}})}), quota, {}, {}).empty());
  CHECK(quota_violation(pod_of({container("a", {})}), quota, {}, {}).find("must specify") !=
        std::string::npos);
  quota.used_requests = {1200, {}};  // the quota was cut afterwards: shrinking is still allowed
  CHECK(quota_violation(pod_of({container("a", {{300, {}}, {}})}), quota, {400, 0}, {}).empty());
}
