#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "actors/dashboards/logic/audit.hpp"
#include "actors/dashboards/logic/change.hpp"
#include "actors/dashboards/logic/json_writer.hpp"
#include "actors/dashboards/logic/reason_text.hpp"
#include "actors/dashboards/logic/routing.hpp"

using namespace scaleops;
using namespace scaleops::dashboards::logic;
using namespace std::chrono_literals;

TEST_CASE("whatever text it is given, the writer writes JSON that parsers read back") {
  json_writer out;
  std::string nasty{"a\"b\\c\n\t\x01\x7f\xc3\xa9\xff\xed\xa0\x80 end", 19};
  out.open_object()
    .member("s", nasty)
    .key("list")
    .open_array()
    .value(1)
    .value(2.5)
    .value(true)
    .value(nullptr);
  out.open_object()
    .close_object()
    .close_array()
    .member("at", instant{0s})
    .member("none", std::optional<int64_t>{});
  out.close_object();
  auto text = out.take();
  auto read = nlohmann::json::parse(text);
  CHECK(read["s"].get<std::string>().starts_with("a\"b\\c\n\t"));
  CHECK(read["list"] == nlohmann::json::array({1, 2.5, true, nullptr, nlohmann::json::object()}));
  CHECK(read["at"].is_null());
  CHECK(read["none"].is_null());
}

TEST_CASE("numbers are short and never outside of JSON") {
  auto text = [](double value, int digits = 3) {
    return json_writer{}.value(value, digits).take();
  };
  CHECK(text(1.5) == "1.5");
  CHECK(text(2.0) == "2");
  CHECK(text(100, 0) == "100");
  CHECK(text(-0.0001) == "0");
  CHECK(text(1e15, 0) == "1000000000000000");
  CHECK(text(std::nan("")) == "null");
  CHECK(text(INFINITY) == "null");
}

TEST_CASE("routes match by segments and tell which methods a path has") {
  auto found = match_route("GET", "/api/v1/workloads/shop/Deployment/cart");
  REQUIRE(found.found);
  CHECK(found.found->what == endpoint::workload_get);
  CHECK(found.captures == std::vector<std::string>{"shop", "Deployment", "cart"});
  CHECK(match_route("POST", "/api/v1/workloads/automation").found->what ==
        endpoint::set_automation);
  auto wrong = match_route("PUT", "/api/v1/session");
  CHECK_FALSE(wrong.found);
  CHECK(wrong.allowed == "GET, POST, DELETE");
  CHECK(match_route("GET", "/api/v1/workloads/shop//cart").allowed.empty());
  CHECK(match_route("GET", "/api/v1/workloads/").allowed.empty());
  CHECK(match_route("GET", "/").allowed.empty());
}

TEST_CASE("the audit's CSV survives quotes and disarms formulas") {
  audit_log log;
  log.append({0, instant{0s}, "=cmd()", "::1", "policy", "a/B/c", "by \"rules\"", "x", "", ""});
  auto csv = audit_csv(log.entries());
  CHECK(csv.find("\"'=cmd()\"") != std::string::npos);
  CHECK(csv.find("\"by \"\"rules\"\"\"") != std::string::npos);
}

TEST_CASE("an audit log keeps the newest and its numbers go on") {
  audit_log log{3};
  for (int i = 0; i < 5; ++i)
    log.append({});
  CHECK(log.entries().size() == 3);
  CHECK(log.entries().front().id == 3);
  CHECK(log.last() == 5);
}

TEST_CASE("a grant keeps its first author, lifts an exclusion and leaves the status alone") {
  workload_ref ref{"shop", "Deployment", "cart"};
  auto first = apply_change(nullptr, ref, change_wish::what::automate, "", "ada", instant{1h});
  CHECK(first.fresh);
  CHECK(first.differs);
  CHECK(first.object.meta.name == "deployment-cart");
  auto object = first.object;
  object.excluded = true;
  object.status.policy = "cost";
  auto second = apply_change(&object, ref, change_wish::what::automate, "", "bob", instant{2h});
  CHECK(second.object.automation->granted_by == "ada");
  CHECK_FALSE(second.object.excluded);
  CHECK(second.object.status.policy == "cost");
  auto third =
    apply_change(&second.object, ref, change_wish::what::automate, "", "bob", instant{3h});
  CHECK_FALSE(third.differs);
}

TEST_CASE("every reason has a sentence") {
  for (int i = 0; i <= int(reason_code::stale_input); ++i) {
    reason why{resource_kind::cpu, reason_code(i), 250, 0.5};
    auto text = explain(why);
    CHECK(text.size() > 10);
    CHECK(text.back() == '.');
  }
  CHECK(
    explain({resource_kind::memory, reason_code::oom_kill, double(600 << 20), double(512 << 20)}) ==
    "It was OOM-killed at a limit of 512 MiB, so it gets at least 600 MiB.");
  CHECK(readable_amount(resource_kind::cpu, 1500) == "1.5 cores");
  CHECK(readable_amount(resource_kind::cpu, 100) == "100m");
  CHECK(readable_amount(resource_kind::memory, 1.5 * (1 << 30)) == "1.5 GiB");
}
