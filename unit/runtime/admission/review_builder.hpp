// AdmissionReviews for tests, as a tree to be altered.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace scaleops::test {

inline nlohmann::json review_pod() {
  return nlohmann::json::parse(R"({
    "kind": "Pod", "apiVersion": "v1",
    "metadata": {
      "generateName": "web-rs-", "namespace": "shop",
      "labels": {"app": "web"},
      "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-rs",
                           "uid": "1", "controller": true, "blockOwnerDeletion": true}]},
    "spec": {
      "initContainers": [
        {"name": "setup", "image": "setup:1"},
        {"name": "proxy", "image": "proxy:1", "restartPolicy": "Always",
         "resources": {"requests": {"cpu": "100m"}}}],
      "containers": [
        {"name": "log", "image": "log:1", "resources": {}},
        {"name": "app", "image": "app:1",
         "resources": {"requests": {"cpu": "500m", "memory": "1Gi", "ephemeral-storage": "1Gi"},
                       "limits": {"cpu": "1", "memory": "2Gi", "nvidia.com/gpu": "1"}}}]},
    "status": {}})");
}

inline nlohmann::json review_of(nlohmann::json pod) {
  auto review = nlohmann::json::parse(R"({
    "kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1",
    "request": {
      "uid": "0df28fbd-5f5f-11e8-bc74-36e6bb280816",
      "kind": {"group": "", "version": "v1", "kind": "Pod"},
      "resource": {"group": "", "version": "v1", "resource": "pods"},
      "requestKind": {"group": "", "version": "v1", "kind": "Pod"},
      "requestResource": {"group": "", "version": "v1", "resource": "pods"},
      "namespace": "shop", "operation": "CREATE",
      "userInfo": {"username": "system:serviceaccount:kube-system:replicaset-controller"},
      "oldObject": null, "dryRun": false,
      "options": {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"}}})");
  review["request"]["object"] = std::move(pod);
  return review;
}

}  // namespace scaleops::test
