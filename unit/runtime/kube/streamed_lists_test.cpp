// Lists by stream (KEP-3157), against a loopback server.
#include <catch2/catch.hpp>

#include "unit/runtime/kube/watching.hpp"

using namespace scaleops;
using namespace scaleops::test;

namespace {

std::string bookmark(uint64_t version, bool ends = true) {
  auto notes = ends ? R"(,"annotations":{"k8s.io/initial-events-end":"true"})" : "";
  return event_json("BOOKMARK",
                    fmt::format(R"({{"metadata":{{"resourceVersion":"{}"{}}}}})", version, notes));
}

std::string list_of(const std::string& items, uint64_t version) {
  return fmt::format(R"({{"metadata":{{"resourceVersion":"{}"}},"items":[{}]}})", version, items);
}

struct streaming : watching {
  /// Asks, and scripts what the stream tells before the answer is waited for.
  caf::expected<object_list> list(uint32_t limit, const std::string& told, std::string token = {},
                                  object_kind kind = object_kind::pod) {
    if (!client)
      start();
    if (told.empty())
      return ask<object_list>(list_query{kind, {}, limit, std::move(token)});
    auto before = streams[pods].size();
    auto writes = std::make_shared<bool>(false);
    auto script = answers["GET " + pods];
    answers["GET " + pods] = [=](const http_request& request) {
      auto out = script(request);
      if (auto open = out.stream; open && !std::exchange(*writes, true))
        out.stream = [open, told](std::shared_ptr<http_stream> stream) {
          open(stream);
          stream->write(told);
        };
      return out;
    };
    auto page = ask<object_list>(list_query{kind, {}, limit, std::move(token)});
    answers["GET " + pods] = script;
    CHECK(streams[pods].size() == before + 1);
    return page;
  }

  double requests(const std::string& verb) const {
    double out = 0;
    for (auto& family : registry->Collect())
      for (auto& metric : family.metric)
        for (auto& label : metric.label)
          if (family.name == "scaleops_kube_requests_total" && label.name == "verb" &&
              label.value == verb)
            out += metric.counter.value;
    return out;
  }
};

}  // namespace

TEST_CASE_METHOD(streaming, "a list comes by a stream that is then the watch") {
  on_watch(pods);
  auto page = list(500, event_json("ADDED", pod_json("a", 11)) +
                          event_json("ADDED", pod_json("b", 9)) + bookmark(20));
  REQUIRE(page);
  auto& query = seen.back().query;
  CHECK(query.at("sendInitialEvents") == "true");
  CHECK(query.at("resourceVersionMatch") == "NotOlderThan");
  CHECK(query.at("allowWatchBookmarks") == "true");
  CHECK(query.at("resourceVersion") == "");
  CHECK(page->items.size() == 2);
  CHECK(page->resource_version == 20);
  CHECK(page->continue_token.empty());
  CHECK(requests("watch-list") == 1);
  CHECK(requests("list") == 0);

  REQUIRE(open(object_kind::pod, 20) == ec::none);
  CHECK(count("GET", pods) == 1);  // no second request
  stream(pods).write(event_json("DELETED", pod_json("a", 21)));
  REQUIRE(told(1));
  CHECK(got->events[0].what == watch_event::type::deleted);
  stream(pods).close();
  REQUIRE(turn_until([&] { return streams[pods].size() == 2; }));
  CHECK(seen.back().query.at("resourceVersion") == "21");
  CHECK_FALSE(seen.back().query.contains("sendInitialEvents"));
}

TEST_CASE_METHOD(streaming, "a list by stream is told in pages, as the list asks for") {
  on_watch(pods);
  std::string all;
  for (int i = 0; i < 5; ++i)
    all += event_json("ADDED", pod_json(fmt::format("p{}", i), 10 + uint64_t(i)));
  auto one = list(2, all + bookmark(30));
  REQUIRE(one);
  REQUIRE(one->items.size() == 2);
  auto two = list(2, {}, one->continue_token);
  REQUIRE(two);
  REQUIRE(two->items.size() == 2);
  CHECK(open(object_kind::pod, 30) == ec::none);  // not told to its end: a watch of its own
  CHECK(count("GET", pods) == 2);
  auto three = list(2, {}, two->continue_token);
  REQUIRE(three);
  CHECK(three->items.size() == 1);
  CHECK(three->continue_token.empty());
  CHECK(three->resource_version == 30);
  CHECK(failure<object_list>(list_query{object_kind::node, {}, 2, one->continue_token}) ==
        ec::gone);
}

TEST_CASE_METHOD(streaming, "what changes before the list ends is left for the watch") {
  on_watch(pods);
  auto page =
    list(500, event_json("ADDED", pod_json("a", 11)) + event_json("ADDED", pod_json("b", 12)) +
                event_json("DELETED", pod_json("a", 15)) + event_json("ADDED", pod_json("a", 16)) +
                bookmark(20));
  REQUIRE(page);
  CHECK(page->items.size() == 2);
  CHECK(page->resource_version == 14);  // where a watch of its own would miss nothing
  REQUIRE(open(object_kind::pod, 14) == ec::none);
  REQUIRE(told(2));
  CHECK(got->events[0].what == watch_event::type::deleted);
  CHECK(got->events[1].what == watch_event::type::added);
  CHECK(count("GET", pods) == 1);
}

TEST_CASE_METHOD(streaming, "a server that refuses to stream lists is not asked again") {
  auto refusal = GENERATE(std::make_pair(422, "sendInitialEvents is forbidden for watch"),
                          std::make_pair(400, "unknown parameter"));
  answers["GET " + pods] = [=](const http_request& request) {
    return request.query.contains("watch")
             ? json(refusal.first,
                    fmt::format(R"({{"reason":"Invalid","message":"{}"}})", refusal.second))
             : json(200, list_of(pod_json("a", 3), 7));
  };
  for (int i = 0; i < 2; ++i) {
    auto page = ask<object_list>(list_query{object_kind::pod, {}, 500, {}});
    REQUIRE(page);
    CHECK(page->items.size() == 1);
    CHECK(page->resource_version == 7);
  }
  CHECK(count("GET", pods) == 3);
}

TEST_CASE_METHOD(streaming, "a server that knows no lists by stream is found out by its bookmark") {
  on_watch(pods, list_of(pod_json("a", 3), 7));
  auto page = list(500, event_json("ADDED", pod_json("a", 3)) + bookmark(7, false));
  REQUIRE(page);
  CHECK(page->items.size() == 1);
  CHECK(page->resource_version == 7);
  CHECK(list(500, {})->resource_version == 7);
  CHECK(count("GET", pods) == 3);
}

TEST_CASE_METHOD(streaming, "a server that streams nothing at all is found out in time") {
  config.list_patience = milliseconds{50};
  on_watch(pods, list_of("", 7));
  CHECK(ask<object_list>(list_query{object_kind::pod, {}, 500, {}})->resource_version == 7);
  CHECK(ask<object_list>(list_query{object_kind::pod, {}, 500, {}})->resource_version == 7);
  CHECK(count("GET", pods) == 3);
}

TEST_CASE_METHOD(streaming, "a list whose watch nobody opens is closed, and held back until then") {
  config.list_patience = milliseconds{50};
  on_watch(pods);
  REQUIRE(list(500, bookmark(20)));
  bool closed = false;
  stream(pods).on_closed([&] { closed = true; });
  CHECK(turn_until([&] { return closed; }));
  REQUIRE(open(object_kind::pod, 20) == ec::none);
  CHECK(count("GET", pods) == 2);
  REQUIRE(list(500, bookmark(30)));  // it was no refusal
  CHECK(requests("watch-list") == 2);
}

TEST_CASE_METHOD(streaming, "who may list but not watch is given a list, each time") {
  answers["GET " + pods] = [=](const http_request& request) {
    return request.query.contains("watch")
             ? json(403, R"({"message":"User \"u\" cannot watch resource \"pods\""})")
             : json(200, list_of(pod_json("a", 3), 7));
  };
  for (int i = 0; i < 2; ++i)
    CHECK(ask<object_list>(list_query{object_kind::pod, {}, 500, {}})->items.size() == 1);
  CHECK(count("GET", pods) == 4);
  CHECK(client->troubles().empty());
}

TEST_CASE_METHOD(streaming, "a stream that breaks amid its list is no list") {
  on_watch(pods);
  auto one =
    list(2, event_json("ADDED", pod_json("a", 11)) + event_json("ADDED", pod_json("b", 12)));
  REQUIRE(one);
  REQUIRE_FALSE(one->continue_token.empty());
  stream(pods).close();
  turn_until([&] { return false; }, std::chrono::milliseconds{50});
  CHECK(failure<object_list>(list_query{object_kind::pod, {}, 2, one->continue_token}) == ec::gone);
}

TEST_CASE_METHOD(streaming, "namespaces and kinds of several types are listed in pages") {
  on("GET /api/v1/namespaces/shop/pods", list_of(pod_json("a", 3), 7));
  REQUIRE(ask<object_list>(list_query{object_kind::pod, "shop", 500, {}}));
  auto none = list_of("", 7);
  for (auto path :
       {"/apis/apps/v1/deployments", "/apis/apps/v1/statefulsets", "/apis/apps/v1/daemonsets",
        "/apis/apps/v1/replicasets", "/apis/batch/v1/cronjobs", "/apis/batch/v1/jobs"})
    on(std::string{"GET "} + path, none);
  REQUIRE(ask<object_list>(list_query{object_kind::workload, {}, 500, {}}));
  CHECK(requests("watch-list") == 0);
}
