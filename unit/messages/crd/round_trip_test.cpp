// Whatever object there is: its document is read back to the very same object.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "messages/crd/crd.hpp"
#include "unit/support/drawer.hpp"

using namespace scaleops;

namespace {

void same(const policy& a, const policy& b) {
  CHECK(a.spec == b.spec);
}
void same(const policy_rule& a, const policy_rule& b) {
  CHECK(a.spec == b.spec);
}
void same(const recommendation& a, const recommendation& b) {
  CHECK(a.target == b.target);
  CHECK(a.policy_override == b.policy_override);
  CHECK(a.excluded == b.excluded);
  CHECK(a.automation == b.automation);
  CHECK(a.status == b.status);
  CHECK(a.replicas == b.replicas);
  CHECK(a.coverage == b.coverage);
  CHECK(a.last == b.last);
}
void same(const automated_namespace& a, const automated_namespace& b) {
  CHECK(a.grant == b.grant);
  CHECK(a.policy == b.policy);
}
void same(const custom_owner_grouping& a, const custom_owner_grouping& b) {
  CHECK(a.label == b.label);
  CHECK(a.owner_kind == b.owner_kind);
  CHECK(a.kind == b.kind);
}
void same(const checkpoint& a, const checkpoint& b) {
  CHECK(a.written == b.written);
  CHECK(bool(a.data) == bool(b.data));
  CHECK((!a.data || *a.data == *b.data));
}
void same(const health_report& a, const health_report& b) {
  CHECK(a.gate_open == b.gate_open);
  CHECK(a.checks == b.checks);
  CHECK(a.at == b.at);
}

void check_round_trip(const object& before, const std::string& text) {
  auto done = crd::parse_text(text);
  for (auto& problem : done.problems)
    FAIL_CHECK(problem);
  REQUIRE(done.value);
  REQUIRE(done.value->index() == before.index());
  CHECK(meta_of(*done.value) == meta_of(before));
  std::visit(
    [&]<class T>(const T& a) {
      if constexpr (requires { same(a, a); })
        same(a, std::get<T>(*done.value));
      else
        FAIL("no kind of ours");
    },
    before);
}

}  // namespace

TEST_CASE("every object of ours is read back from its document as it was") {
  auto kind = GENERATE(object_kind::policy, object_kind::policy_rule, object_kind::recommendation,
                       object_kind::automated_namespace, object_kind::custom_owner_grouping,
                       object_kind::checkpoint, object_kind::health_report);
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    INFO(to_string(kind) << " of seed " << seed);
    auto before = drawer{seed}.draw(kind);
    auto document = crd::render(before).dump(2);
    INFO(document);
    check_round_trip(before, document);
    // JSON is YAML too; a comment in front sends it through the other reader.
    check_round_trip(before, "# yaml\n" + document);
  }
}
