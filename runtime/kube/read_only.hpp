// The read-only guard: which HTTP requests change nothing. It stands at the one place where
// requests leave (transport.cpp), so what it refuses cannot be sent.
#pragma once

#include <string_view>

namespace scaleops::kube {

/// Whether the request is a get, list or watch, or a review (TokenReview, SubjectAccessReview and
/// their Self… kinds). Everything else is refused, also GETs that start something in a pod (exec,
/// attach, port-forward, proxy); of a node's proxy only the metrics are allowed.
bool changes_nothing(std::string_view method, std::string_view target);

}  // namespace scaleops::kube
