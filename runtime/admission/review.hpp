// AdmissionReview v1 as it stands on the wire: the API server's question as our value, our answer
// as its JSON. Source:
// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/admissions.hpp"

namespace scaleops::webhook {

/// Which of a list of requests or limits a container's document has.
struct amounts_place {
  bool there = false;
  bool cpu = false;
  bool memory = false;
};

/// Where a container stands in the pod's document, and what it has already.
struct container_place {
  bool init = false;  // in spec.initContainers, else spec.containers
  size_t index = 0;
  bool resources = false;
  amounts_place requests;
  amounts_place limits;
};

/// What a patch needs to know of the document beyond the pod's values.
struct pod_places {
  bool labels = false;
  bool annotations = false;
  std::vector<container_place> containers;  // in the order of pod::containers
};

struct read_review {
  /// uid: whatever could be read of it. The pod has what a decision needs: its metadata, names,
  /// roles and resources of its containers.
  admission_review review;
  pod_places places;
  std::optional<admission_verdict> doubt;  // set: it cannot be decided, for this reason
  std::string detail;                      // of the doubt, for people
};

/// Walks a document once and passes over what no decision needs: that part must be balanced, it is
/// not validated further. Keeps its parser's memory from review to review: one reader for one
/// thread.
class review_reader {
public:
  review_reader();
  ~review_reader();
  review_reader(const review_reader&) = delete;
  review_reader& operator=(const review_reader&) = delete;

  /// Never fails: what is not understood is a doubt.
  read_review read(std::string_view body);

private:
  struct impl;
  std::unique_ptr<impl> x_;
};

/// The uid of a review that is too large to be read, from its first bytes; empty where it does not
/// stand there as the API server writes it.
std::string uid_at_the_beginning(std::string_view body);

/// The least JSON patch (RFC 6902) that gives the pod what `answer` says: parents that are missing
/// are made, what stands already is left out. Empty when there is nothing to do.
std::string make_patch(const pod& before, const pod_places& places,
                       const admission_response& answer);

/// An AdmissionReview that allows the pod; `patch` may be empty.
std::string write_review(const admission_response& answer, std::string_view patch);

}  // namespace scaleops::webhook
