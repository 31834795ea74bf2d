// Objects that the port of messages/kube.hpp has no type for, as JSON text by their path.
#pragma once

#include <functional>
#include <string>

#include "messages/errors.hpp"

namespace scaleops::kube {

struct document_call {
  std::string path;         // "/api/v1/namespaces/scaleops-system/secrets/admissions-certificate"
  std::string resource;     // "secrets": for messages and metrics
  std::string merge_patch;  // JSON (RFC 7396); empty: only read
};

struct document_answer {
  ec code = ec::none;
  std::string problem;   // one line that names cause and fix
  std::string document;  // the object as it stands now
};

using document_done = std::function<void(document_answer)>;
using document_port = std::function<void(document_call, document_done)>;

}  // namespace scaleops::kube
