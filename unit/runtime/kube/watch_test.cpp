// Watches of the real client, against a loopback server.
#include <catch2/catch.hpp>

#include "unit/runtime/kube/watching.hpp"

using namespace scaleops;
using namespace scaleops::test;

TEST_CASE_METHOD(watching, "a watch tells events in order, across any pieces") {
  on_watch(pods);
  REQUIRE(open(object_kind::pod, 10) == ec::none);
  CHECK(seen.back().query.at("resourceVersion") == "10");
  CHECK(seen.back().query.at("allowWatchBookmarks") == "true");
  auto text = event_json("ADDED", pod_json("a", 11)) + event_json("MODIFIED", pod_json("a", 12)) +
              event_json("DELETED", pod_json("a", 13));
  for (size_t at = 0; at < text.size(); at += 50) {
    stream(pods).write(text.substr(at, 50));
    turn();
  }
  REQUIRE(told(3));
  using type = watch_event::type;
  CHECK(got->events[0].what == type::added);
  CHECK(got->events[1].resource_version == 12);
  CHECK(got->events[2].what == type::deleted);
}

TEST_CASE_METHOD(watching, "where the server ends a watch it goes on from the last version") {
  on_watch(pods);
  REQUIRE(open(object_kind::pod, 10) == ec::none);
  stream(pods).write(event_json("ADDED", pod_json("a", 11)));
  stream(pods).write(event_json("BOOKMARK", R"({"metadata":{"resourceVersion":"40"}})"));
  REQUIRE(told(2));
  stream(pods).close();
  stream(pods, 1).write(event_json("ADDED", pod_json("b", 41)));
  REQUIRE(told(3));
  CHECK(seen.back().query.at("resourceVersion") == "40");
  CHECK(got->closed == ec::none);
}

TEST_CASE_METHOD(watching, "a version that is too old ends the watch as gone, opened or not") {
  on_watch(pods);
  REQUIRE(open(object_kind::pod, 10) == ec::none);
  stream(pods).write(
    event_json("ERROR", R"({"kind":"Status","code":410,"reason":"Expired","message":"too old"})"));
  CHECK(turn_until([&] { return got->closed == ec::gone; }));
  on("GET " + pods, R"({"kind":"Status","code":410,"reason":"Expired"})", 410);
  CHECK(open(object_kind::pod, 10) == ec::gone);
}

TEST_CASE_METHOD(watching, "nothing is sent before the last batch is acknowledged") {
  on_watch(pods);
  got->acknowledge = false;
  REQUIRE(open(object_kind::pod, 10) == ec::none);
  stream(pods).write(event_json("ADDED", pod_json("a", 11)));
  REQUIRE(told(1));
  for (int i = 0; i < 20'000; ++i)
    stream(pods).write(event_json("MODIFIED", pod_json("a", 12 + uint64_t(i))));
  turn_until([] { return false; }, std::chrono::milliseconds{200});
  CHECK(got->batches == 1);
  got->acknowledge = true;
  caf::anon_send(client->actor(), watch_ack{id});
  CHECK(told(20'001));
  CHECK(got->events.back().resource_version == 12 + 19'999);
}

TEST_CASE_METHOD(watching, "streams that are not in step resume where the slowest is") {
  for (auto path :
       {"/apis/apps/v1/deployments", "/apis/apps/v1/statefulsets", "/apis/apps/v1/daemonsets",
        "/apis/apps/v1/replicasets", "/apis/batch/v1/cronjobs", "/apis/batch/v1/jobs"})
    on_watch(path);
  REQUIRE(open(object_kind::workload, 100) == ec::none);
  auto workload = [](const char* name, int version) {
    return fmt::format(
      R"({{"metadata":{{"name":"{}","namespace":"n","resourceVersion":"{}"}},"spec":{{"template":{{"spec":{{}}}}}}}})",
      name, version);
  };
  stream("/apis/apps/v1/deployments").write(event_json("ADDED", workload("d", 150)));
  REQUIRE(told(1));
  CHECK(meta_of(*got->events[0].object).resource_version == 150);
  CHECK(got->events[0].resource_version == 100);  // the others have told nothing yet
  for (auto path : {"/apis/apps/v1/statefulsets", "/apis/apps/v1/daemonsets",
                    "/apis/apps/v1/replicasets", "/apis/batch/v1/cronjobs", "/apis/batch/v1/jobs"})
    stream(path).write(event_json("BOOKMARK", R"({"metadata":{"resourceVersion":"160"}})"));
  REQUIRE(turn_until([&] { return got->events.back().resource_version == 150; }));
}

TEST_CASE_METHOD(watching, "a type that is forbidden is left out of a watch, all of them end it") {
  for (auto path :
       {"/apis/apps/v1/deployments", "/apis/apps/v1/statefulsets", "/apis/apps/v1/daemonsets",
        "/apis/apps/v1/replicasets", "/apis/batch/v1/cronjobs"})
    on_watch(path);
  on("GET /apis/batch/v1/jobs", R"({"message":"User \"u\" cannot watch resource \"jobs\""})", 403);
  CHECK(open(object_kind::workload, 100) == ec::none);
  REQUIRE(client->troubles().contains("watch jobs"));
  on("GET " + pods, R"({"message":"User \"u\" cannot watch resource \"pods\""})", 403);
  CHECK(open(object_kind::pod, 100) == ec::forbidden);
}

TEST_CASE_METHOD(watching, "a watcher that ends, or closes, leaves no stream open") {
  on_watch(pods);
  REQUIRE(open(object_kind::pod, 10) == ec::none);
  bool closed = false;
  stream(pods).on_closed([&] { closed = true; });
  caf::anon_send(client->actor(), close_watch{id});
  CHECK(turn_until([&] { return closed; }));
  REQUIRE(open(object_kind::pod, 10) == ec::none);
  closed = false;
  stream(pods, 1).on_closed([&] { closed = true; });
  caf::anon_send_exit(sink, caf::exit_reason::kill);
  CHECK(turn_until([&] { return closed; }));
}

TEST_CASE_METHOD(watching, "a torn stream is told as unavailable") {
  on_watch(pods);
  REQUIRE(open(object_kind::pod, 10) == ec::none);
  auto& torn = stream(pods);
  torn.write("{\"type\":");
  turn();
  torn.write(std::string(65 << 20, 'x'));  // more than the server keeps for a slow client: it cuts
  CHECK(turn_until([&] { return got->closed == ec::unavailable; }));
}
