#include "runtime/kube/codec/wire_view.hpp"

#include <algorithm>
#include <array>

namespace scaleops::kube {

namespace wire {

namespace {

bool varint(std::string_view& rest, uint64_t& out) {
  out = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    if (rest.empty())
      return false;
    auto byte = uint8_t(rest.front());
    rest.remove_prefix(1);
    if (shift == 63 && byte > 1)
      return false;
    out |= uint64_t(byte & 0x7f) << shift;
    if (byte < 0x80)
      return true;
  }
  return false;
}

constexpr field text_pair_fields[] = {{"key", 1}, {"value", 2}};
constexpr message text_pair{text_pair_fields};
constexpr field quantity_fields[] = {{"string", 1}};
constexpr message quantity_text{quantity_fields};
constexpr field quantity_pair_fields[] = {{"key", 1}, one("value", 2, quantity_text)};
constexpr message quantity_pair{quantity_pair_fields};
constexpr field time_fields[] = {{"seconds", 1, form::number}, {"nanos", 2, form::number}};
constexpr message time_parts{time_fields};
constexpr field int_or_text_fields[] = {
  {"type", 1, form::number}, {"intVal", 2, form::number}, {"strVal", 3}};
constexpr message int_or_text_parts{int_or_text_fields};

const message* inner_of(const field& field) {
  switch (field.is) {
    case form::message:
      return field.of;
    case form::time:
      return &time_parts;
    case form::quantity:
      return &quantity_text;
    case form::int_or_text:
      return &int_or_text_parts;
    case form::text_map:
      return &text_pair;
    case form::quantity_map:
      return &quantity_pair;
    default:
      return nullptr;
  }
}

bool is_number(form is) {
  return is == form::number || is == form::number_if_any;
}

}  // namespace

bool next(std::string_view& rest, token& out, bool& bad) {
  if (rest.empty())
    return false;
  uint64_t key = 0;
  bad = true;
  if (!varint(rest, key) || key >> 3 == 0 || key >> 3 > 0x1fffffff)
    return false;
  out.number = uint32_t(key >> 3);
  out.is_bytes = false;
  out.bytes = {};
  size_t fixed = 0;
  switch (key & 7) {
    case 0:
      if (!varint(rest, out.value))
        return false;
      break;
    case 2: {
      uint64_t size = 0;
      if (!varint(rest, size) || size > rest.size())
        return false;
      out.bytes = rest.substr(0, size);
      out.is_bytes = true;
      rest.remove_prefix(size);
      break;
    }
    case 1:
    case 5:
      fixed = (key & 7) == 1 ? 8 : 4;
      if (rest.size() < fixed)
        return false;
      out.value = 0;
      rest.remove_prefix(fixed);
      break;
    default:
      return false;  // groups
  }
  bad = false;
  return true;
}

bool well_formed(std::string_view bytes, const message& of, int depth) {
  token each;
  bool bad = false;
  if (depth > 32)
    return false;
  while (next(bytes, each, bad)) {
    auto field = std::find_if(of.fields.begin(), of.fields.end(),
                              [&](auto& known) { return known.number == each.number; });
    if (field == of.fields.end())
      continue;
    if (each.is_bytes == is_number(field->is))
      return false;
    auto* inner = inner_of(*field);
    if (inner && !well_formed(each.bytes, *inner, depth + 1))
      return false;
  }
  return !bad;
}

const message* message_of(std::string_view kind) {
  struct entry {
    std::string_view kind;
    const message* of;
  };
  static constexpr std::array known = {
    entry{"Pod", &pod},
    entry{"Node", &node},
    entry{"Namespace", &any_object},
    entry{"Event", &event},
    entry{"LimitRange", &limit_range},
    entry{"ResourceQuota", &quota},
    entry{"Deployment", &deployment},
    entry{"StatefulSet", &stateful_set},
    entry{"DaemonSet", &daemon_set},
    entry{"ReplicaSet", &replica_set},
    entry{"Job", &job},
    entry{"CronJob", &cron_job},
    entry{"PodDisruptionBudget", &budget},
    entry{"HorizontalPodAutoscaler", &autoscaler},
    entry{"Lease", &lease},
  };
  for (auto& each : known)
    if (each.kind == kind)
      return each.of;
  return nullptr;
}

}  // namespace wire

using wire::form;
using wire::token;

namespace {

bool is_map(form is) {
  return is == form::text_map || is == form::quantity_map;
}

/// A field of a message; empty where it is absent.
std::string_view bytes_at(std::string_view message, uint32_t number) {
  token each;
  bool bad = false;
  while (wire::next(message, each, bad))
    if (each.number == number && each.is_bytes)
      return each.bytes;
  return {};
}

}  // namespace

wire_view wire_view::member(const wire::field& field, const token& token, std::string_view from) {
  wire_view out;
  out.is_ = field.is;
  out.of_ = field.of;
  out.there_ = true;
  out.list_ = field.repeated;
  out.number_ = field.number;
  if (field.repeated || is_map(field.is)) {
    out.bytes_ = from;
    return out;
  }
  out.bytes_ = token.bytes;
  out.value_ = token.value;
  switch (field.is) {
    case form::time:  // an empty one is Go's zero time, null in JSON
      out.there_ = !token.bytes.empty();
      break;
    case form::number_if_any:
      out.there_ = token.value != 0;
      out.is_ = form::number;
      break;
    case form::quantity:
      out.bytes_ = bytes_at(token.bytes, 1);
      out.is_ = form::text;
      break;
    case form::int_or_text: {
      auto rest = token.bytes;
      wire::token part;
      bool bad = false, is_text = false;
      uint64_t number = 0;
      while (wire::next(rest, part, bad)) {
        if (part.number == 1)
          is_text = part.value == 1;
        else if (part.number == 2)
          number = part.value;
      }
      out.is_ = is_text ? form::text : form::number;
      out.value_ = number;
      out.bytes_ = is_text ? bytes_at(token.bytes, 3) : std::string_view{};
      break;
    }
    default:
      break;
  }
  return out;
}

wire_view wire_view::element(const token& token) const {
  wire_view out;
  out.is_ = is_;
  out.of_ = of_;
  out.bytes_ = token.bytes;
  out.value_ = token.value;
  out.there_ = true;
  return out;
}

wire_view wire_view::operator[](std::string_view name) const {
  if (!there_ || list_)
    return {};
  auto rest = bytes_;
  token each;
  bool bad = false;
  if (is_map(is_)) {
    while (wire::next(rest, each, bad)) {
      if (each.number != number_ || bytes_at(each.bytes, 1) != name)
        continue;
      wire_view out;
      out.bytes_ = bytes_at(each.bytes, 2);
      if (is_ == form::quantity_map)
        out.bytes_ = bytes_at(out.bytes_, 1);
      out.there_ = true;
      return out;
    }
    return {};
  }
  if (!of_)
    return {};
  for (auto& field : of_->fields) {
    if (field.name != name)
      continue;
    for (auto before = rest; wire::next(rest, each, bad); before = rest)
      if (each.number == field.number)
        return member(field, each, before);
    break;
  }
  return {};
}

std::string_view wire_view::text() const {
  return there_ && !list_ && is_ == form::text ? bytes_ : std::string_view{};
}

bool wire_view::is_integer() const {
  return there_ && !list_ && is_ == form::number;
}

int64_t wire_view::integer(int64_t otherwise) const {
  return is_integer() ? int64_t(value_) : otherwise;
}

instant wire_view::time() const {
  if (!there_ || is_ != form::time)
    return {};
  auto rest = bytes_;
  token each;
  bool bad = false;
  int64_t seconds = 0, nanoseconds = 0;
  while (wire::next(rest, each, bad)) {
    if (each.number == 1)
      seconds = int64_t(each.value);
    else if (each.number == 2)
      nanoseconds = int64_t(each.value);
  }
  constexpr int64_t most = 253'402'300'799;  // the last second that RFC 3339 can write
  if (seconds < -most || seconds > most || nanoseconds < 0 || nanoseconds >= 1'000'000'000)
    return {};
  return instant{milliseconds{seconds * 1000 + nanoseconds / 1'000'000}};
}

string_map wire_view::texts() const {
  string_map out;
  if (!there_ || is_ != form::text_map)
    return out;
  auto rest = bytes_;
  token each;
  bool bad = false;
  while (wire::next(rest, each, bad))
    if (each.number == number_)  // the encoder writes them in order
      out.insert_or_assign(out.end(), std::string(bytes_at(each.bytes, 1)),
                           std::string(bytes_at(each.bytes, 2)));
  return out;
}

resources wire_view::requests_or_limits() const {
  return {(*this)["cpu"].cpu(), (*this)["memory"].memory()};
}

std::optional<int64_t> wire_view::quantity(quantity_error (*parse)(std::string_view,
                                                                   int64_t&)) const {
  int64_t out = 0;
  auto words = text();
  if (words.empty() || parse(words, out) != quantity_error::none)
    return std::nullopt;
  return out;
}

}  // namespace scaleops::kube
