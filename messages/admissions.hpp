// Admissions: the webhook's decision for a pod that is being created. It never blocks and never
// denies.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/component.hpp"
#include "messages/kube.hpp"
#include "messages/recommender.hpp"

namespace scaleops {

/// AdmissionReview.request, for CREATE of pods.
struct admission_review {
  std::string uid;
  std::string ns;
  std::shared_ptr<const pod>
    object;  // name may be empty (generateName), owner references are there
  bool dry_run = false;
};

/// Why a pod was changed or left alone; names are metric labels.
enum class admission_verdict : uint8_t {
  patched,
  already_right,     // resources and stamps are as we would make them
  not_granted,       // no valid automation grant
  excluded,          // label, annotation or person said never
  system_namespace,  // own and system namespaces
  no_recommendation,
  low_confidence,  // not enough history
  unknown_owner,
  not_ready,  // our snapshot is not complete or too old
  invalid_pod,
  would_break,  // LimitRange, quota or QoS would be violated
  unreadable,   // the request is no JSON, or no AdmissionReview with a uid
  wrong_kind,   // a review of something else than the creation of a pod, or of another version
  too_large,    // larger than anything that the API server stores
};
inline constexpr size_t admission_verdict_count =
  static_cast<size_t>(admission_verdict::too_large) + 1;
std::string_view to_string(admission_verdict verdict);

/// AdmissionReview.response as data; the HTTP edge turns it into a JSON patch.
struct admission_response {
  std::string uid;
  admission_verdict verdict = admission_verdict::not_ready;
  std::string detail;                        // for people
  std::vector<container_resize> containers;  // new resources of these containers
  string_map labels;                         // to set
  string_map annotations;                    // to set
};

using admissions_actor =
  component_actor::extend<caf::replies_to<admission_review>::with<admission_response>,
                          caf::reacts_to<recommendation_made>>;

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::admission_review)
SCALEOPS_LOCAL_MESSAGE(scaleops::admission_response)
