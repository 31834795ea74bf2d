#include "messages/crd/reader.hpp"

#include <charconv>
#include <cmath>

#include "messages/crd/base64.hpp"
#include "messages/nearest.hpp"
#include "messages/quantity.hpp"

namespace scaleops::crd {

namespace {

std::string join(std::span<const std::string_view> words) {
  std::string out;
  for (auto word : words)
    out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

std::string nearest_of(const std::string& word, std::span<const std::string_view> words) {
  return nearest(word, {words.begin(), words.end()});
}

std::string words_of(const number_range& range) {
  auto text =
    fmt::format("within {} {} x <= {}", range.low, range.above_low ? "<" : "<=", range.high);
  return range.unit.empty() ? text : fmt::format("{} ({})", text, range.unit);
}

/// "HH:MM", up to 24:00.
bool read_time_of_day(const std::string& text, milliseconds& into) {
  if (text.size() != 5 || text[2] != ':')
    return false;
  for (size_t i : {0, 1, 3, 4})
    if (text[i] < '0' || text[i] > '9')
      return false;
  auto hours = (text[0] - '0') * 10 + (text[1] - '0'),
       minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (minutes > 59 || hours * 60 + minutes > 24 * 60)
    return false;
  into = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return true;
}

}  // namespace

std::string show(const json& value) {
  switch (value.type()) {
    case json::value_t::object:
      return "a mapping";
    case json::value_t::array:
      return "a list";
    default:
      break;
  }
  auto text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  return text.size() <= 60 ? text : text.substr(0, 57) + "...";
}

reader::reader(const json& node, std::string path, std::vector<std::string>& problems)
    : node_{node}, path_{std::move(path)}, problems_{problems} {}

std::string reader::path_of(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void reader::refuse(std::string_view name, const std::string& problem) {
  if (problems_.size() < most_problems)
    problems_.push_back(path_of(name) + ": " + problem);
}

void reader::add(const std::string& path, const json& value, std::string_view expected) {
  if (problems_.size() < most_problems)
    problems_.push_back(fmt::format("{}: {} is not {}", path, show(value), expected));
}

const json* reader::find(std::string_view name) {
  known_.emplace(name);
  auto found = node_.find(std::string(name));
  return found == node_.end() || found->is_null() ? nullptr : &*found;
}

const json* reader::mapping(std::string_view name) {
  auto* value = find(name);
  if (!value || value->is_object())
    return value;
  add(path_of(name), *value, "a mapping");
  return nullptr;
}

const json* reader::sequence(std::string_view name) {
  auto* value = find(name);
  if (!value)
    return nullptr;
  if (!value->is_array()) {
    add(path_of(name), *value, "a list");
    return nullptr;
  }
  if (value->size() > most_items) {
    refuse(name, fmt::format("{} entries, more than {}", value->size(), most_items));
    return nullptr;
  }
  return value;
}

const std::string* reader::string(std::string_view name) {
  auto* value = find(name);
  if (!value)
    return nullptr;
  if (auto* text = value->get_ptr<const std::string*>())
    return text;
  add(path_of(name), *value, "a text");
  return nullptr;
}

bool reader::absent(std::string_view name) {
  return !find(name);
}

void reader::require(std::string_view name) {
  if (absent(name))
    refuse(name, "is missing");
}

void reader::text(std::string_view name, std::string& into, text_form form) {
  auto* value = string(name);
  if (value && !has_form(*value, form))
    return add(path_of(name), *value, words_of(form));
  if (value)
    into = *value;
  else if (absent(name) && !has_form(into, form))
    refuse(name, "is missing");
}

void reader::boolean(std::string_view name, bool& into) {
  auto* value = find(name);
  if (!value)
    return;
  if (!value->is_boolean())
    return add(path_of(name), *value, "true or false");
  into = value->get<bool>();
}

void reader::read_integer(std::string_view name, int64_t& into, integer_range range) {
  auto* value = find(name);
  if (!value)
    return;
  // An unsigned number may not fit; a number with a fraction is no integer, even if it is 1.0.
  bool fits = value->is_number_integer() &&
              !(value->is_number_unsigned() && value->get<uint64_t>() > uint64_t(range.high));
  if (!fits || value->get<int64_t>() < range.low || value->get<int64_t>() > range.high)
    return add(path_of(name), *value,
               fmt::format("a whole number from {} to {}", range.low, range.high));
  into = value->get<int64_t>();
}

void reader::number(std::string_view name, double& into, number_range range) {
  auto* value = find(name);
  if (!value)
    return;
  if (!value->is_number())
    return add(path_of(name), *value, "a number");
  auto number = value->get<double>();
  if (!std::isfinite(number) || number < range.low || number > range.high ||
      (range.above_low && number == range.low))
    return add(path_of(name), *value, words_of(range));
  into = number;
}

void reader::duration(std::string_view name, milliseconds& into, duration_range range) {
  auto* value = string(name);
  if (!value)
    return;
  milliseconds read{};
  if (!parse_duration(*value, read) || read < range.low || read > range.high)
    return add(path_of(name), *value,
               fmt::format("a duration from {} to {} (such as 90s, 1h30m or 14d)",
                           format_duration(range.low), format_duration(range.high)));
  into = read;
}

void reader::time(std::string_view name, instant& into) {
  auto* value = string(name);
  if (value && !parse_rfc3339(*value, into))
    add(path_of(name), *value, "a time such as 2026-01-05T12:00:00Z");
}

void reader::time_of_day(std::string_view name, milliseconds& into) {
  auto* value = string(name);
  if (value && !read_time_of_day(*value, into))
    add(path_of(name), *value, "a time of day from 00:00 to 24:00");
}

void reader::quantity(std::string_view name, std::optional<int64_t>& into, bool is_cpu) {
  auto* value = find(name);
  if (!value)
    return;
  // As the API server does, a plain number is taken as its own text.
  auto* text = value->get_ptr<const std::string*>();
  if (!text && !value->is_number())
    return add(path_of(name), *value, "a quantity such as 250m or 128Mi");
  auto written = text ? *text : value->dump();
  int64_t read = 0;
  auto error = is_cpu ? parse_cpu(written, read) : parse_memory(written, read);
  if (error != quantity_error::none)
    return refuse(name, fmt::format("{} {}", show(*value), describe(error)));
  into = read;
}

void reader::cpu(std::string_view name, std::optional<int64_t>& into) {
  quantity(name, into, true);
}

void reader::memory(std::string_view name, std::optional<int64_t>& into) {
  quantity(name, into, false);
}

void reader::texts(std::string_view name, std::vector<std::string>& into, text_form form) {
  auto* list = sequence(name);
  for (size_t i = 0; list && i < list->size(); ++i) {
    auto* value = (*list)[i].get_ptr<const std::string*>();
    if (value && has_form(*value, form))
      into.push_back(*value);
    else
      add(fmt::format("{}[{}]", path_of(name), i), (*list)[i], words_of(form));
  }
}

void reader::text_map(std::string_view name, string_map& into) {
  auto* map = mapping(name);
  if (!map)
    return;
  for (auto& [key, value] : map->items()) {
    if (auto* text = value.get_ptr<const std::string*>())
      into[key] = *text;
    else
      add(path_of(name) + "." + key, value, "a text (put it in quotes)");
  }
}

void reader::blob(std::string_view name, std::shared_ptr<const std::string>& into) {
  auto* value = string(name);
  if (!value)
    return;
  if (auto bytes = decode_base64(*value))
    into = std::make_shared<const std::string>(std::move(*bytes));
  else
    add(path_of(name), *value, "base64");
}

void reader::version(std::string_view name, uint64_t& into) {
  auto* value = string(name);
  if (!value)
    return;
  uint64_t read = 0;
  auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), read);
  if (error != std::errc{} || end != value->data() + value->size())
    return add(path_of(name), *value, "a text of decimal digits");
  into = read;
}

void reader::read_choice(std::string_view name, size_t& into,
                         std::span<const std::string_view> words) {
  auto* value = string(name);
  if (!value)
    return;
  for (size_t i = 0; i < words.size(); ++i)
    if (words[i] == *value) {
      into = i;
      return;
    }
  refuse(name, fmt::format("{} is not one of {}; the nearest is \"{}\"", show(*value), join(words),
                           nearest_of(*value, words)));
}

void reader::choices(std::string_view name, uint8_t& bits,
                     std::span<const std::string_view> words) {
  auto* list = sequence(name);
  if (!list)
    return;
  bits = 0;
  for (size_t i = 0; i < list->size(); ++i) {
    auto* value = (*list)[i].get_ptr<const std::string*>();
    size_t index = 0;
    while (value && index < words.size() && words[index] != *value)
      ++index;
    if (value && index < words.size())
      bits = uint8_t(bits | 1u << index);
    else
      add(fmt::format("{}[{}]", path_of(name), i), (*list)[i], "one of " + join(words));
  }
  if (list->empty())
    refuse(name, "is empty: give at least one of " + join(words) + ", or leave it out");
}

void reader::skip(std::initializer_list<std::string_view> names) {
  known_.insert(names.begin(), names.end());
}

void reader::finish() {
  for (auto& [name, value] : node_.items())
    if (!known_.contains(name)) {
      auto shown = name.size() <= 60 ? name : name.substr(0, 57) + "...";
      refuse(shown, fmt::format("unknown field; the nearest is \"{}\"",
                                nearest(name, {known_.begin(), known_.end()})));
    }
}

}  // namespace scaleops::crd
