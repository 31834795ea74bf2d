#include "runtime/kube/exec_credential.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;
using namespace scaleops::kube;
using namespace std::chrono_literals;

namespace {

exec_outcome run(const std::string& script, milliseconds timeout = 10s) {
  cluster_access access;
  access.server = *parse_url("https://example.org:6443");
  exec_plugin plugin;
  plugin.command = "/bin/sh";
  plugin.args = {"-c", script};
  plugin.env = {{"GREETING", "hello"}};
  plugin.api_version = "client.authentication.k8s.io/v1";
  plugin.install_hint = "install it from example.org\nand more";
  plugin.provide_cluster_info = true;
  access.exec = plugin;
  std::atomic<bool> stop{false};
  return run_exec_plugin(access, timeout, stop);
}

std::string printed(const std::string& status) {
  return R"(printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":)" +
         status + "}'";
}

}  // namespace

TEST_CASE("a plugin's token comes with its expiry") {
  auto out = run(printed(R"({"token":"secret","expirationTimestamp":"2026-01-05T00:00:00Z"})"));
  REQUIRE(out.credential);
  CHECK(out.credential->token == "secret");
  CHECK(format_rfc3339(*out.credential->expires) == "2026-01-05T00:00:00Z");
}

TEST_CASE("a plugin sees its environment and the cluster, and no terminal") {
  auto out = run(
    R"(case "$KUBERNETES_EXEC_INFO" in *'"server":"https://example.org:6443"'*) ;; *) exit 3;; esac
read line && exit 4
)" + printed(R"({"token":"'$GREETING'"})"));
  REQUIRE(out.problem == "");
  CHECK(out.credential->token == "hello");
}

TEST_CASE("a plugin that fails is told with its last words and the hint") {
  CHECK(run("echo first >&2; echo 'no login' >&2; exit 7").problem ==
        "credential plugin /bin/sh: failed with 7: no login; install it from example.org");
  CHECK(
    run("echo hi").problem ==
    "credential plugin /bin/sh: printed no JSON; run it by hand to see what it wants; install it "
    "from example.org");
  CHECK(run(printed("{}")).problem.find("neither token nor certificate") != std::string::npos);
  CHECK(run(printed(R"({"token":"a b"})")).problem.find("blank") != std::string::npos);
  CHECK(run(printed(R"({"clientCertificateData":"x"})")).problem.find("without its key") !=
        std::string::npos);
}

TEST_CASE("a plugin that waits is ended with its children") {
  auto begin = std::chrono::steady_clock::now();
  auto out = run("/bin/sh -c 'exec tail -f /dev/null'; true", 300ms);
  CHECK(out.problem.find("gave no answer in 300ms") != std::string::npos);
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE("a plugin that is not there is named") {
  cluster_access access;
  access.exec = exec_plugin{};
  access.exec->command = "no-such-plugin-anywhere";
  std::atomic<bool> stop{false};
  CHECK(run_exec_plugin(access, 1s, stop).problem ==
        "credential plugin no-such-plugin-anywhere: cannot be started: No such file or directory; "
        "install it or correct exec.command");
}
