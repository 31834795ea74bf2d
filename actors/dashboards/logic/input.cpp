#include "actors/dashboards/logic/input.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace scaleops::dashboards::logic {

using nlohmann::json;

namespace {

constexpr std::array<std::string_view, 12> order_names = {"name",
                                                          "namespace",
                                                          "pods",
                                                          "cpu_requested",
                                                          "cpu_used",
                                                          "cpu_recommended",
                                                          "memory_requested",
                                                          "memory_used",
                                                          "memory_recommended",
                                                          "saving",
                                                          "kills",
                                                          "confidence"};

std::string joined(const std::vector<std::string_view>& choices) {
  return fmt::format("{}", fmt::join(choices, ", "));
}

/// A JSON object with only the named members.
std::optional<input_error> read_object(std::string_view body,
                                       const std::vector<std::string_view>& members, json& out) {
  out = json::parse(body, nullptr, false);
  if (!out.is_object())
    return input_error{"body", "must be a JSON object"};
  for (auto& [name, value] : out.items())
    if (std::find(members.begin(), members.end(), name) == members.end())
      return input_error{"body." + name, "is unknown here; known are: " + joined(members)};
  return std::nullopt;
}

std::optional<input_error> read_text(const json& object, const char* name, size_t most,
                                     bool required, std::string& out) {
  auto found = object.find(name);
  if (found == object.end())
    return required ? std::optional{input_error{fmt::format("body.{}", name), "is missing"}}
                    : std::nullopt;
  if (!found->is_string())
    return input_error{fmt::format("body.{}", name), "must be a string"};
  out = found->get<std::string>();
  if (out.size() > most)
    return input_error{fmt::format("body.{}", name),
                       fmt::format("must have at most {} bytes", most)};
  return std::nullopt;
}

std::optional<input_error> read_refs(const json& list, std::vector<workload_ref>& out) {
  if (!list.is_array() || list.empty() || list.size() > most_changes_at_once)
    return input_error{"body.workloads",
                       fmt::format("must be a list of 1 to {} strings", most_changes_at_once)};
  for (size_t i = 0; i < list.size(); ++i) {
    auto ref = list[i].is_string() ? workload_ref::parse(list[i].get<std::string>()) : std::nullopt;
    if (!ref)
      return input_error{fmt::format("body.workloads[{}]", i),
                         "must be a string \"namespace/Kind/name\""};
    out.push_back(std::move(*ref));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return std::nullopt;
}

std::optional<input_error> read_filter(const json& object, workload_query& out) {
  if (!object.is_object())
    return input_error{"body.filter", "must be an object"};
  string_map query;
  for (auto& [name, value] : object.items()) {
    if (!value.is_string())
      return input_error{"body.filter." + name, "must be a string"};
    query[name] = value.get<std::string>();
  }
  query_reader reader{query};
  out = read_workload_filter(reader);
  auto error = reader.finish();
  if (error)
    error->field = "body.filter" + error->field.substr(std::string_view{"query"}.size());
  return error;
}

}  // namespace

const std::string* query_reader::take(const std::string& name) {
  known_.push_back(name);
  auto found = query_.find(name);
  return found == query_.end() ? nullptr : &found->second;
}

void query_reader::refuse(const std::string& name, std::string message) {
  if (!error_)
    error_ = input_error{"query." + name, std::move(message)};
}

std::string query_reader::text(const std::string& name, size_t most) {
  auto* given = take(name);
  if (given && given->size() > most)
    refuse(name, fmt::format("must have at most {} bytes", most));
  return given ? *given : std::string{};
}

int64_t query_reader::number(const std::string& name, int64_t otherwise, int64_t least,
                             int64_t most) {
  auto* given = take(name);
  if (!given)
    return otherwise;
  int64_t value = 0;
  auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), value);
  if (error != std::errc{} || end != given->data() + given->size() || value < least || value > most)
    refuse(name, fmt::format("must be a whole number from {} to {}", least, most));
  return value;
}

bool query_reader::flag(const std::string& name) {
  auto* given = take(name);
  if (given && *given != "true" && *given != "false")
    refuse(name, "must be true or false");
  return given && *given == "true";
}

std::string query_reader::choice(const std::string& name,
                                 const std::vector<std::string_view>& choices) {
  auto* given = take(name);
  if (!given || given->empty())
    return {};
  if (std::find(choices.begin(), choices.end(), *given) == choices.end())
    refuse(name, "must be one of: " + joined(choices));
  return *given;
}

milliseconds query_reader::span(const std::string& name, milliseconds otherwise, milliseconds least,
                                milliseconds most) {
  auto* given = take(name);
  if (!given)
    return otherwise;
  milliseconds value{};
  if (!parse_duration(*given, value) || value < least || value > most)
    refuse(name, fmt::format("must be a duration from {} to {}, as in \"6h\" or \"7d\"",
                             format_duration(least), format_duration(most)));
  return value;
}

std::optional<workload_ref> query_reader::workload(const std::string& name) {
  auto* given = take(name);
  if (!given || given->empty())
    return std::nullopt;
  auto ref = workload_ref::parse(*given);
  if (!ref)
    refuse(name, "must have the form \"namespace/Kind/name\"");
  return ref;
}

std::optional<input_error> query_reader::finish() {
  for (auto& [name, value] : query_)
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      refuse(name, known_.empty()
                     ? "is unknown here"
                     : fmt::format("is unknown here; known are: {}", fmt::join(known_, ", ")));
  return error_;
}

workload_query read_workload_filter(query_reader& reader) {
  workload_query query;
  query.text = reader.text("q", 128);
  query.ns = reader.text("namespace");
  query.kind = reader.text("kind");
  query.policy = reader.text("policy");
  query.automation = reader.choice("automation", {"automated", "open", "excluded", "system"});
  query.state = reader.choice("state", {"urgent", "oom", "learning", "oversized", "undersized"});
  return query;
}

workload_query read_workload_query(query_reader& reader) {
  auto query = read_workload_filter(reader);
  auto order = reader.choice("sort", {order_names.begin(), order_names.end()});
  if (!order.empty()) {
    auto at = std::find(order_names.begin(), order_names.end(), order) - order_names.begin();
    query.order = static_cast<workload_order>(std::min<ptrdiff_t>(at, order_names.size() - 1));
  }
  auto direction = reader.choice("order", {"asc", "desc"});
  query.descending = direction.empty() ? query.order > workload_order::ns : direction == "desc";
  query.offset = size_t(reader.number("offset", 0, 0, 1'000'000));
  query.limit = size_t(reader.number("limit", 100, 1, 10'000));
  return query;
}

std::string_view to_string(change_wish::what kind) {
  switch (kind) {
    case change_wish::what::automate:
      return "automate";
    case change_wish::what::stop_automating:
      return "stop-automating";
    case change_wish::what::exclude:
      return "exclude";
    case change_wish::what::include:
      return "include";
    case change_wish::what::policy:
      return "policy";
  }
  return "unknown";
}

std::optional<input_error> read_change(change_body form, std::string_view body, change_wish& wish) {
  static constexpr std::string_view values[] = {"automated", "excluded", "policy"};
  std::string value{values[static_cast<size_t>(form)]};
  json object;
  if (auto error = read_object(body, {value, "workloads", "filter", "why"}, object))
    return error;
  auto given = object.find(value);
  if (given == object.end())
    return input_error{"body." + value, "is missing"};
  using what = change_wish::what;
  if (form == change_body::policy) {
    if (auto error = read_text(object, "policy", 253, true, wish.policy))
      return error;
    wish.kind = what::policy;
  } else if (!given->is_boolean()) {
    return input_error{"body." + value, "must be true or false"};
  } else if (form == change_body::automation) {
    wish.kind = given->get<bool>() ? what::automate : what::stop_automating;
  } else {
    wish.kind = given->get<bool>() ? what::exclude : what::include;
  }
  if (auto error = read_text(object, "why", 1000, false, wish.why))
    return error;
  bool listed = object.contains("workloads");
  if (listed == object.contains("filter"))
    return input_error{"body", "must have either \"workloads\" or \"filter\""};
  if (listed)
    return read_refs(object["workloads"], wish.workloads);
  return read_filter(object["filter"], wish.filter.emplace());
}

std::optional<input_error> read_reason(std::string_view body, std::string& why) {
  if (body.empty())
    return std::nullopt;
  json object;
  if (auto error = read_object(body, {"why"}, object))
    return error;
  return read_text(object, "why", 1000, false, why);
}

std::optional<input_error> read_token(std::string_view body, std::string& token) {
  json object;
  if (auto error = read_object(body, {"token"}, object))
    return error;
  if (auto error = read_text(object, "token", 16 * 1024, true, token))
    return error;
  if (token.empty())
    return input_error{"body.token", "is empty"};
  return std::nullopt;
}

}  // namespace scaleops::dashboards::logic
