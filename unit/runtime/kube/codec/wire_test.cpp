// Objects as Kubernetes' own Go encoders wrote them in both encodings (fixtures/, made by
// integration/bench/pods) must give equal values.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "runtime/kube/codec/decode.hpp"
#include "runtime/kube/codec/wire_view.hpp"
#include "runtime/kube/event_splitter.hpp"
#include "runtime/kube/status.hpp"
#include "unit/support/source_dir.hpp"

using namespace scaleops;
using namespace scaleops::kube;

namespace {

std::string fixture(const std::string& name) {
  std::ifstream file{scaleops::test::source_dir() + "/unit/runtime/kube/codec/fixtures/" + name,
                     std::ios::binary};
  std::ostringstream out;
  out << file.rdbuf();
  if (!file || out.str().empty())
    FAIL(name << " cannot be read");
  return out.str();
}

// The bindings name each member: one that is added to a struct must be added here.
auto parts(const pod& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l);
}
auto parts(const workload& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
}
auto parts(const scaleops::node& x) {
  auto& [a, b, c, d, e, f, g] = x;
  return std::tie(a, b, c, d, e, f, g);
}
auto parts(const pod_disruption_budget& x) {
  auto& [a, b, c, d, e, f, g, h, i] = x;
  return std::tie(a, b.match_labels, c, d, e, f, g, h, i);
}
auto parts(const horizontal_pod_autoscaler& x) {
  auto& [a, b, c, d, e, f, g, h] = x;
  return std::tie(a, b, c, d, e, f, g, h);
}
auto parts(const limit_range& x) {
  auto& [a, b, c, d, e, f, g] = x;
  return std::tie(a, b, c, d, e, f, g);
}
auto parts(const resource_quota& x) {
  auto& [a, b, c, d, e] = x;
  return std::tie(a, b, c, d, e);
}
auto parts(const namespace_object& x) {
  return std::tie(x.meta);
}
auto parts(const lease& x) {
  auto& [a, b, c, d, e, f] = x;
  return std::tie(a, b, c, d, e, f);
}
auto parts(const event& x) {
  auto& [a, b, c, d, e, f, g, h, i, j] = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j);
}

template <class T>
bool equal(const object& one, const object& other) {
  return parts(std::get<T>(one)) == parts(std::get<T>(other));
}

bool equal_expressions(const object& one, const object& other) {
  auto& a = std::get<pod_disruption_budget>(one).selector.expressions;
  auto& b = std::get<pod_disruption_budget>(other).selector.expressions;
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](auto& x, auto& y) {
    return std::tie(x.key, x.operation, x.values) == std::tie(y.key, y.operation, y.values);
  });
}

bool equal(const object& one, const object& other) {
  if (one.index() != other.index())
    return false;
  switch (kind_of(one)) {
    case object_kind::pod:
      return equal<pod>(one, other);
    case object_kind::workload:
      return equal<workload>(one, other);
    case object_kind::node:
      return equal<scaleops::node>(one, other);
    case object_kind::pod_disruption_budget:
      return equal<pod_disruption_budget>(one, other) && equal_expressions(one, other);
    case object_kind::horizontal_pod_autoscaler:
      return equal<horizontal_pod_autoscaler>(one, other);
    case object_kind::limit_range:
      return equal<limit_range>(one, other);
    case object_kind::resource_quota:
      return equal<resource_quota>(one, other);
    case object_kind::namespace_object:
      return equal<namespace_object>(one, other);
    case object_kind::lease:
      return equal<lease>(one, other);
    case object_kind::event:
      return equal<event>(one, other);
    default:
      return false;
  }
}

struct kind_file {
  const char* file;
  object_kind kind;
  const char* subkind = "";
};
const kind_file files[] = {
  {"pod", object_kind::pod},
  {"pod-odd", object_kind::pod},
  {"pod-empty", object_kind::pod},
  {"node", object_kind::node},
  {"namespace", object_kind::namespace_object},
  {"event", object_kind::event},
  {"event-new", object_kind::event},
  {"limitrange", object_kind::limit_range},
  {"quota", object_kind::resource_quota},
  {"deployment", object_kind::workload, "Deployment"},
  {"deployment-none", object_kind::workload, "Deployment"},
  {"statefulset", object_kind::workload, "StatefulSet"},
  {"daemonset", object_kind::workload, "DaemonSet"},
  {"replicaset", object_kind::workload, "ReplicaSet"},
  {"job", object_kind::workload, "Job"},
  {"cronjob", object_kind::workload, "CronJob"},
  {"budget", object_kind::pod_disruption_budget},
  {"budget-whole", object_kind::pod_disruption_budget},
  {"autoscaler", object_kind::horizontal_pod_autoscaler},
  {"lease", object_kind::lease},
};

const resource_type pods = resource_catalog{}.types_of(object_kind::pod).front();

std::vector<std::string> events_of(const std::string& stream, size_t step) {
  std::vector<std::string> out;
  event_splitter splitter;
  for (size_t at = 0; at < stream.size(); at += step)
    CHECK(splitter.feed(std::string_view{stream}.substr(at, step), [&](std::string_view event) {
      out.emplace_back(event);
      return true;
    }));
  return out;
}

}  // namespace

TEST_CASE("an object has the same value in Protobuf and in JSON") {
  decoder decode;
  resource_catalog catalog;
  for (auto& each : files) {
    INFO(each.file);
    auto* type = catalog.type_of(each.kind, each.subkind);
    REQUIRE(type);
    CHECK(type->speaks_protobuf());
    auto wire = decode.object(each.kind, *type, fixture(std::string(each.file) + ".pb"));
    auto json = decode.object(each.kind, *type, fixture(std::string(each.file) + ".json"));
    CHECK(wire.problem == json.problem);
    REQUIRE(wire.value);
    REQUIRE(json.value);
    CHECK(equal(*wire.value, *json.value));
  }
}

TEST_CASE("what is odd in Protobuf is read right") {
  decoder decode;
  auto read = decode.object(object_kind::pod, pods, fixture("pod-odd.pb"));
  REQUIRE(read.value);
  auto& value = std::get<pod>(*read.value);
  CHECK(value.priority == -2000);
  CHECK(value.meta.created == instant{});
  CHECK(value.meta.deleted);
  CHECK(value.meta.owners.size() == 2);
  REQUIRE(value.containers.size() == 6);
  CHECK(value.containers[2].resources.requests == resources{1, 128974848});
  CHECK(value.containers[2].resources.limits == resources{20'000, 1536 << 20});
  CHECK(value.containers[2].resize_memory == resize_policy::restart_container);
  CHECK(value.containers[5].role == container_role::sidecar);
  CHECK(value.statuses[5].ready);
  REQUIRE(value.statuses[2].last_termination);
  CHECK(value.statuses[2].last_termination->exit_code == -1);
  CHECK(value.resize.pending == resize_status::pending_reason::deferred);
  CHECK(value.resize.observed_generation == 12);
}

TEST_CASE("a list has the same pods in Protobuf and in JSON") {
  decoder decode;
  auto wire = decode.list(object_kind::pod, pods, fixture("pods.pb"));
  auto json = decode.list(object_kind::pod, pods, fixture("pods.json"));
  CHECK(wire.problem.empty());
  CHECK(wire.resource_version == 77);
  CHECK(wire.continue_token == "more");
  REQUIRE(wire.items.size() == 3);
  REQUIRE(json.items.size() == 3);
  for (size_t i = 0; i < 3; ++i)
    CHECK(equal(*wire.items[i], *json.items[i]));
}

TEST_CASE("a watch tells the same in Protobuf and in JSON, in whatever pieces it comes") {
  decoder decode;
  for (size_t step : {size_t{1}, size_t{3}, size_t{1000}, size_t{1} << 20}) {
    auto wire = events_of(fixture("watch.pb"), step);
    auto json = events_of(fixture("watch.json"), step);
    REQUIRE(wire.size() == 5);
    REQUIRE(json.size() == 5);
    for (size_t i = 0; i < 5; ++i) {
      auto a = decode.event(object_kind::pod, pods, wire[i]);
      auto b = decode.event(object_kind::pod, pods, json[i]);
      CHECK(a.problem == "");
      CHECK(b.problem == "");
      CHECK(a.event.what == b.event.what);
      CHECK(a.event.resource_version == b.event.resource_version);
      CHECK(a.error_status == b.error_status);
      REQUIRE(bool(a.event.object) == bool(b.event.object));
      if (a.event.object)
        CHECK(equal(*a.event.object, *b.event.object));
      if (a.error_status != 0)
        CHECK(failure_of_status(410, a.error, "watch pods", "c").text ==
              failure_of_status(410, b.error, "watch pods", "c").text);
    }
    CHECK(decode.event(object_kind::pod, pods, wire[4]).error_status == 410);
  }
}

TEST_CASE("a refusal says the same in Protobuf and in JSON") {
  auto wire = failure_of_status(403, fixture("forbidden.pb"), "list pods", "anna");
  auto json = failure_of_status(403, fixture("forbidden.json"), "list pods", "anna");
  CHECK(wire.code == ec::forbidden);
  CHECK(wire.text == json.text);
  CHECK(wire.text.find("cannot list resource") != std::string::npos);
  // A patch of another object's uid, by its cause.
  CHECK(failure_of_status(422, fixture("forbidden.pb"), "x", "y").code == ec::conflict);
}

TEST_CASE("bytes that are cut off or of another kind are refused, not half read") {
  decoder decode;
  auto whole = fixture("pod.pb");
  auto all = decode.object(object_kind::pod, pods, whole);
  REQUIRE(all.value);
  size_t read = 0;
  for (size_t size = 0; size < whole.size(); ++size)
    if (auto part = decode.object(object_kind::pod, pods, whole.substr(0, size)); part.value) {
      ++read;
      CHECK(equal(*part.value, *all.value));
    }
  CHECK(read <= 2);  // the frame ends with two fields that are empty
  resource_type node_type = *resource_catalog{}.type_of(object_kind::node, {});
  CHECK(decode.object(object_kind::node, node_type, whole).problem ==
        "nodes: the answer is no Node");
  CHECK(decode.list(object_kind::pod, pods, whole).problem == "list pods: the answer is no list");
}

TEST_CASE("fields that nobody knows are passed over, broken ones are not") {
  using namespace std::string_literals;
  auto good = [](const std::string& bytes) { return wire::well_formed(bytes, wire::object_meta); };
  CHECK(
    good("\x0a\x01"
         "a"s));
  CHECK(
    good("\x0a\x01"
         "a\xfa\x7f\x02zz"s));                                       // field 2047, bytes
  CHECK(good("\xf8\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s));  // the largest varint
  CHECK(
    good("\xf9\x7f"
         "12345678\xfd\x7f"
         "1234"s));                                                   // fixed ones
  CHECK(!good("\xf8\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s));  // more than 64 bits
  CHECK(
    !good("\x0a\x05"
          "a"s));             // longer than there is
  CHECK(!good("\x08\x01"s));  // a name that is a number
  CHECK(
    !good("\x3a\x01"
          "a"s));             // a generation that is a text
  CHECK(!good("\x02\x00"s));  // field 0
  CHECK(!good("\x0b\x0c"s));  // a group
}

TEST_CASE("an event of a size that nobody sends ends the stream") {
  event_splitter splitter{1000};
  std::string head{"\0\0\x04\0", 4};  // 1024
  auto ignore = [](std::string_view) { return true; };
  CHECK(!splitter.feed(head, ignore));
  event_splitter slow{1000};
  CHECK(slow.feed(head.substr(0, 3), ignore));
  CHECK(!slow.feed(head.substr(3), ignore));
}
