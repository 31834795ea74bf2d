#include "runtime/kube/url.hpp"

#include <map>

#include <catch2/catch.hpp>

using namespace scaleops::kube;

namespace {

base_url url(const std::string& text) {
  auto out = parse_url(text);
  REQUIRE(out);
  return *out;
}

proxy_choice choose(const std::string& server, const std::string& configured,
                    std::map<std::string, std::string> variables) {
  return choose_proxy(url(server), configured, [&](const std::string& name) {
    auto found = variables.find(name);
    return found == variables.end() ? std::string{} : found->second;
  });
}

}  // namespace

TEST_CASE("an address gives host, port and path") {
  auto plain = url("http://Example.org");
  CHECK(!plain.tls);
  CHECK(plain.host == "example.org");
  CHECK(plain.port == "80");
  CHECK(plain.authority() == "example.org");
  auto six = url("https://[::1]:6443/base/");
  CHECK(six.host == "::1");
  CHECK(six.authority() == "[::1]:6443");
  CHECK(six.path == "/base");
  CHECK(url("http://me:p%40ss@proxy:3128").user_info == "me:p@ss");
}

TEST_CASE("what is no address is refused") {
  for (auto text :
       {"", "example.org", "ftp://x", "https://", "https://x:0", "https://x:99999", "https://x y",
        "https://x?query", "https://x/p?q", "https://[::1", "https://:1"})
    CHECK(!parse_url(text));
}

TEST_CASE("NO_PROXY exempts names, sub-domains, addresses, networks and ports") {
  auto server = url("https://api.example.org:6443");
  CHECK(exempt_from_proxy(server, "other.org, example.org"));
  CHECK(exempt_from_proxy(server, ".example.org"));
  CHECK(exempt_from_proxy(server, "api.example.org:6443"));
  CHECK(exempt_from_proxy(server, "*"));
  CHECK(!exempt_from_proxy(server, "api.example.org:443,ample.org,10.0.0.0/8"));
  CHECK(exempt_from_proxy(url("https://10.1.2.3"), "10.0.0.0/8"));
  CHECK(!exempt_from_proxy(url("https://11.1.2.3"), "10.0.0.0/8"));
  CHECK(exempt_from_proxy(url("https://[fd00::7]"), "fd00::/16"));
  CHECK(exempt_from_proxy(url("https://127.0.0.1"), ""));
}

TEST_CASE("the kubeconfig's proxy wins, then the environment's by the server's scheme") {
  CHECK(choose("https://a.org", "", {}).proxy.has_value() == false);
  CHECK(choose("https://a.org", "http://p:1", {{"HTTPS_PROXY", "http://q:2"}}).proxy->host == "p");
  CHECK(choose("https://a.org", "", {{"HTTPS_PROXY", "q:2"}}).proxy->host == "q");
  CHECK(choose("https://a.org", "", {{"https_proxy", "http://q:2"}}).proxy->port == "2");
  CHECK(choose("http://a.org", "", {{"HTTPS_PROXY", "http://q:2"}}).proxy.has_value() == false);
  CHECK(choose("https://a.org", "", {{"HTTPS_PROXY", "q:2"}, {"NO_PROXY", "a.org"}})
          .proxy.has_value() == false);
  auto bad = choose("https://a.org", "socks5://p:1", {});
  CHECK(!bad.proxy);
  CHECK(bad.problem.find("only http:// proxies") != std::string::npos);
}
