#include "actors/dashboards/logic/json_writer.hpp"

#include <array>

namespace scaleops::dashboards::logic {

namespace {

/// Length of the well-formed UTF-8 sequence at the text's beginning; 0 when malformed (RFC 3629,
/// section 4).
size_t utf8_length(std::string_view text) {
  auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  auto tail = [&](size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return byte(i) >= low && byte(i) <= high;
  };
  unsigned first = byte(0);
  if (first < 0x80)
    return 1;
  if (first >= 0xc2 && first <= 0xdf)
    return tail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef)
    return tail(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf) && tail(2) ? 3 : 0;
  if (first >= 0xf0 && first <= 0xf4)
    return tail(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf) && tail(2) && tail(3)
             ? 4
             : 0;
  return 0;
}

constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> out{};
  for (unsigned c = 0x20; c < 0x7f; ++c)
    out[c] = c != '"' && c != '\\';
  return out;
}
constexpr auto plain = make_plain();

/// How many bytes at the text's beginning stand for themselves.
size_t plain_length(std::string_view text) {
  size_t length = 0;
  while (length < text.size() && plain[static_cast<unsigned char>(text[length])])
    ++length;
  return length;
}

}  // namespace

void json_writer::quote(std::string_view text) {
  // Straight into the string: JSON within JSON has an escape every few letters.
  auto begin = x_.size();
  x_.resize(begin + 2 * text.size() + 2);
  char* to = x_.data() + begin;
  *to++ = '"';
  size_t at = 0;
  for (; at < text.size(); ++at) {
    char c = text[at];
    if (!plain[static_cast<unsigned char>(c)]) {
      if (c != '"' && c != '\\')
        break;
      *to++ = '\\';
    }
    *to++ = c;
  }
  if (at == text.size()) {
    *to++ = '"';
    x_.resize(size_t(to - x_.data()));
    return;
  }
  x_.resize(size_t(to - x_.data()));
  quote_rest(text.substr(at));
  x_ += '"';
}

void json_writer::quote_rest(std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  while (!text.empty()) {
    if (auto length = plain_length(text); length > 0) {
      x_.append(text.data(), length);
      text.remove_prefix(length);
      continue;
    }
    auto length = utf8_length(text);
    auto c = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      x_ += "\xef\xbf\xbd";
      length = 1;
    } else if (length > 1) {
      x_ += text.substr(0, length);
    } else if (c == '"' || c == '\\') {
      x_ += '\\';
      x_ += text[0];
    } else if (c == '\n') {
      x_ += "\\n";
    } else {
      x_ += "\\u00";
      x_ += hex[c >> 4];
      x_ += hex[c & 15];
    }
    text.remove_prefix(length);
  }
}

}  // namespace scaleops::dashboards::logic
