#include "messages/crd/describer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "messages/quantity.hpp"

namespace scaleops::crd {

namespace {

constexpr const char* quantity_pattern =
  R"(^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,3})?$)";

/// A duration's milliseconds; the API server's own duration() knows no days.
constexpr const char* milliseconds_of =
  "self.findAll('[0-9.]+(ms|[smhd])').map(p, double(p.find('[0-9.]+')) * (p.endsWith('ms') ? 1.0 : "
  "p.endsWith('s') ? 1000.0 : p.endsWith('m') ? 60000.0 : p.endsWith('h') ? 3600000.0 : "
  "86400000.0)).sum()";

json text_schema(text_form form) {
  json schema{{"type", "string"}, {"maxLength", longest_text}};
  constexpr const char* label = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";
  switch (form) {
    case text_form::any:
      break;
    case text_form::required:
      schema["minLength"] = 1;
      break;
    case text_form::name:
      schema["maxLength"] = 253;
      schema["pattern"] = fmt::format(R"(^{0}(\.{0})*$)", label);
      break;
    case text_form::optional_name:
      schema["maxLength"] = 253;
      schema["pattern"] = fmt::format(R"(^({0}(\.{0})*)?$)", label);
      break;
    case text_form::label_name:
      schema["maxLength"] = 63;
      schema["pattern"] = fmt::format("^{0}$", label);
      break;
    case text_form::zone:
      schema["maxLength"] = 64;
      schema["pattern"] = "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$";
      break;
    case text_form::hex:
      schema["pattern"] = "^[0-9a-f]*$";
      break;
  }
  return schema;
}

json words_schema(std::span<const std::string_view> words) {
  auto all = json::array();
  for (auto word : words)
    all.push_back(std::string(word));
  return {{"type", "string"}, {"enum", std::move(all)}};
}

json quantity_schema() {
  return {{"anyOf", {{{"type", "integer"}}, {{"type", "string"}}}},
          {"x-kubernetes-int-or-string", true},
          {"minimum", 0},
          {"maxLength", 64},
          {"pattern", quantity_pattern}};
}

}  // namespace

describer::describer(json& node, bool defaults) : node_{node}, defaults_{defaults} {
  node_ = {{"type", "object"}, {"properties", json::object()}};
}

bool describer::is_required(std::string_view name) const {
  auto found = node_.find("required");
  return found != node_.end() &&
         std::find(found->begin(), found->end(), std::string(name)) != found->end();
}

void describer::require(std::string_view name) {
  if (!is_required(name))
    node_["required"].push_back(std::string(name));
}

void describer::rule(std::string_view cel, std::string_view message) {
  node_["x-kubernetes-validations"].push_back({{"rule", cel}, {"message", message}});
}

void describer::put(std::string_view name, json schema) {
  node_["properties"][std::string(name)] = std::move(schema);
}

void describer::put_default(std::string_view name, json schema, json value) {
  if (defaults_ && !is_required(name))
    schema["default"] = std::move(value);
  put(name, std::move(schema));
}

void describer::text(std::string_view name, const std::string& value, text_form form) {
  if (!has_form(value, form))
    require(name);
  if (value.empty())
    put(name, text_schema(form));
  else
    put_default(name, text_schema(form), value);
}

void describer::boolean(std::string_view name, const bool& value) {
  put_default(name, {{"type", "boolean"}}, value);
}

void describer::number(std::string_view name, const double& value, number_range range) {
  json schema{{"type", "number"}};
  if (range.low > std::numeric_limits<double>::lowest())
    schema["minimum"] = range.low;
  if (range.above_low)
    schema["exclusiveMinimum"] = true;
  if (range.high < std::numeric_limits<double>::max())
    schema["maximum"] = range.high;
  put_default(name, std::move(schema), value);
}

void describer::put_integer(std::string_view name, int64_t value, integer_range range,
                            bool is_long) {
  json schema{{"type", "integer"}, {"format", is_long ? "int64" : "int32"}};
  schema["minimum"] = range.low;
  schema["maximum"] = range.high;
  put_default(name, std::move(schema), value);
}

void describer::duration(std::string_view name, const milliseconds& value, duration_range range) {
  json schema{{"type", "string"},
              {"maxLength", 32},
              {"pattern", R"(^(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ms|[smhd]))+)$)"}};
  auto low = range.low.count() == 0
               ? std::string()
               : fmt::format("{} >= {}.0 && ", milliseconds_of, range.low.count());
  schema["x-kubernetes-validations"].push_back(
    {{"rule", fmt::format("{}{} <= {}.0", low, milliseconds_of, range.high.count())},
     {"message", fmt::format("must be a duration from {} to {} (such as 90s, 1h30m or 14d)",
                             format_duration(range.low), format_duration(range.high))}});
  put_default(name, std::move(schema), format_duration(value));
}

void describer::time(std::string_view name, const instant&) {
  put(name, {{"type", "string"}, {"format", "date-time"}});
}

void describer::time_of_day(std::string_view name, const milliseconds& value) {
  auto minutes = std::chrono::floor<std::chrono::minutes>(value).count();
  put_default(
    name,
    {{"type", "string"}, {"maxLength", 5}, {"pattern", "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}},
    fmt::format("{:02}:{:02}", minutes / 60, minutes % 60));
}

void describer::cpu(std::string_view name, const std::optional<int64_t>& value) {
  if (value)
    put_default(name, quantity_schema(), format_cpu(*value));
  else
    put(name, quantity_schema());
}

void describer::memory(std::string_view name, const std::optional<int64_t>& value) {
  if (value)
    put_default(name, quantity_schema(), format_memory(*value));
  else
    put(name, quantity_schema());
}

void describer::texts(std::string_view name, const std::vector<std::string>&, text_form form) {
  put(name, {{"type", "array"}, {"maxItems", most_items}, {"items", text_schema(form)}});
}

void describer::text_map(std::string_view name, const string_map&) {
  put(name, {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}});
}

void describer::blob(std::string_view name, const std::shared_ptr<const std::string>&) {
  put(name, {{"type", "string"}, {"format", "byte"}});
}

void describer::version(std::string_view name, const uint64_t&) {
  put(name, {{"type", "string"}, {"pattern", "^[0-9]{1,20}$"}});
}

void describer::put_choice(std::string_view name, std::string_view value,
                           std::span<const std::string_view> words) {
  put_default(name, words_schema(words), std::string(value));
}

void describer::choices(std::string_view name, const uint8_t& bits,
                        std::span<const std::string_view> words) {
  auto all = json::array();
  for (size_t i = 0; i < words.size(); ++i)
    if (bits & 1u << i)
      all.push_back(std::string(words[i]));
  put_default(name,
              {{"type", "array"},
               {"minItems", 1},
               {"maxItems", words.size()},
               {"items", words_schema(words)}},
              std::move(all));
}

void describer::put_object(std::string_view name, json inner) {
  // An absent mapping would hide the defaults of its fields; one that must be there has none.
  auto& fields = inner["properties"];
  bool filled = std::any_of(fields.begin(), fields.end(),
                            [](const json& field) { return field.contains("default"); });
  if (filled && !inner.contains("required"))
    put_default(name, std::move(inner), json::object());
  else
    put(name, std::move(inner));
}

void describer::put_list(std::string_view name, json inner) {
  put(name, {{"type", "array"}, {"maxItems", most_items}, {"items", std::move(inner)}});
}

}  // namespace scaleops::crd
