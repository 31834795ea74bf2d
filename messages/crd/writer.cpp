#include "messages/crd/writer.hpp"

#include <fmt/format.h>

#include "messages/crd/base64.hpp"
#include "messages/quantity.hpp"

namespace scaleops::crd {

namespace {

/// RFC 3339; milliseconds only where there are some.
std::string format_time(instant at) {
  auto text = format_rfc3339(at);
  auto rest = (at - std::chrono::floor<std::chrono::seconds>(at)).count();
  if (rest != 0)
    text.insert(text.size() - 1, fmt::format(".{:03}", rest));
  return text;
}

}  // namespace

void writer::text(std::string_view name, const std::string& value, text_form) {
  if (!value.empty())
    set(name, value);
}

void writer::boolean(std::string_view name, const bool& value) {
  set(name, value);
}

void writer::number(std::string_view name, const double& value, number_range) {
  set(name, value);
}

void writer::duration(std::string_view name, const milliseconds& value, duration_range) {
  set(name, format_duration(value));
}

void writer::time(std::string_view name, const instant& value) {
  if (value != instant{})
    set(name, format_time(value));
}

void writer::time_of_day(std::string_view name, const milliseconds& value) {
  auto minutes = std::chrono::floor<std::chrono::minutes>(value).count();
  set(name, fmt::format("{:02}:{:02}", minutes / 60, minutes % 60));
}

void writer::cpu(std::string_view name, const std::optional<int64_t>& value) {
  if (value)
    set(name, format_cpu(*value));
}

void writer::memory(std::string_view name, const std::optional<int64_t>& value) {
  if (value)
    set(name, format_memory(*value));
}

void writer::texts(std::string_view name, const std::vector<std::string>& values, text_form) {
  if (!values.empty())
    set(name, values);
}

void writer::text_map(std::string_view name, const string_map& values) {
  if (!values.empty())
    set(name, values);
}

void writer::blob(std::string_view name, const std::shared_ptr<const std::string>& value) {
  if (value)
    set(name, encode_base64(*value));
}

void writer::version(std::string_view name, const uint64_t& value) {
  if (value != 0)
    set(name, fmt::format("{}", value));
}

void writer::choices(std::string_view name, const uint8_t& bits,
                     std::span<const std::string_view> words) {
  auto out = json::array();
  for (size_t i = 0; i < words.size(); ++i)
    if (bits & 1u << i)
      out.push_back(std::string(words[i]));
  set(name, std::move(out));
}

}  // namespace scaleops::crd
