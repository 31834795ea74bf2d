// Dashboards: the JSON API behind the UI. HTTP itself lives in runtime/http; here are its requests
// as values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "messages/component.hpp"
#include "messages/objects.hpp"

namespace scaleops {

/// One API call, as the HTTP edge understood it.
struct api_request {
  std::string method;  // upper case
  std::string path;    // decoded, without the query
  string_map query;    // decoded, last value wins
  string_map headers;  // lower-case names
  std::string body;
  std::string peer;  // remote address, for the audit
};
struct api_response {
  int status = 200;
  std::string content_type = "application/json";
  string_map headers;
  std::shared_ptr<const std::string> body;
};

/// One server-sent event for all open event streams.
struct live_event {
  uint64_t id = 0;
  std::string type;  // "action", "recommendation", "series", "health", "policy"
  std::string data;  // one JSON document
};
using live_sink_actor = caf::typed_actor<caf::reacts_to<live_event>>;
struct subscribe_live {
  live_sink_actor sink;
  uint64_t after = 0;  // Last-Event-ID
};

using dashboards_actor = component_actor::extend<caf::replies_to<api_request>::with<api_response>,
                                                 caf::reacts_to<subscribe_live>>;

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::api_request)
SCALEOPS_LOCAL_MESSAGE(scaleops::api_response)
SCALEOPS_LOCAL_MESSAGE(scaleops::live_event)
SCALEOPS_LOCAL_MESSAGE(scaleops::subscribe_live)
