#include "runtime/kube/client.hpp"

#include <fstream>

#include <caf/typed_event_based_actor.hpp>

#include "unit/runtime/kube/fake_api.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

const std::string pods = "/api/v1/pods";
const std::string one_pod = "/api/v1/namespaces/shop/pods/web";

object_key key_of_pod(const std::string& name) {
  return {object_kind::pod, "shop", name, {}};
}

/// Where `up` and tests read what is counted.
double counted(const prometheus::Registry& registry, const std::string& name,
               const std::string& value) {
  for (auto& family : registry.Collect())
    if (family.name == name)
      for (auto& metric : family.metric)
        for (auto& label : metric.label)
          if (label.value == value)
            return metric.counter.value;
  return 0;
}

}  // namespace

TEST_CASE("a list comes in pages with its continue token and tells its version") {
  fake_api api;
  api.answers["GET " + pods] = [](const http_request& request) {
    if (request.query.contains("watch"))
      return fake_api::json(400, "{}");  // an old server: no lists by stream
    auto token = request.query.find("continue");
    CHECK(request.query.at("limit") == "1");
    if (token == request.query.end())
      return fake_api::json(200,
                            R"({"metadata":{"resourceVersion":"7","continue":"a/b+c="},"items":[)" +
                              pod_json("one", 5) + "]}");
    CHECK(token->second == "a/b+c=");
    return fake_api::json(
      200, R"({"metadata":{"resourceVersion":"7"},"items":[)" + pod_json("two", 6) + "]}");
  };
  auto first = api.ask<object_list>(list_query{object_kind::pod, {}, 1, {}});
  REQUIRE(first);
  CHECK(first->items.size() == 1);
  CHECK(first->resource_version == 7);
  REQUIRE(!first->continue_token.empty());
  auto second = api.ask<object_list>(list_query{object_kind::pod, {}, 1, first->continue_token});
  REQUIRE(second);
  CHECK(meta_of(*second->items.at(0)).name == "two");
  CHECK(second->continue_token.empty());
  CHECK(api.failure<object_list>(list_query{object_kind::pod, {}, 1, "rubbish"}) == ec::invalid);
  CHECK(api.failure<object_list>(list_query{object_kind::pod, "../x", 1, {}}) == ec::invalid);
}

TEST_CASE("workloads of all types make one list; a type that is forbidden is named and left out") {
  fake_api api;
  uint64_t version = 100;
  for (auto path : {"/apis/apps/v1/deployments", "/apis/apps/v1/statefulsets",
                    "/apis/apps/v1/daemonsets", "/apis/apps/v1/replicasets", "/apis/batch/v1/jobs"})
    api.on(
      std::string("GET ") + path,
      fmt::format(
        R"({{"metadata":{{"resourceVersion":"{}"}},"items":[{{"metadata":{{"name":"x","namespace":"n"}},"spec":{{"template":{{"spec":{{}}}}}}}}]}})",
        ++version));
  api.on("GET /apis/batch/v1/cronjobs",
         R"({"reason":"Forbidden","message":"User \"u\" cannot list resource \"cronjobs\""})", 403);
  auto all = api.ask<object_list>(list_query{object_kind::workload, {}, 500, {}});
  REQUIRE(all);
  CHECK(all->items.size() == 5);
  CHECK(std::get<workload>(*all->items[1]).kind == "StatefulSet");
  CHECK(all->resource_version == 101);  // the first one's: a watch from there misses nothing
  auto& said = api.client->troubles();
  REQUIRE(said.size() == 1);
  CHECK(said.begin()->second ==
        "list cronjobs: User \"u\" cannot list resource \"cronjobs\"; let a ClusterRole of this "
        "user allow to list cronjobs");
}

TEST_CASE("Argo's Rollouts count as workloads where they are served") {
  fake_api api;
  api.on("GET /apis/argoproj.io/v1alpha1", R"({"resources":[{"name":"rollouts"}]})");
  api.on(
    "GET /apis/argoproj.io/v1alpha1/namespaces/n/rollouts/r",
    R"({"metadata":{"name":"r","namespace":"n","generation":1},"spec":{"replicas":2,"template":{"spec":{}}},"status":{"currentPodHash":"h","observedGeneration":"1"}})");
  auto found = api.ask<object_ptr>(get_query{{object_kind::workload, "n", "r", "Rollout"}});
  REQUIRE(found);
  CHECK(std::get<workload>(**found).revision == "h");
  CHECK(api.failure<object_ptr>(get_query{{object_kind::workload, "n", "r", "Unknown"}}) ==
        ec::invalid);
}

TEST_CASE("failures keep the server's meaning") {
  fake_api api;
  auto of = [&](int status, const std::string& body) {
    api.on("GET " + one_pod, body, status);
    return api.failure<object_ptr>(get_query{key_of_pod("web")});
  };
  CHECK(of(404, R"({"reason":"NotFound"})") == ec::not_found);
  CHECK(of(409, R"({"reason":"AlreadyExists"})") == ec::already_exists);
  CHECK(of(409, R"({"reason":"Conflict"})") == ec::conflict);
  CHECK(of(410, R"({"reason":"Expired"})") == ec::gone);
  CHECK(of(422, R"({"details":{"causes":[{"field":"metadata.uid"}]}})") == ec::conflict);
  CHECK(of(422, R"({"details":{"causes":[{"field":"spec"}]}})") == ec::invalid);
  CHECK(of(403, R"({"message":"NodeCapacity"})") == ec::infeasible);
  CHECK(of(500, "oops") == ec::server_error);
  CHECK(of(200, "no json") == ec::server_error);
}

TEST_CASE("429 is waited out, but an eviction's 429 is its answer") {
  fake_api api;
  int asked = 0;
  api.answers["GET " + one_pod] = [&](const http_request&) {
    auto out = ++asked < 3 ? fake_api::json(429, "{}") : fake_api::json(200, pod_json("web", 1));
    out.headers["Retry-After"] = "0";
    return out;
  };
  CHECK(api.failure<object_ptr>(get_query{key_of_pod("web")}) == ec::none);
  CHECK(asked == 3);
  CHECK(counted(*api.registry, "scaleops_kube_request_repeats_total", "throttled") == 2);
  api.on("POST " + one_pod + "/eviction", R"({"reason":"TooManyRequests"})", 429);
  CHECK(api.failure<write_done>(evict_pod{{"shop", "web"}, {}, false}) == ec::too_many_requests);
  CHECK(api.count("POST", one_pod + "/eviction") == 1);
}

TEST_CASE("a token file is read anew when the server refuses the old token") {
  fake_api api;
  auto path = fmt::format("{}/scaleops-token-{}", P_tmpdir, api.access.server.port);
  std::ofstream{path} << "old\n";
  api.access.token_file = path;
  api.answers["GET " + one_pod] = [&](const http_request& request) {
    bool good = request.header("authorization") == "Bearer new";
    return good ? fake_api::json(200, pod_json("web", 1)) : fake_api::json(401, "{}");
  };
  auto refused = api.ask<object_ptr>(get_query{key_of_pod("web")});
  REQUIRE(!refused);
  CHECK(code_of(refused.error()) == ec::unauthorized);
  CHECK(text_of(refused.error()).find("renew its token") != std::string::npos);
  std::ofstream{path} << "new\n";
  // The file is not read at every refusal: a wrong token must not cost a read each time.
  CHECK(api.turn_until(
    [&] { return api.failure<object_ptr>(get_query{key_of_pod("web")}) == ec::none; }, 10s));
  std::remove(path.c_str());
}

TEST_CASE("a server that is not there is named, with what to do") {
  fake_api api;
  api.access.server.port = "1";
  api.config.request_timeout = 1s;
  auto lost = api.ask<object_ptr>(get_query{key_of_pod("web")});
  REQUIRE(!lost);
  CHECK(text_of(lost.error()).find("cannot reach http://127.0.0.1:1: Connection refused") !=
        std::string::npos);
}

TEST_CASE("names that do not belong into a path never get there") {
  fake_api api;
  for (auto name : {"", "..", "a/b", "a?b", "a b", "a%2fb"}) {
    CHECK(api.failure<object_ptr>(get_query{key_of_pod(name)}) == ec::invalid);
    CHECK(api.failure<write_done>(evict_pod{{"shop", name}, {}, false}) == ec::invalid);
  }
  CHECK(api.failure<node_metrics_ptr>(node_metrics_query{"n/../x"}) == ec::invalid);
}

TEST_CASE("under the read-only guard nothing but reads and reviews reaches the server") {
  fake_api api;
  api.config.transport.read_only = true;
  api.on("GET " + one_pod, pod_json("web", 1));
  api.on("POST /apis/authentication.k8s.io/v1/tokenreviews",
         R"({"status":{"authenticated":false}})");
  api.on("POST /apis/authorization.k8s.io/v1/subjectaccessreviews",
         R"({"status":{"allowed":true}})");
  auto stored = api.ask<object_ptr>(get_query{key_of_pod("web")});
  REQUIRE(stored);
  lease held;
  held.meta.ns = "n";
  held.meta.name = "l";
  auto object_of = [](object value) { return std::make_shared<const object>(std::move(value)); };
  CHECK(api.failure<object_ptr>(create_object{*stored}) == ec::forbidden);
  CHECK(api.failure<object_ptr>(create_object{object_of(held)}) == ec::forbidden);
  CHECK(api.failure<object_ptr>(update_object{object_of(held), false}) == ec::forbidden);
  CHECK(api.failure<object_ptr>(patch_metadata{key_of_pod("web"), 0, {}, {{"a", "b"}}, {}}) ==
        ec::forbidden);
  CHECK(api.failure<write_done>(delete_object{key_of_pod("web"), {}}) == ec::forbidden);
  CHECK(api.failure<object_ptr>(resize_pod{{"shop", "web"}, {}, {}}) == ec::forbidden);
  CHECK(api.failure<write_done>(evict_pod{{"shop", "web"}, {}, true}) == ec::forbidden);
  CHECK(api.failure<user_info>(token_query{"t"}) == ec::unauthorized);
  CHECK(api.failure<access_answer>(access_query{{"u", {}}, "get", "", "pods", ""}) == ec::none);
  for (auto& each : api.seen)
    CHECK((each.method == "GET" || each.path.ends_with("reviews")));
  CHECK(counted(*api.registry, "scaleops_kube_read_only_refusals_total", "delete") == 1);
}

TEST_CASE("usage comes from the nodes' proxy, and from metrics.k8s.io where that is forbidden") {
  fake_api api;
  api.on("GET " + pods,
         R"({"metadata":{"resourceVersion":"7"},"items":[)" + pod_json("web", 5) + "]}");
  auto proxy = std::string("GET /api/v1/nodes/node-1/proxy/metrics/resource");
  api.on(
    proxy,
    "container_cpu_usage_seconds_total{container=\"main\",namespace=\"shop\",pod=\"web\"} 3\n"
    "container_memory_working_set_bytes{container=\"main\",namespace=\"shop\",pod=\"web\"} 9\n");
  auto got = api.ask<node_metrics_ptr>(node_metrics_query{"node-1"});
  REQUIRE(got);
  REQUIRE((*got)->containers.size() == 1);
  CHECK((*got)->containers[0].cpu_seconds == 3);
  CHECK((*got)->containers[0].working_set == 9);

  api.on(proxy, R"({"message":"User \"u\" cannot get resource \"nodes/proxy\""})", 403);
  CHECK(api.failure<node_metrics_ptr>(node_metrics_query{"node-1"}) == ec::forbidden);
  api.on(
    "GET /apis/metrics.k8s.io/v1beta1/pods",
    R"({"items":[{"metadata":{"name":"web","namespace":"shop"},"timestamp":"2026-01-05T00:00:00Z","containers":[{"name":"main","usage":{"cpu":"1","memory":"5"}}]}]})");
  got = api.ask<node_metrics_ptr>(node_metrics_query{"node-1"});
  REQUIRE(got);
  CHECK((*got)->containers.at(0).working_set == 5);
}
