// Expected failures as values. A broken invariant aborts instead; exceptions stay in runtime/.
#pragma once

#include <cstdint>
#include <string_view>

namespace scaleops {

/// Failures that a caller is expected to handle. The first group mirrors the API server's status
/// reasons (https://kubernetes.io/docs/reference/using-api/api-concepts/).
enum class ec : uint8_t {
  none,
  not_found,          // 404
  already_exists,     // 409 AlreadyExists
  conflict,           // 409: another writer was faster, or a precondition does not hold
  gone,               // 410: the resourceVersion or continue token is too old, list anew
  invalid,            // 422 or 400: the request itself is wrong
  forbidden,          // 403
  unauthorized,       // 401
  too_many_requests,  // 429: rate limit, or an eviction that a PodDisruptionBudget refuses
  server_error,       // 500
  unavailable,        // connection refused, reset, 503
  timeout,            // no answer in time
  infeasible,         // a resize that this node can never grant
  shutting_down,      // the component is going away
};

/// Stable lower-case name, as used in metrics' `reason` labels.
std::string_view to_string(ec code);

}  // namespace scaleops
