// Our entry in the MutatingWebhookConfiguration: what must stand there, and the patch that puts it
// back. Pure.
// Source:
// https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/mutating-webhook-configuration-v1/
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scaleops::webhook {

struct registration_wish {
  std::string webhook = "pods.admissions.scaleops.sh";
  std::string service = "admissions";
  std::string ns = "scaleops-system";
  std::string path = "/mutate";
  int port = 443;
  std::string url;          // set: instead of the Service, for an API server outside of the cluster
  std::string authorities;  // PEM; empty: what stands there is left
  std::vector<std::string> excluded_namespaces;  // beside Kubernetes' own and ours
};

struct registration_healing {
  std::vector<std::string> fields;  // what differs; metric labels, a fixed few
  std::string merge_patch;          // puts it right; empty: nothing differs
  std::string problem;              // the document cannot be healed: one line
};

/// Other webhooks in the same object stay as they are. A namespaceSelector may exclude more than it
/// must.
registration_healing heal(std::string_view document, const registration_wish& wish);

}  // namespace scaleops::webhook
