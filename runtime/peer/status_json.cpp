#include "runtime/peer/status_json.hpp"

#include <nlohmann/json.hpp>

#include "messages/component_names.hpp"

namespace scaleops::peer {

using nlohmann::json;

std::string status_json(const component_status& status) {
  json document{{"component", to_string(status.which)},
                {"ready", status.ready},
                {"detail", status.detail},
                {"at", format_rfc3339(status.at)},
                {"done", status.done}};
  return document.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::optional<component_status> parse_status(const std::string& text, std::string& problem) {
  auto document = json::parse(text, nullptr, false);
  try {
    component_status status;
    auto which = component_named(document.at("component").get<std::string>());
    if (!which || !parse_rfc3339(document.at("at").get<std::string>(), status.at)) {
      problem = "a status of an unknown component or time";
      return std::nullopt;
    }
    status.which = *which;
    status.ready = document.at("ready").get<bool>();
    status.detail = document.at("detail").get<std::string>();
    status.done = document.at("done").get<uint64_t>();
    return status;
  } catch (const json::exception&) {
    problem = "the answer is no status document";
    return std::nullopt;
  }
}

}  // namespace scaleops::peer
