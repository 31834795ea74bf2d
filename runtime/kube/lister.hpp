// A list of one kind, page by page. A kind of several types is listed type after type; its token
// says where to go on.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "messages/kube.hpp"
#include "runtime/kube/client_core.hpp"

namespace scaleops::kube {

/// Where a list goes on: the n-th type, the version of the first one, the server's own token.
struct list_place {
  size_t type = 0;
  uint64_t version = 0;
  std::string token;

  std::string text() const;
  /// False when malformed.
  static bool parse(const std::string& text, list_place& out);
};

/// Calls back once, with the page or with why there is none.
void list_objects(const std::shared_ptr<client_core>& core, const list_query& query,
                  std::function<void(object_list, api_failure)> done);

}  // namespace scaleops::kube
