// Describes one JSON mapping as an OpenAPI v3 schema, field by field: the third user of the
// description that the reader and the writer share, so that what the API server accepts cannot
// drift from what we read. Ranges, forms and defaults come from the same calls.
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
#pragma once

#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "messages/cluster.hpp"
#include "messages/crd/range.hpp"
#include "messages/shared.hpp"

namespace scaleops::crd {

using json = nlohmann::json;

class describer {
public:
  template <class T>
  using ref = const T&;
  static constexpr bool writes = true;

  /// Fills `node` with the schema. Without `defaults` an absent field stays absent: in a status,
  /// and where what is absent comes from elsewhere.
  explicit describer(json& node, bool defaults = true);

  void require(std::string_view name);
  void skip(std::initializer_list<std::string_view>) {}
  void refuse(std::string_view, const std::string&) {}

  /// A rule between fields in CEL, as the API server checks it.
  void rule(std::string_view cel, std::string_view message);

  void text(std::string_view name, const std::string& value, text_form form = text_form::any);
  void boolean(std::string_view name, const bool& value);
  void number(std::string_view name, const double& value, number_range range);
  void duration(std::string_view name, const milliseconds& value, duration_range range);
  void time(std::string_view name, const instant& value);
  void time_of_day(std::string_view name, const milliseconds& value);
  void cpu(std::string_view name, const std::optional<int64_t>& value);
  void memory(std::string_view name, const std::optional<int64_t>& value);
  void texts(std::string_view name, const std::vector<std::string>& values,
             text_form form = text_form::required);
  void text_map(std::string_view name, const string_map& values);
  void blob(std::string_view name, const std::shared_ptr<const std::string>& value);
  void version(std::string_view name, const uint64_t& value);
  void choices(std::string_view name, const uint8_t& bits, std::span<const std::string_view> words);

  template <class T>
  void integer(std::string_view name, const T& value, integer_range range) {
    put_integer(name, int64_t(value), range, sizeof(T) > 4);
  }

  template <class Enum>
  void choice(std::string_view name, const Enum& value, std::span<const std::string_view> words) {
    put_choice(name, words[size_t(value)], words);
  }

  template <class Fields>
  void object(std::string_view name, Fields&& fields) {
    json inner;
    describer d{inner, defaults_ && name != "status"};
    fields(d);
    put_object(name, std::move(inner));
  }

  /// What such an object lacks comes from elsewhere, so its fields have no defaults.
  template <class T, class Fields>
  void optional_object(std::string_view name, const std::optional<T>&, const T& initial,
                       Fields&& fields) {
    json inner;
    describer d{inner, false};
    fields(d, initial);
    put(name, std::move(inner));
  }

  template <class T, class Fields>
  void list(std::string_view name, const std::vector<T>&, Fields&& fields) {
    json inner;
    describer d{inner, defaults_};
    const T fresh{};
    fields(d, fresh);
    put_list(name, std::move(inner));
  }

  template <class T, class Fields>
  void list(std::string_view name, const shared_list<T>& values, Fields&& fields) {
    list(name, values.get(), fields);
  }

private:
  void put(std::string_view name, json schema);
  void put_default(std::string_view name, json schema, json value);
  void put_integer(std::string_view name, int64_t value, integer_range range, bool is_long);
  void put_choice(std::string_view name, std::string_view value,
                  std::span<const std::string_view> words);
  void put_object(std::string_view name, json inner);
  void put_list(std::string_view name, json inner);
  bool is_required(std::string_view name) const;

  json& node_;
  bool defaults_;
};

}  // namespace scaleops::crd
