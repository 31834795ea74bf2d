// Writes JSON straight into a string: tables of ten thousand rows are the common case, and a tree
// would cost ten times the text. The caller keeps brackets balanced.
#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/time.hpp"

namespace scaleops::dashboards::logic {

class json_writer {
public:
  /// Room for a text of about that size.
  explicit json_writer(size_t expected = 0) { x_.reserve(expected); }

  json_writer& open_object() { return open('{'); }
  json_writer& close_object() { return close('}'); }
  json_writer& open_array() { return open('['); }
  json_writer& close_array() { return close(']'); }

  json_writer& key(std::string_view name) {
    separate();
    quote(name);
    x_ += ':';
    after_key_ = true;
    return *this;
  }

  json_writer& value(std::string_view text) {
    separate();
    quote(text);
    return *this;
  }
  json_writer& value(const char* text) { return value(std::string_view{text}); }
  json_writer& value(const std::string& text) { return value(std::string_view{text}); }
  json_writer& value(bool yes) {
    separate();
    x_ += yes ? "true" : "false";
    return *this;
  }
  json_writer& value(std::nullptr_t) {
    separate();
    x_ += "null";
    return *this;
  }
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) json_writer& value(Number number) {
    separate();
    char text[24];
    x_.append(text, std::to_chars(text, text + sizeof text, number).ptr);
    return *this;
  }
  /// At most `digits` digits behind the point; null where JSON has no number for it.
  json_writer& value(double number, int digits = 3) {
    separate();
    if (!std::isfinite(number)) {
      x_ += "null";
      return *this;
    }
    char text[352];
    auto end =
      std::to_chars(text, text + sizeof text, number, std::chars_format::fixed, digits).ptr;
    if (digits > 0) {
      while (end[-1] == '0')
        --end;
      if (end[-1] == '.')
        --end;
    }
    std::string_view shortest{text, size_t(end - text)};
    x_ += shortest == "-0" ? "0" : shortest;
    return *this;
  }
  /// RFC 3339; null for the epoch, which means "never" here.
  json_writer& value(instant at) {
    if (at == instant{})
      return value(nullptr);
    return value(format_rfc3339(at));
  }
  template <class T>
  json_writer& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : value(nullptr);
  }
  /// JSON that is already text.
  json_writer& raw(std::string_view json) {
    separate();
    x_ += json;
    return *this;
  }

  template <class T>
  json_writer& member(std::string_view name, const T& what) {
    return key(name).value(what);
  }

  std::string take() { return std::move(x_); }

private:
  json_writer& open(char bracket) {
    separate();
    x_ += bracket;
    return *this;
  }
  json_writer& close(char bracket) {
    x_ += bracket;
    after_key_ = false;
    return *this;
  }
  void separate() {
    if (after_key_)
      after_key_ = false;
    else if (!x_.empty() && x_.back() != '[' && x_.back() != '{')
      x_ += ',';
  }
  /// Invalid UTF-8 is passed through as U+FFFD, so that the document stays readable whatever an
  /// object is named.
  void quote(std::string_view text);
  void quote_rest(std::string_view text);

  std::string x_;
  bool after_key_ = false;
};

}  // namespace scaleops::dashboards::logic
