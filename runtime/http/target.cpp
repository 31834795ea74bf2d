// Request targets (RFC 9112 section 3.2, RFC 3986): decoded strictly, so that handlers see one
// spelling only.
#include <optional>

#include "runtime/http/http.hpp"

namespace scaleops {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size())
        return std::nullopt;
      int high = hex_digit(text[i + 1]);
      int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0)
        return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return std::nullopt;
    out += c;
  }
  return out;
}

}  // namespace

bool parse_target(std::string_view target, std::string& path, string_map& query) {
  target = target.substr(0, target.find('#'));
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme))
      continue;  // absolute form, as sent to proxies
    auto slash = target.find('/', scheme.size());
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  if (!target.starts_with('/'))
    return false;
  auto mark = target.find('?');
  auto decoded = decode(target.substr(0, mark), false);
  if (!decoded)
    return false;
  string_map parsed;
  auto rest = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  while (!rest.empty()) {
    auto end = rest.find('&');
    auto pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (pair.empty())
      continue;
    auto equals = pair.find('=');
    auto key = decode(pair.substr(0, equals), true);
    auto value =
      decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
    if (!key || !value)
      return false;
    parsed[*key] = *value;
  }
  path = std::move(*decoded);
  query = std::move(parsed);
  return true;
}

}  // namespace scaleops
