// From our values to what the API server takes: documents to create, patches, reviews. Writes are
// patches of what we own, never whole objects: what we did not read we must not erase.
#pragma once

#include <optional>
#include <string>

#include "messages/kube.hpp"
#include "runtime/kube/resources.hpp"

namespace scaleops::kube {

/// A document for POST. Absent for kinds that are not created through the port.
std::optional<std::string> encode_create(const object& value, const resource_type& type);

/// A JSON patch that replaces spec (or status) and, with the spec, labels, annotations and owners;
/// with a resource version in the metadata it is optimistic. Absent for kinds that are not
/// replaced.
std::optional<std::string> encode_update(const object& value, bool status);

/// A merge patch of labels and annotations.
std::string encode_metadata_patch(const patch_metadata& change);

/// A strategic merge patch for pods/NAME/resize; values that shall not be set are removed.
std::string encode_resize(const resize_pod& wish);

std::string encode_eviction(const evict_pod& wish);
std::string encode_delete(const delete_object& wish);
std::string encode_token_review(const token_query& query);
std::string encode_access_review(const access_query& query);

/// Of what a TokenReview or SubjectAccessReview comes back with. False: cannot be read.
bool decode_token_review(const std::string& text, bool& accepted, user_info& who);
bool decode_access_review(const std::string& text, access_answer& answer);

}  // namespace scaleops::kube
