// What the API server means by an answer that is no success.
#pragma once

#include <string>

#include "messages/errors.hpp"
#include "runtime/kube/transport.hpp"

namespace scaleops::kube {

struct api_failure {
  ec code = ec::none;
  std::string text;  // one line: what was wanted, why not, what to do
};

/// Of an answer that is not 2xx. `what`: "list pods", `who`: the context's name.
api_failure failure_of(const api_answer& answer, const std::string& what, const std::string& who);

/// Of a metav1.Status document as it also stands in a watch's ERROR event.
api_failure failure_of_status(int status, std::string_view document, const std::string& what,
                              const std::string& who);

inline bool is_success(const api_answer& answer) {
  return answer.failure == ec::none && answer.status >= 200 && answer.status < 300;
}

}  // namespace scaleops::kube
