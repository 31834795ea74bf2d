#include "runtime/kube/codec/common_blocks.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "runtime/kube/codec/decode.hpp"
#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::kube;
using namespace scaleops::test;

namespace {

object pod_of(const std::string& name, const std::string& set, int cpu = 100) {
  pod_builder b{"shop", name};
  b.owned_by("ReplicaSet", set).label("app", set).container("app", res(cpu, "1Gi"), {});
  scaleops::pod out = b;
  out.meta.annotations["note"] = "of " + set;
  return object{std::move(out)};
}

const scaleops::pod& pod_in(const object& value) {
  return std::get<scaleops::pod>(value);
}

}  // namespace

TEST_CASE("pods of one template share what they have in common") {
  common_blocks blocks;
  auto a = pod_of("web-1", "web"), b = pod_of("web-2", "web"), other = pod_of("db-1", "db", 200);
  auto before = b;
  for (auto* each : {&a, &b, &other})
    blocks.share(*each);
  CHECK(&pod_in(a).meta.labels.get() == &pod_in(b).meta.labels.get());
  CHECK(&pod_in(a).meta.annotations.get() == &pod_in(b).meta.annotations.get());
  CHECK(&pod_in(a).meta.owners.get() == &pod_in(b).meta.owners.get());
  CHECK(&pod_in(a).containers.get() == &pod_in(b).containers.get());
  CHECK(&pod_in(a).containers.get() != &pod_in(other).containers.get());
  CHECK(pod_in(b).meta == pod_in(before).meta);
  CHECK(pod_in(b).containers == pod_in(before).containers);
  CHECK(blocks.size() == 8);
}

TEST_CASE("who writes to a pod writes to no other one") {
  common_blocks blocks;
  auto a = pod_of("web-1", "web"), b = pod_of("web-2", "web");
  blocks.share(a);
  blocks.share(b);
  std::get<scaleops::pod>(a).containers[0].resources.requests.cpu = 900;
  CHECK(pod_in(b).containers[0].resources.requests.cpu == 100);
  auto c = pod_of("web-3", "web");
  blocks.share(c);
  CHECK(pod_in(c).containers[0].resources.requests.cpu == 100);
}

TEST_CASE("blocks that no pod has any more are let go") {
  common_blocks blocks;
  for (int i = 0; i < 5000; ++i) {
    auto passing = pod_of("p", "set-" + std::to_string(i));
    blocks.share(passing);
  }
  CHECK(blocks.size() < 4 * 1100);
}

TEST_CASE("decoders that have their blocks in common share between lists and watches") {
  auto blocks = std::make_shared<common_blocks>();
  decoder lists{blocks}, events{blocks};
  auto type = resource_catalog{}.types_of(object_kind::pod).front();
  auto json = [](const char* name) {
    return fmt::format(
      R"({{"metadata":{{"name":"{}","namespace":"n","resourceVersion":"5","labels":{{"app":"web"}}}},"spec":{{"containers":[{{"name":"c"}}]}}}})",
      name);
  };
  auto list =
    lists.list(object_kind::pod, type,
               fmt::format(R"({{"metadata":{{"resourceVersion":"9"}},"items":[{}]}})", json("a")));
  auto event = events.event(object_kind::pod, type,
                            fmt::format(R"({{"type":"ADDED","object":{}}})", json("b")));
  REQUIRE(list.items.size() == 1);
  REQUIRE(event.event.object);
  CHECK(&pod_in(*list.items[0]).meta.labels.get() ==
        &pod_in(*event.event.object).meta.labels.get());
}
