// Writes one JSON mapping field by field; the counterpart of reader, so that one description of a
// kind serves both. Absent values, empty texts, lists and maps, and zero times are left out: they
// read back the same.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "messages/cluster.hpp"
#include "messages/crd/range.hpp"
#include "messages/shared.hpp"

namespace scaleops::crd {

using json = nlohmann::json;

class writer {
public:
  template <class T>
  using ref = const T&;
  static constexpr bool writes = true;

  explicit writer(json& node) : node_{node} { node_ = json::object(); }

  void require(std::string_view) {}
  void rule(std::string_view, std::string_view) {}
  void skip(std::initializer_list<std::string_view>) {}
  void refuse(std::string_view, const std::string&) {}

  void text(std::string_view name, const std::string& value, text_form = text_form::any);
  void boolean(std::string_view name, const bool& value);
  void number(std::string_view name, const double& value, number_range);
  void duration(std::string_view name, const milliseconds& value, duration_range);
  void time(std::string_view name, const instant& value);
  void time_of_day(std::string_view name, const milliseconds& value);
  void cpu(std::string_view name, const std::optional<int64_t>& value);
  void memory(std::string_view name, const std::optional<int64_t>& value);
  void texts(std::string_view name, const std::vector<std::string>& values,
             text_form = text_form::required);
  void text_map(std::string_view name, const string_map& values);
  void blob(std::string_view name, const std::shared_ptr<const std::string>& value);
  void version(std::string_view name, const uint64_t& value);
  void choices(std::string_view name, const uint8_t& bits, std::span<const std::string_view> words);

  template <class T>
  void integer(std::string_view name, const T& value, integer_range) {
    set(name, int64_t(value));
  }

  template <class Enum>
  void choice(std::string_view name, const Enum& value, std::span<const std::string_view> words) {
    set(name, std::string(words[size_t(value)]));
  }

  /// An object without any field is left out.
  template <class Fields>
  void object(std::string_view name, Fields&& fields) {
    json inner;
    writer w{inner};
    fields(w);
    if (!inner.empty())
      set(name, std::move(inner));
  }

  template <class T, class Fields>
  void optional_object(std::string_view name, const std::optional<T>& value, const T&,
                       Fields&& fields) {
    if (!value)
      return;
    json inner;
    writer w{inner};
    fields(w, *value);
    set(name, std::move(inner));
  }

  template <class T, class Fields>
  void list(std::string_view name, const std::vector<T>& values, Fields&& fields) {
    if (values.empty())
      return;
    auto out = json::array();
    for (auto& value : values) {
      writer w{out.emplace_back()};
      fields(w, value);
    }
    set(name, std::move(out));
  }

  template <class T, class Fields>
  void list(std::string_view name, const shared_list<T>& values, Fields&& fields) {
    list(name, values.get(), fields);
  }

private:
  void set(std::string_view name, json value) { node_[std::string(name)] = std::move(value); }

  json& node_;
};

}  // namespace scaleops::crd
