// Reads one JSON mapping field by field; remembers every problem with its path instead of stopping
// at the first.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "messages/cluster.hpp"
#include "messages/crd/range.hpp"
#include "messages/shared.hpp"

namespace scaleops::crd {

using json = nlohmann::json;

/// At most this many problems are told: the rest helps nobody.
constexpr size_t most_problems = 20;

class reader {
public:
  /// What a field is bound to: here something to fill in, in the writer something to read.
  template <class T>
  using ref = T&;
  static constexpr bool writes = false;

  /// `path` is where `node` stands in its document; empty at the top.
  reader(const json& node, std::string path, std::vector<std::string>& problems);

  bool absent(std::string_view name);  // or null
  void require(std::string_view name);
  void rule(std::string_view, std::string_view) {}  // the API server's; ours stands beside it

  void text(std::string_view name, std::string& into, text_form form = text_form::any);
  void boolean(std::string_view name, bool& into);
  void number(std::string_view name, double& into, number_range range);
  void duration(std::string_view name, milliseconds& into, duration_range range);
  void time(std::string_view name, instant& into);
  void time_of_day(std::string_view name, milliseconds& into);
  void cpu(std::string_view name, std::optional<int64_t>& into);
  void memory(std::string_view name, std::optional<int64_t>& into);
  void texts(std::string_view name, std::vector<std::string>& into,
             text_form form = text_form::required);
  void text_map(std::string_view name, string_map& into);
  void text_map(std::string_view name, shared_map& into) {
    string_map read;
    text_map(name, read);
    into = std::move(read);
  }
  void blob(std::string_view name, std::shared_ptr<const std::string>& into);  // base64
  void version(std::string_view name, uint64_t& into);                         // a text of digits

  template <class T>
  void integer(std::string_view name, T& into, integer_range range) {
    int64_t value = int64_t(into);
    read_integer(name, value, range);
    into = T(value);
  }

  /// A word of a list whose order is the enumeration's.
  template <class Enum>
  void choice(std::string_view name, Enum& into, std::span<const std::string_view> words) {
    auto index = size_t(into);
    read_choice(name, index, words);
    into = Enum(index);
  }

  /// A set of words as bits.
  void choices(std::string_view name, uint8_t& bits, std::span<const std::string_view> words);

  template <class Fields>
  void object(std::string_view name, Fields&& fields) {
    if (auto* node = mapping(name)) {
      reader inner{*node, path_of(name), problems_};
      fields(inner);
      inner.finish();
    }
  }

  /// As `object`; an absent field leaves `into` absent. `initial` is what the fields' defaults come
  /// from.
  template <class T, class Fields>
  void optional_object(std::string_view name, std::optional<T>& into, const T& initial,
                       Fields&& fields) {
    if (auto* node = mapping(name)) {
      reader inner{*node, path_of(name), problems_};
      into = initial;
      fields(inner, *into);
      inner.finish();
    }
  }

  template <class T, class Fields>
  void list(std::string_view name, std::vector<T>& into, Fields&& fields) {
    auto* node = sequence(name);
    for (size_t i = 0; node && i < node->size(); ++i) {
      auto at = fmt::format("{}[{}]", path_of(name), i);
      if (!(*node)[i].is_object()) {
        add(at, (*node)[i], "a mapping");
        continue;
      }
      reader inner{(*node)[i], at, problems_};
      fields(inner, into.emplace_back());
      inner.finish();
    }
  }

  template <class T, class Fields>
  void list(std::string_view name, shared_list<T>& into, Fields&& fields) {
    std::vector<T> read;
    list(name, read, fields);
    into = std::move(read);
  }

  /// Fields that may stand here but are no business of ours.
  void skip(std::initializer_list<std::string_view> names);

  /// Refuses what none of the calls above asked for.
  void finish();

  /// "<path>.<name>: <problem>"
  void refuse(std::string_view name, const std::string& problem);

private:
  void read_integer(std::string_view name, int64_t& into, integer_range range);
  void read_choice(std::string_view name, size_t& into, std::span<const std::string_view> words);
  void quantity(std::string_view name, std::optional<int64_t>& into, bool is_cpu);

  std::string path_of(std::string_view name) const;
  const json* find(std::string_view name);  // null: absent
  const json* mapping(std::string_view name);
  const json* sequence(std::string_view name);
  const std::string* string(std::string_view name);
  void add(const std::string& path, const json& value, std::string_view expected);

  const json& node_;
  std::string path_;
  std::vector<std::string>& problems_;
  std::set<std::string, std::less<>> known_;
};

/// A value as it stands in a problem: shortened, mappings and lists by their kind only.
std::string show(const json& value);

}  // namespace scaleops::crd
