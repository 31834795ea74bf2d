// A view of Protobuf by names, with the face of json_view: one reader of a kind serves both
// encodings, so that both give equal values. Nothing is copied before it is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/cluster.hpp"
#include "messages/quantity.hpp"
#include "messages/time.hpp"
#include "runtime/kube/codec/wire_schema.hpp"

namespace scaleops::kube {

namespace wire {

/// One field as it stands in a message.
struct token {
  uint32_t number = 0;
  uint64_t value = 0;      // of varints and fixed numbers
  std::string_view bytes;  // of length-delimited ones
  bool is_bytes = false;
};

/// Takes the next field off. False at the end, and for `bad` at what is no Protobuf.
bool next(std::string_view& rest, token& out, bool& bad);

/// Everything that the schema knows can be read: no length leads outside, each field has its type.
bool well_formed(std::string_view bytes, const message& of, int depth = 0);

/// The frame of the API server's objects: "k8s\0" and runtime.Unknown.
inline bool is_framed(std::string_view text) {
  return text.starts_with(std::string_view{"k8s\0", 4});
}

}  // namespace wire

/// What is absent or of another type than asked for reads as empty, zero or false. The bytes must
/// be well_formed. Of a field that is there twice the first counts: Kubernetes' encoder writes none
/// twice.
class wire_view {
public:
  wire_view() = default;
  wire_view(std::string_view bytes, const wire::message& of)
      : bytes_{bytes}, of_{&of}, is_{wire::form::message}, there_{true} {}

  explicit operator bool() const { return there_; }
  wire_view operator[](std::string_view name) const;

  std::string_view text() const;
  /// Of a message: its bytes.
  std::string_view bytes() const { return bytes_; }
  std::string string() const { return std::string{text()}; }
  int64_t integer(int64_t otherwise = 0) const;
  int32_t count(int32_t otherwise = 0) const {
    auto value = integer(otherwise);
    return value < INT32_MIN || value > INT32_MAX ? otherwise : int32_t(value);
  }
  bool boolean(bool otherwise = false) const { return is_integer() ? value_ != 0 : otherwise; }
  bool is_integer() const;
  instant time() const;

  template <class F>
  void each(F&& f) const {
    if (!list_)
      return;
    auto rest = bytes_;
    wire::token token;
    bool bad = false;
    while (wire::next(rest, token, bad))
      if (token.number == number_)
        f(element(token));
  }

  /// Of a message: each field that is there and known, repeated ones once.
  template <class F>
  void each_member(F&& f) const {
    if (!there_ || !of_ || list_)
      return;
    auto rest = bytes_;
    wire::token token;
    bool bad = false;
    uint64_t seen = 0;
    for (auto before = rest; wire::next(rest, token, bad); before = rest) {
      uint64_t bit = token.number < 64 ? uint64_t{1} << token.number : 0;
      if (seen & bit)
        continue;
      seen |= bit;
      for (auto& field : of_->fields)
        if (field.number == token.number)
          f(field.name, member(field, token, before));
    }
  }

  string_map texts() const;

  std::optional<int64_t> cpu() const { return quantity(parse_cpu); }
  std::optional<int64_t> memory() const { return quantity(parse_memory); }
  resources requests_or_limits() const;

private:
  std::optional<int64_t> quantity(quantity_error (*parse)(std::string_view, int64_t&)) const;
  wire_view element(const wire::token& token) const;
  static wire_view member(const wire::field& field, const wire::token& token,
                          std::string_view from);

  std::string_view bytes_;  // of the value; of lists and maps the message's, from the first on
  const wire::message* of_ = nullptr;
  uint64_t value_ = 0;
  uint32_t number_ = 0;  // of lists and maps
  wire::form is_ = wire::form::text;
  bool there_ = false;
  bool list_ = false;
};

}  // namespace scaleops::kube
