// TokenReview and SubjectAccessReview from what the configuration says.
#include <algorithm>

#include <fmt/format.h>

#include "runtime/embedded/parts.hpp"

namespace scaleops::embedded {

outcome<user_info> review_token(const cluster_state& s, const token_query& request) {
  auto found = s.cfg.tokens.find(request.token);
  if (request.token.empty() || found == s.cfg.tokens.end())
    return api_error{ec::unauthorized, "the cluster does not accept this token"};
  return found->second;
}

access_answer review_access(const cluster_state& s, const access_query& request) {
  auto matches = [](const std::string& pattern, const std::string& value) {
    return pattern == "*" || pattern == value;
  };
  for (auto& role : s.cfg.roles) {
    bool subject = matches(role.subject, request.user.name) ||
                   std::find(request.user.groups.begin(), request.user.groups.end(),
                             role.subject) != request.user.groups.end();
    if (subject && matches(role.verb, request.verb) && matches(role.group, request.group) &&
        matches(role.resource, request.resource) && matches(role.ns, request.ns))
      return {true, fmt::format("allowed to {}", role.subject)};
  }
  return {false,
          fmt::format("{} may not {} {}", request.user.name, request.verb, request.resource)};
}

}  // namespace scaleops::embedded
