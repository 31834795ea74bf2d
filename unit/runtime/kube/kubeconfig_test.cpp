#include "runtime/kube/kubeconfig.hpp"

#include <catch2/catch.hpp>

using namespace scaleops::kube;

namespace {

const std::string good = R"(
apiVersion: v1
kind: Config
current-context: prod
clusters:
- name: one
  cluster: {server: "https://api.example.org:6443/k8s/", certificate-authority-data: Q0E=, tls-server-name: kubernetes}
- name: two
  cluster: {server: "https://10.0.0.1", certificate-authority: ca.pem}
users:
- name: anna
  user: {token: secret-token}
- name: bert
  user: {client-certificate: certs/bert.pem, client-key: /keys/bert.pem}
- name: carl
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/login, args: [get, token], env: [{name: A, value: b}], interactiveMode: IfAvailable}
contexts:
- name: prod
  context: {cluster: one, user: anna, namespace: shop}
- name: test
  context: {cluster: two, user: bert}
- name: plugin
  context: {cluster: two, user: carl}
)";

kubeconfig_result read(const std::string& text, const std::string& context = {}) {
  return parse_kubeconfig({{"/etc/kube/config", text}}, context);
}

/// The one line of what is wrong, with one entry of the good file replaced.
std::string problem_with(const std::string& old, const std::string& fresh,
                         const std::string& context = {}) {
  auto text = good;
  auto at = text.find(old);
  REQUIRE(at != text.npos);
  return read(text.replace(at, old.size(), fresh), context).problem;
}

}  // namespace

TEST_CASE("the current context says where and who") {
  auto out = read(good);
  REQUIRE(out.access);
  CHECK(out.access->name == "prod");
  CHECK(out.access->server.to_string() == "https://api.example.org:6443/k8s");
  CHECK(out.access->ca.text == "CA");
  CHECK(out.access->tls_server_name == "kubernetes");
  CHECK(out.access->token == "secret-token");
  CHECK(out.access->ns == "shop");
  CHECK(out.warnings.empty());
}

TEST_CASE("another context can be named, and relative files start from the file's directory") {
  auto out = read(good, "test");
  REQUIRE(out.access);
  CHECK(out.access->ca.file == "/etc/kube/ca.pem");
  CHECK(out.access->certificate.file == "/etc/kube/certs/bert.pem");
  CHECK(out.access->key.file == "/keys/bert.pem");
  CHECK(out.access->server.port == "443");
}

TEST_CASE("a credential plugin is read with its arguments and environment") {
  auto out = read(good, "plugin");
  REQUIRE(out.access);
  REQUIRE(out.access->exec);
  CHECK(out.access->exec->command == "/etc/kube/./bin/login");
  CHECK(out.access->exec->args == std::vector<std::string>{"get", "token"});
  CHECK(out.access->exec->env.front() == std::pair<std::string, std::string>{"A", "b"});
}

TEST_CASE("of several files the first entry of a name and the first current context count") {
  const std::string first = R"(
users: [{name: anna, user: {token: mine}}]
contexts: []
clusters: []
)";
  auto out = parse_kubeconfig({{"/a/config", first}, {"/b/config", good}}, {});
  REQUIRE(out.access);
  CHECK(out.access->token == "mine");
  CHECK(out.access->name == "prod");
}

TEST_CASE("what is wrong is told with file, field and fix in one line") {
  CHECK(problem_with("current-context: prod", "") ==
        "/etc/kube/config: current-context is not set; name one with --context");
  CHECK(read(good, "prd").problem ==
        "--context: there is no context \"prd\" in the kubeconfig; the nearest is \"prod\"");
  CHECK(problem_with("cluster: one, user", "cluster: tow, user") ==
        "context \"prod\": there is no cluster \"tow\" in the kubeconfig; the nearest is \"two\"");
  CHECK(problem_with("Q0E=", "Q0E=x") ==
        "/etc/kube/config: clusters[0].cluster.certificate-authority-data: is no base64; put the "
        "PEM file through `base64 -w0`");
  CHECK(problem_with("https://api.example.org:6443/k8s/", "api.example.org") ==
        "/etc/kube/config: clusters[0].cluster.server: \"api.example.org\" is no http or https "
        "address");
  CHECK(problem_with("client-key: /keys/bert.pem", "x: y", "test") ==
        "/etc/kube/config: users[1].user.client-key: is missing: certificate and key go together");
  CHECK(problem_with("client.authentication.k8s.io/v1,", "v9,", "plugin") ==
        "/etc/kube/config: users[2].user.exec.apiVersion: \"v9\" is not supported; use "
        "client.authentication.k8s.io/v1");
  CHECK(problem_with("token: secret-token", "auth-provider: {name: gcp}").find("removed") !=
        std::string::npos);
  CHECK(problem_with("token: secret-token", "token: \"two words\"").find("users[0].user.token") !=
        std::string::npos);
  CHECK(read("{").problem.find("is no YAML") != std::string::npos);
  CHECK(read("[]").problem == "/etc/kube/config: the file: is no mapping");
  CHECK(read("clusters: 7").problem == "/etc/kube/config: clusters: is no list");
}

TEST_CASE("an unchecked certificate is honoured with a loud warning, and refused beside a CA") {
  auto text = good;
  text.replace(text.find("certificate-authority: ca.pem"), 29, "insecure-skip-tls-verify: true");
  auto out = read(text, "test");
  REQUIRE(out.access);
  CHECK(out.access->insecure);
  REQUIRE(out.warnings.size() == 1);
  CHECK(out.warnings.front().find("anybody on the way") != std::string::npos);
  CHECK(problem_with("tls-server-name: kubernetes", "insecure-skip-tls-verify: true")
          .find("remove one of the two") != std::string::npos);
}

TEST_CASE("a kubeconfig that is not there is named with its origin") {
  CHECK(load_kubeconfig("/no/such/file", {}).problem ==
        "--kubeconfig: /no/such/file cannot be read; name a kubeconfig with --kubeconfig FILE");
}
