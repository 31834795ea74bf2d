#include "actors/common/logic/resources_json.hpp"

#include <algorithm>
#include <string_view>

#include <nlohmann/json.hpp>

#include "messages/quantity.hpp"

namespace scaleops {

namespace {

using nlohmann::json;

/// A member's name or a text; Kubernetes' own names need no escape.
void append_text(std::string& out, std::string_view text) {
  auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  };
  if (!std::all_of(text.begin(), text.end(), plain)) {
    out += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

void append_amounts(std::string& out, std::string_view name, const resources& value) {
  append_text(out, name);
  out += ":{";
  if (value.cpu) {
    out += "\"cpu\":";
    append_text(out, format_cpu(*value.cpu));
  }
  if (value.memory) {
    out += value.cpu ? ",\"memory\":" : "\"memory\":";
    append_text(out, format_memory(*value.memory));
  }
  out += '}';
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
  // Straight into the text: this is done twice for every pod that is created.
  std::string out;
  out.reserve(128 * value.size() + 2);
  out += '{';
  for (auto& [name, one] : value) {
    if (out.size() > 1)
      out += ',';
    append_text(out, name);
    out += ":{";
    if (one.limits != resources{})
      append_amounts(out, "limits", one.limits);
    if (one.requests != resources{}) {
      if (one.limits != resources{})
        out += ',';
      append_amounts(out, "requests", one.requests);
    }
    out += '}';
  }
  out += '}';
  return out;
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
