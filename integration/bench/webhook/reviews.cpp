#include "integration/bench/webhook/reviews.hpp"

#include <fmt/format.h>

#include "unit/support/build.hpp"

namespace scaleops::bench {

using namespace scaleops::test;

std::string workload_name(size_t index) {
  return fmt::format("service-{:05}", index);
}

std::string namespace_name(size_t index) {
  return fmt::format("team-{:03}", index / 100);
}

std::shared_ptr<const snapshot_keeper> make_snapshot(size_t workloads, instant now) {
  auto keeper = std::make_shared<snapshot_keeper>();
  auto put = [&](scaleops::object value) {
    auto kind = kind_of(value);
    keeper->on_objects(
      {kind, {{watch_event::type::added, std::make_shared<const object>(std::move(value)), 1}}});
  };
  put(make_node("node-1"));
  for (size_t i = 0; i < workloads; ++i) {
    auto ns = namespace_name(i), name = workload_name(i);
    if (i % 100 == 0)
      put(make_namespace(ns));
    put(deployment(ns, name, 5));
    put(replica_set(ns, name + "-7d4b9c6f5d", name, 5));
    put(recommend({ns, "Deployment", name},
                  {want("app", res(350 + int64_t(i % 100), "700Mi")),
                   want("metrics", res(20, "48Mi")), want("proxy", res(60, "96Mi"))},
                  now, i + 1));
  }
  for (auto kind : admissions_watched)
    keeper->on_synced({kind, now});
  return keeper;
}

namespace {

std::string environment(size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i)
    out += fmt::format(R"({}{{"name":"SETTING_{:02}","value":"value-of-setting-{:02}"}})",
                       i == 0 ? "" : ",", i, i);
  return out +
         R"(,{"name":"POD_NAME","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}},)"
         R"({"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"credentials","key":"token"}}})";
}

std::string probe(const char* path) {
  return fmt::format(
    R"({{"httpGet":{{"path":"{}","port":8080,"scheme":"HTTP"}},"initialDelaySeconds":5,)"
    R"("timeoutSeconds":2,"periodSeconds":10,"successThreshold":1,"failureThreshold":3}})",
    path);
}

std::string container(const char* name, const char* resources, size_t settings) {
  return fmt::format(
    R"({{"name":"{0}","image":"images.example/shop/{0}:v1.42.7","args":["--config=/etc/{0}/config.yaml",)"
    R"("--log-level=info"],"ports":[{{"name":"http","containerPort":8080,"protocol":"TCP"}}],)"
    R"("env":[{1}],"resources":{2},"volumeMounts":[{{"name":"config","mountPath":"/etc/{0}"}},)"
    R"({{"name":"scratch","mountPath":"/tmp"}},{{"name":"kube-api-access-x2b5q","readOnly":true,)"
    R"("mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}}],"livenessProbe":{3},)"
    R"("readinessProbe":{4},"terminationMessagePath":"/dev/termination-log",)"
    R"("terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent","securityContext":)"
    R"({{"capabilities":{{"drop":["ALL"]}},"runAsNonRoot":true,"readOnlyRootFilesystem":true,)"
    R"("allowPrivilegeEscalation":false}}}})",
    name, environment(settings), resources, probe("/healthz"), probe("/readyz"));
}

constexpr const char* volumes =
  R"([{"name":"config","configMap":{"name":"settings","defaultMode":420}},{"name":"scratch",)"
  R"("emptyDir":{}},{"name":"kube-api-access-x2b5q","projected":{"sources":[{"serviceAccountToken":)"
  R"({"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":)"
  R"([{"key":"ca.crt","path":"ca.crt"}]}}],"defaultMode":420}}])";

constexpr const char* rest_of_spec =
  R"("restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst",)"
  R"("serviceAccountName":"default","serviceAccount":"default","securityContext":{"fsGroup":2000},)"
  R"("schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready",)"
  R"("operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,)"
  R"("enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"})";

}  // namespace

std::string make_review(size_t index) {
  auto name = workload_name(index), ns = namespace_name(index);
  auto containers =
    container("app",
              R"({"limits":{"cpu":"2","memory":"2Gi"},"requests":{"cpu":"1","memory":"1Gi"}})", 8) +
    "," +
    container("metrics",
              R"({"limits":{"memory":"128Mi"},"requests":{"cpu":"100m","memory":"128Mi"}})", 2) +
    "," + container("proxy", R"({"requests":{"cpu":"100m","memory":"128Mi"}})", 3);
  auto metadata = fmt::format(
    R"({{"generateName":"{0}-7d4b9c6f5d-","namespace":"{1}","creationTimestamp":null,"labels":)"
    R"({{"app.kubernetes.io/name":"{0}","app.kubernetes.io/part-of":"shop","pod-template-hash":)"
    R"("7d4b9c6f5d","team":"{1}"}},"annotations":{{"prometheus.io/scrape":"true",)"
    R"("prometheus.io/port":"8080"}},"ownerReferences":[{{"apiVersion":"apps/v1","kind":)"
    R"("ReplicaSet","name":"{0}-7d4b9c6f5d","uid":"4f3a2b1c-0000-4000-8000-00000000{2:04}",)"
    R"("controller":true,"blockOwnerDeletion":true}}]}})",
    name, ns, index % 10'000);
  auto pod = R"({"kind":"Pod","apiVersion":"v1","metadata":)" + metadata +
             R"(,"spec":{"volumes":)" + volumes + R"(,"containers":[)" + containers + "]," +
             rest_of_spec + R"(,"status":{}})";
  return fmt::format(
           R"({{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{{"uid":)"
           R"("705ab4f5-6393-11e8-b7cc-42010a80{:04}","kind":{{"group":"","version":"v1","kind":)"
           R"("Pod"}},"resource":{{"group":"","version":"v1","resource":"pods"}},"requestKind":)"
           R"({{"group":"","version":"v1","kind":"Pod"}},"requestResource":{{"group":"",)"
           R"("version":"v1","resource":"pods"}},"namespace":"{}","operation":"CREATE",)"
           R"("userInfo":{{"username":"system:serviceaccount:kube-system:replicaset-controller",)"
           R"("uid":"2","groups":["system:serviceaccounts","system:serviceaccounts:kube-system",)"
           R"("system:authenticated"]}},"object":)",
           index % 10'000, ns) +
         pod +
         R"(,"oldObject":null,"dryRun":false,"options":{"kind":"CreateOptions","apiVersion":)"
         R"("meta.k8s.io/v1"}}})";
}

}  // namespace scaleops::bench
