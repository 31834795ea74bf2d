#include <catch2/catch.hpp>

#include "messages/crd/crd.hpp"
#include "unit/actors/dashboards/bench.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

TEST_CASE("the overview sums what the cluster has, asks for, uses and should ask for") {
  dashboards_bench b;
  b.advise("shop", "cart", 400, 256 * mebi);
  b.use(0, 100 * mebi, 0);
  b.start();
  b.w.run_for(60s);
  b.use(100, 100 * mebi, 65);
  b.w.run_for(60s);
  auto seen = b.get("/api/v1/overview");
  CHECK(seen["ready"] == true);
  CHECK(seen["cpu"]["allocatable"] == 8000);
  CHECK(seen["cpu"]["requested"] == 2 * 1000 + 500 + 3 * 200);
  CHECK(seen["cpu"]["recommended"] == 2 * 400 + 500 + 3 * 200);
  CHECK(seen["cpu"]["used"] == 6 * 100);
  CHECK(seen["memory"]["used"] == 6 * 100 * mebi);
  CHECK(seen["counts"]["workloads"] == 3);
  CHECK(seen["counts"]["pods"] == 6);
  CHECK(seen["counts"]["open"] == 3);
  CHECK(seen["counts"]["learning"] == 2);
  CHECK(seen["money"]["possible"].get<double>() ==
        Approx(730 * (1.2 * 0.0316 + 0.5 * 0.0042)).margin(0.01));
}

TEST_CASE("workloads are filtered, sorted and paged, and wrong parameters are named") {
  dashboards_bench b;
  b.advise("shop", "cart", 400, 256 * mebi);
  b.start();
  auto all = b.get("/api/v1/workloads");
  CHECK(all["total"] == 3);
  CHECK(all["items"][0]["id"] == "shop/Deployment/cart");  // greatest saving first
  auto some = b.get("/api/v1/workloads",
                    {{"namespace", "shop"}, {"sort", "name"}, {"order", "desc"}, {"limit", "1"}});
  CHECK(some["total"] == 2);
  CHECK(some["items"].size() == 1);
  CHECK(some["items"][0]["name"] == "pay");
  CHECK(b.get("/api/v1/workloads", {{"q", "BLOG/"}})["total"] == 1);
  auto wrong = [&](string_map query) {
    auto answer = b.call("GET", "/api/v1/workloads", std::move(query), b.as("ada"));
    CHECK(answer.status == 400);
    return json_of(answer)["error"]["field"].get<std::string>();
  };
  CHECK(wrong({{"limit", "0"}}) == "query.limit");
  CHECK(wrong({{"sort", "colour"}}) == "query.sort");
  CHECK(wrong({{"nmaespace", "x"}}) == "query.nmaespace");
}

TEST_CASE("one workload comes with its containers, reasons in words, pods and history") {
  dashboards_bench b;
  b.advise("shop", "cart", 400, 256 * mebi);
  b.start();
  auto seen = b.get("/api/v1/workloads/shop/Deployment/cart");
  CHECK(seen["containers"][0]["resources"]["requests"]["cpu"] == 1000);
  CHECK(seen["containers"][0]["recommendation"]["target"]["requests"]["cpu"] == 400);
  CHECK(seen["containers"][0]["recommendation"]["reasons"][0]["text"] ==
        "93 % of the time it used no more than 400m.");
  CHECK(seen["pod_list"].size() == 2);
  CHECK(seen["automation"]["state"] == "open");
  CHECK(b.call("GET", "/api/v1/workloads/shop/Deployment/none", {}, b.as("ada")).status == 404);
}

TEST_CASE("a Recommendation is handed out as Kubernetes holds it, and to those who may see it") {
  dashboards_bench b;
  b.advise("shop", "cart", 300, 128 * mebi);
  b.start();
  auto path = "/api/v1/workloads/shop/Deployment/cart/recommendation";
  auto found = b.call("GET", path, {}, b.as("rita"));
  CHECK(found.status == 200);
  auto parsed = crd::parse_text(*found.body);
  REQUIRE(parsed.value);
  CHECK(std::get<recommendation>(*parsed.value).status == b.stored("shop", "cart")->status);
  CHECK(b.call("GET", path, {}, b.as("nina")).status == 403);
  CHECK(b.call("GET", path, {{"x", "y"}}, b.as("ada")).status == 400);
  CHECK(
    b.call("GET", "/api/v1/workloads/shop/Deployment/pay/recommendation", {}, b.as("ada")).status ==
    404);
}

TEST_CASE("evidence comes from the recommender, and its silence is told") {
  dashboards_bench b;
  b.start();
  auto path = "/api/v1/workloads/shop/Deployment/cart/evidence";
  CHECK(b.call("GET", path, {}, b.as("ada")).status == 503);
  CHECK(b.call("GET", path, {}, b.as("nina")).status == 403);
  CHECK(b.call("GET", "/api/v1/workloads/shop/Deployment/none/evidence", {}, b.as("ada")).status ==
        404);
}

TEST_CASE("nothing is told without signing in, unless the configuration says so") {
  dashboards_bench b;
  b.start();
  CHECK(b.call("GET", "/api/v1/overview").status == 401);
  CHECK(b.call("GET", "/api/v1/live").status == 401);
  CHECK(b.call("GET", "/api/v1/session").status == 200);
  CHECK(b.call("GET", "/api/v1/overview", {}, {{"authorization", "Bearer wrong"}}).status == 401);
  CHECK(b.call("GET", "/api/v1/overview", {}, b.as("nina")).status == 403);
  CHECK(b.call("GET", "/api/v1/overview", {}, b.as("rita")).status == 200);
  CHECK(b.call("GET", "/api/v1/nothing", {}, b.as("ada")).status == 404);
  CHECK(b.call("DELETE", "/api/v1/overview", {}, b.as("ada")).status == 405);
}

TEST_CASE("a grant bears the authenticated name and the time, and is audited") {
  dashboards_bench b;
  b.advise("shop", "cart", 400, 256 * mebi);
  b.start();
  nlohmann::json wish{{"automated", true},
                      {"workloads", {"shop/Deployment/cart", "shop/Deployment/pay"}},
                      {"why", "go"}};
  auto answer = b.post("/api/v1/workloads/automation", wish, "olga");
  REQUIRE(answer.status == 200);
  CHECK(json_of(answer)["changed"] == 2);
  REQUIRE(b.stored("shop", "cart")->automation);
  CHECK(b.stored("shop", "cart")->automation->granted_by == "olga");
  CHECK(b.stored("shop", "cart")->status.policy ==
        "production");               // the recommender's part is left alone
  REQUIRE(b.stored("shop", "pay"));  // made, for the recommender to fill in
  b.w.run_for(1s);
  CHECK(b.get("/api/v1/workloads/shop/Deployment/cart")["automation"]["state"] == "automated");
  auto audit = b.get("/api/v1/audit");
  CHECK(audit["items"].size() == 2);
  CHECK(audit["items"][0]["who"] == "olga");
  CHECK(audit["items"][0]["why"] == "go");
  CHECK(audit["items"][0]["peer"] == "10.0.0.9");
  CHECK(b.kube.created<event>().size() == 2);
  CHECK(json_of(b.post("/api/v1/workloads/automation", wish, "olga"))["unchanged"] == 2);
}

TEST_CASE(
  "changes are refused outside of the caller's namespaces and roles, and for what does not exist") {
  dashboards_bench b;
  b.start();
  auto status = [&](const std::string& user, const std::string& workload) {
    return b
      .post("/api/v1/workloads/exclusion", {{"excluded", true}, {"workloads", {workload}}}, user)
      .status;
  };
  CHECK(status("rita", "shop/Deployment/cart") == 403);
  CHECK(status("olga", "blog/Deployment/web") == 404);  // she may not even see it
  CHECK(status("ada", "shop/Deployment/none") == 404);
  CHECK(status("ada", "shop/Deployment/cart") == 200);
  CHECK(b.stored("shop", "cart")->excluded);
  auto bad = b.post("/api/v1/workloads/policy",
                    {{"policy", "nonsense"}, {"workloads", {"shop/Deployment/cart"}}});
  CHECK(bad.status == 400);
  CHECK(json_of(bad)["error"]["field"] == "body.policy");
  CHECK(
    b.post("/api/v1/workloads/policy", {{"policy", "cost"}, {"filter", {{"namespace", "shop"}}}})
      .status == 200);
  CHECK(b.stored("shop", "pay")->policy_override == "cost");
  CHECK_FALSE(b.stored("blog", "web"));
}

TEST_CASE("a change survives another writer and reports what could not be written") {
  dashboards_bench b;
  b.advise("shop", "cart", 400, 256 * mebi);
  b.advise("shop", "pay", 400, 256 * mebi);
  b.start();
  int calls = 0;
  b.kube.data().fail_update = [&](const update_object& wish) {
    auto& name = meta_of(*wish.object).name;
    if (name == "deployment-pay")
      return ec::forbidden;
    return ++calls == 1 ? ec::conflict : ec::none;
  };
  auto answer =
    b.post("/api/v1/workloads/automation",
           {{"automated", true}, {"workloads", {"shop/Deployment/cart", "shop/Deployment/pay"}}});
  CHECK(json_of(answer)["changed"] == 1);
  CHECK(json_of(answer)["failed"] == 1);
  CHECK(json_of(answer)["failures"][0]["workload"] == "shop/Deployment/pay");
  CHECK(b.stored("shop", "cart")->automation);
}

TEST_CASE(
  "a session cookie works after sign-in, needs the CSRF token for changes, and ends at sign-out") {
  dashboards_bench b;
  b.start();
  CHECK(b.call("POST", "/api/v1/session", {}, {}, R"({"token":"nope"})").status == 401);
  CHECK(b.call("POST", "/api/v1/session", {}, {}, R"({"token":"nina-token"})").status == 403);
  auto opened = b.call("POST", "/api/v1/session", {}, {}, R"({"token":"ada-token"})");
  REQUIRE(opened.status == 200);
  auto set = opened.headers["Set-Cookie"];
  CHECK(set.find("HttpOnly") != std::string::npos);
  CHECK(set.find("SameSite=Strict") != std::string::npos);
  auto cookie = set.substr(0, set.find(';'));
  auto csrf = json_of(opened)["csrf"].get<std::string>();
  CHECK(b.call("GET", "/api/v1/overview", {}, {{"cookie", "a=b; " + cookie}}).status == 200);
  std::string body = R"({"excluded":true,"workloads":["shop/Deployment/cart"]})";
  auto write = [&](string_map headers) {
    return b.call("POST", "/api/v1/workloads/exclusion", {}, std::move(headers), body).status;
  };
  CHECK(write({{"cookie", cookie}}) == 403);
  CHECK(write({{"cookie", cookie}, {"x-csrf-token", csrf}, {"sec-fetch-site", "cross-site"}}) ==
        403);
  CHECK(write({{"cookie", cookie}, {"x-csrf-token", csrf}}) == 200);
  auto forged = cookie;
  forged[12] = forged[12] == '0' ? '1' : '0';
  CHECK(b.call("GET", "/api/v1/overview", {}, {{"cookie", forged}}).status == 401);
  CHECK(
    b.call("DELETE", "/api/v1/session", {}, {{"cookie", cookie}, {"x-csrf-token", csrf}}).status ==
    204);
  CHECK(b.call("GET", "/api/v1/overview", {}, {{"cookie", cookie}}).status == 401);
}

TEST_CASE("a session ends by itself, the one-time token works once, and guessing is slowed down") {
  dashboards_bench b;
  b.cfg.one_time_token = "once";
  b.cfg.one_time_user = {"ada", {}};
  b.cfg.session_length = 1h;
  b.start();
  auto opened = b.call("POST", "/api/v1/session", {}, {}, R"({"token":"once"})");
  REQUIRE(opened.status == 200);
  auto cookie = opened.headers["Set-Cookie"].substr(0, opened.headers["Set-Cookie"].find(';'));
  CHECK(b.call("POST", "/api/v1/session", {}, {}, R"({"token":"once"})").status == 401);
  b.w.run_for(59min);
  CHECK(b.call("GET", "/api/v1/overview", {}, {{"cookie", cookie}}).status == 200);
  b.w.run_for(2min);
  CHECK(b.call("GET", "/api/v1/overview", {}, {{"cookie", cookie}}).status == 401);
  int last = 0;
  for (int i = 0; i < 12; ++i)
    last = b.call("POST", "/api/v1/session", {}, {}, R"({"token":"guess"})").status;
  CHECK(last == 429);
  b.w.run_for(2min);
  CHECK(b.call("POST", "/api/v1/session", {}, {}, R"({"token":"guess"})").status == 401);
}

TEST_CASE("a read-only installation refuses every change, whoever asks") {
  dashboards_bench b;
  b.cfg.read_only = true;
  b.start();
  auto answer = b.post("/api/v1/workloads/exclusion",
                       {{"excluded", true}, {"workloads", {"shop/Deployment/cart"}}});
  CHECK(answer.status == 403);
  CHECK(b.kube.data().updated.empty());
}

namespace {

struct updater_script {
  update_log log;
  pause_updates last;
};

updater_actor::behavior_type scripted_updater(updater_actor::pointer,
                                              std::shared_ptr<updater_script> script) {
  return {
    [](status_query) {
      return component_status{component::updater, true, "fine", {}, 3};
    },
    [](const recommendation_made&) {},
    [script](const pause_updates& wish) {
      script->last = wish;
      return component_status{component::updater, true, wish.paused ? "paused" : "fine", {}, 3};
    },
    [script](const update_log_query& query) {
      update_log out{script->log.last, {}};
      auto skip =
        query.after - std::min(query.after, script->log.last - script->log.records.size());
      for (size_t i = skip; i < script->log.records.size(); ++i)
        out.records.push_back(script->log.records[i]);
      return out;
    }};
}

live_sink_actor::behavior_type sink(live_sink_actor::pointer,
                                    std::shared_ptr<std::vector<live_event>> got) {
  return {[got](const live_event& event) { got->push_back(event); }};
}

}  // namespace

TEST_CASE(
  "actions come from the updater once each, refusals with their reason, and are told live") {
  dashboards_bench b;
  auto script = std::make_shared<updater_script>();
  b.peers.updater = b.w.own(b.w.sys().spawn(scripted_updater, script));
  b.peers.components = {b.peers.updater};
  b.start();
  auto got = std::make_shared<std::vector<live_event>>();
  auto s = b.w.own(b.w.sys().spawn(sink, got));
  caf::anon_send(b.aut, subscribe_live{s, 0});
  update_record record;
  record.workload = {"shop", "Deployment", "cart"};
  record.pod = {"shop", "cart-0"};
  record.done = true;
  script->log.records.push_back(record);
  record.done = false;
  record.why = refusal::disruption_budget;
  script->log.records.push_back(record);
  script->log.last = 2;
  b.w.run_for(10s);
  auto actions = b.get("/api/v1/actions");
  REQUIRE(actions["items"].size() == 2);
  CHECK(actions["items"][0]["why"] == "disruption-budget");
  CHECK(actions["items"][1]["done"] == true);
  CHECK(b.get("/api/v1/actions", {{"outcome", "done"}})["items"].size() == 1);
  CHECK(std::count_if(got->begin(), got->end(), [](auto& e) { return e.type == "action"; }) == 2);
  auto paused = b.post("/api/v1/updates/pause", {{"why", "incident"}});
  CHECK(paused.status == 200);
  CHECK(script->last.by == "ada");
  CHECK(b.get("/api/v1/overview")["pause"]["why"] == "incident");
  CHECK(b.call("POST", "/api/v1/updates/pause", {}, b.as("olga")).status == 403);  // not hers alone
  b.w.run_for(20s);
  CHECK(b.get("/api/v1/components")["items"].size() == 2);
}

TEST_CASE("an OOM kill marks the workload, needs attention and is told live") {
  dashboards_bench b;
  b.start();
  auto got = std::make_shared<std::vector<live_event>>();
  caf::anon_send(b.aut, subscribe_live{b.w.own(b.w.sys().spawn(sink, got)), 0});
  b.w.settle();
  auto p = b.make_pod("shop", "cart", 0, 1000, 512 * mebi);
  p.statuses[0].restarts = 1;
  p.statuses[0].last_termination = termination{"OOMKilled", 137, b.w.wall() - 1h, b.w.wall()};
  b.kube.put(p);
  b.w.run_for(1s);
  CHECK(std::count_if(got->begin(), got->end(), [](auto& e) { return e.type == "oom"; }) == 1);
  auto seen = b.get("/api/v1/workloads/shop/Deployment/cart");
  CHECK(seen["kills"].size() == 1);
  CHECK(seen["summary"]["restarts"] == 1);
  auto overview = b.get("/api/v1/overview");
  CHECK(overview["last_24h"]["oom_kills"] == 1);
  CHECK(overview["attention"][0]["code"] == "oom");
}

TEST_CASE("series of cluster and workload hold what was measured, with gaps where nothing was") {
  dashboards_bench b;
  b.advise("shop", "cart", 400, 256 * mebi);
  b.use(0, 100 * mebi, 0);
  b.start();
  for (int i = 0; i < 10; ++i) {
    b.w.run_for(60s);
    b.use(150, 100 * mebi, 60);
  }
  auto cluster = b.get("/api/v1/series", {{"span", "1h"}});
  auto n = cluster["at"].size();
  REQUIRE(n >= 9);
  CHECK(cluster["cpu"]["requested"][n - 1] == 3100);
  CHECK(cluster["cpu"]["used"][n - 1] == 6 * 150);
  auto one = b.get("/api/v1/series", {{"workload", "shop/Deployment/cart"}, {"span", "1h"}});
  n = one["at"].size();
  CHECK(one["cpu"]["used"][n - 1].get<double>() == Approx(150).epsilon(0.01));
  CHECK(one["cpu"]["requested"][n - 1] == 1000);
  CHECK(one["cpu"]["recommended"][n - 1] == 400);
  CHECK(one["cpu"]["limit"][n - 1].is_null());
  CHECK(b.call("GET", "/api/v1/series", {{"span", "1y"}}, b.as("ada")).status == 400);
}
