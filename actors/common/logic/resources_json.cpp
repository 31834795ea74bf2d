#include "actors/common/logic/resources_json.hpp"

#include <nlohmann/json.hpp>

#include "messages/quantity.hpp"

namespace scaleops {

namespace {

using nlohmann::json;

json to_json(const resources& value) {
  json out = json::object();
  if (value.cpu)
    out["cpu"] = format_cpu(*value.cpu);
  if (value.memory)
    out["memory"] = format_memory(*value.memory);
  return out;
}

bool from_json(const json& in, resources& out) {
  if (!in.is_object())
    return false;
  for (auto& [key, value] : in.items()) {
    int64_t amount = 0;
    if (!value.is_string())
      return false;
    auto& text = value.get_ref<const std::string&>();
    if (key == "cpu" && parse_cpu(text, amount) == quantity_error::none)
      out.cpu = amount;
    else if (key == "memory" && parse_memory(text, amount) == quantity_error::none)
      out.memory = amount;
    else
      return false;
  }
  return true;
}

}  // namespace

named_resources named(const std::vector<container_spec>& containers) {
  named_resources result;
  for (auto& container : containers)
    result.emplace(container.name, container.resources);
  return result;
}

std::string write_resources(const named_resources& value) {
  json out = json::object();
  for (auto& [name, one] : value) {
    auto& entry = out[name] = json::object();
    if (one.requests != resources{})
      entry["requests"] = to_json(one.requests);
    if (one.limits != resources{})
      entry["limits"] = to_json(one.limits);
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<named_resources> read_resources(std::string_view text) {
  auto in = json::parse(text, nullptr, false);
  if (!in.is_object())
    return std::nullopt;
  named_resources result;
  for (auto& [name, entry] : in.items()) {
    if (!entry.is_object())
      return std::nullopt;
    auto& one = result[name];
    for (auto& [part, value] : entry.items()) {
      bool right = part == "requests" ? from_json(value, one.requests)
                                      : part == "limits" && from_json(value, one.limits);
      if (!right)
        return std::nullopt;
    }
  }
  return result;
}

}  // namespace scaleops
