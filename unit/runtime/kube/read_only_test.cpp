#include "runtime/kube/read_only.hpp"

#include <catch2/catch.hpp>

using namespace scaleops::kube;

TEST_CASE("reads and reviews change nothing") {
  for (auto target : {"/version", "/api/v1/pods?limit=500", "/api/v1/namespaces/shop/pods/web",
                      "/api/v1/namespaces/shop/pods/proxy", "/api/v1/namespaces/shop/pods/web/log",
                      "/apis/apps/v1/deployments?watch=1&resourceVersion=7", "/api/v1/nodes/node-1",
                      "/api/v1/nodes/node-1/proxy/metrics/resource",
                      "/api/v1/namespaces/exec/pods/attach", "/apis/metrics.k8s.io/v1beta1/pods"})
    CHECK(changes_nothing("GET", target));
  for (auto target : {"/apis/authentication.k8s.io/v1/tokenreviews",
                      "/apis/authorization.k8s.io/v1/subjectaccessreviews",
                      "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"})
    CHECK(changes_nothing("POST", target));
}

TEST_CASE("every other verb is refused, whatever it is about") {
  for (auto method : {"POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "get", ""})
    for (auto target : {"/api/v1/namespaces/shop/pods", "/api/v1/namespaces/shop/pods/web",
                        "/api/v1/namespaces/shop/pods/web/eviction",
                        "/apis/authorization.k8s.io/v1/namespaces/a/localsubjectaccessreviews",
                        "/apis/analysis.scaleops.sh/v1alpha1/namespaces/a/tokenreviews"})
      CHECK(!changes_nothing(method, target));
  for (auto method : {"PUT", "PATCH", "DELETE"})
    CHECK(!changes_nothing(method, "/apis/authentication.k8s.io/v1/tokenreviews"));
}

TEST_CASE("GETs that act inside of a pod or a node are refused") {
  for (auto target :
       {"/api/v1/namespaces/a/pods/b/exec?command=rm", "/api/v1/namespaces/a/pods/b/attach",
        "/api/v1/namespaces/a/pods/b/portforward", "/api/v1/namespaces/a/pods/b/proxy/shutdown",
        "/api/v1/namespaces/a/services/b/proxy/", "/api/v1/nodes/n/proxy/run/a/b/c",
        "/api/v1/nodes/n/proxy/exec/a/b/c", "/api/v1/nodes/n/proxy", "/api/v1/proxy/nodes/n",
        "/apis/subresources.kubevirt.io/v1/namespaces/a/virtualmachines/b/portforward"})
    CHECK(!changes_nothing("GET", target));
}

TEST_CASE("paths that two readers could read differently are refused") {
  for (auto target : {"/api/v1/nodes/n/proxy/metrics/../run/a",
                      "/api/v1/namespaces/a/pods/b%2Fexec", "//api/v1/pods", "api/v1/pods",
                      "/api/v1/nodes/n/proxy/metrics/resource/%2e%2e/run", "/api/v1\\pods", ""})
    CHECK(!changes_nothing("GET", target));
}
