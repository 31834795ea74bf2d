#include <catch2/catch.hpp>

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include "runtime/http/assets.hpp"
#include "runtime/http/handlers.hpp"

using namespace scaleops;

namespace {

http_response ask(const http_handler& handler, std::string method, std::string path,
                  string_map headers = {}) {
  http_response answer;
  answer.status = 0;
  http_request request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.headers = std::move(headers);
  handler(std::move(request), [&](http_response response) { answer = std::move(response); });
  return answer;
}

http_handler saying(std::string text) {
  return [text](http_request, http_respond respond) { respond(text_response(200, text)); };
}

}  // namespace

TEST_CASE("routes prefer the exact path, then the longest prefix") {
  http_routes routes;
  routes.get("/a/b", saying("exact")).below("/a/", saying("long")).below("/", saying("short"));
  auto handler = routes.handler();
  CHECK(*ask(handler, "GET", "/a/b").body == "exact");
  CHECK(*ask(handler, "GET", "/a/c").body == "long");
  CHECK(*ask(handler, "DELETE", "/x").body == "short");
  CHECK(ask(handler, "POST", "/a/b").status == 405);
  CHECK(ask(http_routes{}.handler(), "GET", "/").status == 404);
}

TEST_CASE(
  "metrics of all registries come in Prometheus' text format, ended registries are left out") {
  auto one = std::make_shared<prometheus::Registry>();
  auto two = std::make_shared<prometheus::Registry>();
  prometheus::BuildCounter().Name("scaleops_x_total").Help("x").Register(*one).Add({}).Increment(3);
  prometheus::BuildCounter().Name("scaleops_y_total").Help("y").Register(*two).Add({}).Increment(4);
  auto handler = metrics_handler({one, two});
  two.reset();
  auto answer = ask(handler, "GET", "/metrics");
  CHECK(answer.content_type == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(answer.body->find("scaleops_x_total 3\n") != std::string::npos);
  CHECK(answer.body->find("scaleops_y_total") == std::string::npos);
}

TEST_CASE("readiness follows its probe") {
  bool ready = false;
  auto handler = readyz_handler([&](std::string& detail) {
    detail = ready ? "" : "waiting for pods";
    return ready;
  });
  CHECK(ask(handler, "GET", "/readyz").status == 503);
  CHECK(*ask(handler, "GET", "/readyz").body == "not ready: waiting for pods\n");
  ready = true;
  CHECK(ask(handler, "GET", "/readyz").status == 200);
  CHECK(ask(healthz_handler(), "GET", "/healthz").status == 200);
}

TEST_CASE(
  "assets come compressed where wanted, cached where safe, and the app's pages all get its index") {
  static const web_asset files[] = {{"/assets/app-1.js", "\"e1\"", "plain", "zipped"},
                                    {"/index.html", "\"e2\"", "<html>", ""}};
  auto handler = assets_handler(files);
  auto script = ask(handler, "GET", "/assets/app-1.js", {{"accept-encoding", "br, gzip"}});
  CHECK(*script.body == "zipped");
  CHECK(script.headers["Content-Encoding"] == "gzip");
  CHECK(script.headers["Cache-Control"].find("immutable") != std::string::npos);
  CHECK(script.content_type == "text/javascript; charset=utf-8");
  CHECK(*ask(handler, "GET", "/assets/app-1.js").body == "plain");
  CHECK(ask(handler, "GET", "/index.html", {{"if-none-match", "\"e2\""}}).status == 304);
  auto page = ask(handler, "GET", "/workloads/shop/Deployment/cart");
  CHECK(*page.body == "<html>");
  CHECK(page.headers["Cache-Control"] == "no-cache");
  CHECK(ask(handler, "GET", "/missing.js").status == 404);
  CHECK(ask(handler, "POST", "/index.html").status == 405);
}

TEST_CASE("a binary without the UI says how to build it") {
  auto answer = ask(assets_handler({}), "GET", "/");
  CHECK(answer.status == 200);
  CHECK(answer.body->find("npm run build") != std::string::npos);
}
