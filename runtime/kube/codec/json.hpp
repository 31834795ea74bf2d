// A view of parsed JSON in which everything may be absent. For the decoders only: simdjson is dear
// to parse.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "messages/cluster.hpp"
#include "messages/quantity.hpp"
#include "messages/time.hpp"

namespace scaleops::kube {

namespace dom = simdjson::dom;

/// What is absent, null or of another type than asked for reads as empty, zero or false.
class json_view {
public:
  json_view() = default;
  json_view(dom::element element) : element_{element}, there_{!element.is_null()} {}

  explicit operator bool() const { return there_; }

  json_view operator[](std::string_view key) const {
    dom::object object;
    dom::element found;
    if (!there_ || element_.get(object) != simdjson::SUCCESS ||
        object.at_key(key).get(found) != simdjson::SUCCESS)
      return {};
    return found;
  }

  std::string_view text() const {
    std::string_view out;
    if (!there_ || element_.get(out) != simdjson::SUCCESS)
      return {};
    return out;
  }
  std::string string() const { return std::string{text()}; }

  int64_t integer(int64_t otherwise = 0) const {
    int64_t out = 0;
    return there_ && element_.get(out) == simdjson::SUCCESS ? out : otherwise;
  }
  /// Within the 32 bits that Kubernetes' counts have.
  int32_t count(int32_t otherwise = 0) const {
    auto value = integer(otherwise);
    return value < INT32_MIN || value > INT32_MAX ? otherwise : int32_t(value);
  }
  bool boolean(bool otherwise = false) const {
    bool out = false;
    return there_ && element_.get(out) == simdjson::SUCCESS ? out : otherwise;
  }
  double number(double otherwise = 0) const {
    double out = 0;  // integers count as numbers
    return there_ && element_.get(out) == simdjson::SUCCESS ? out : otherwise;
  }
  bool is_object() const { return there_ && element_.is_object(); }
  bool is_integer() const { return there_ && element_.is_int64(); }

  instant time() const {
    instant out{};
    if (auto words = text(); !words.empty())
      parse_rfc3339(words, out);
    return out;
  }

  template <class F>
  void each(F&& f) const {
    dom::array array;
    if (there_ && element_.get(array) == simdjson::SUCCESS)
      for (auto item : array)
        f(json_view{item});
  }
  template <class F>
  void each_member(F&& f) const {
    dom::object object;
    if (there_ && element_.get(object) == simdjson::SUCCESS)
      for (auto member : object)
        f(member.key, json_view{member.value});
  }
  size_t size() const {
    dom::array array;
    return there_ && element_.get(array) == simdjson::SUCCESS ? array.size() : 0;
  }

  string_map texts() const {
    string_map out;
    each_member([&](std::string_view key, json_view value) {
      out.insert_or_assign(std::string(key), value.string());
    });
    return out;
  }

  /// Quantities may also be bare numbers.
  std::optional<int64_t> cpu() const { return quantity(parse_cpu); }
  std::optional<int64_t> memory() const { return quantity(parse_memory); }

  resources requests_or_limits() const {
    return {(*this)["cpu"].cpu(), (*this)["memory"].memory()};
  }

private:
  std::optional<int64_t> quantity(quantity_error (*parse)(std::string_view, int64_t&)) const {
    if (!there_)
      return std::nullopt;
    int64_t out = 0;
    std::string number;
    auto words = text();
    if (words.empty() && element_.is_number()) {
      number = simdjson::minify(element_);
      words = number;
    }
    if (words.empty() || parse(words, out) != quantity_error::none)
      return std::nullopt;
    return out;
  }

  dom::element element_;
  bool there_ = false;
};

}  // namespace scaleops::kube
