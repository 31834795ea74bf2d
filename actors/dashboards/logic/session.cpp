#include "actors/dashboards/logic/session.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <nlohmann/json.hpp>

namespace scaleops::dashboards::logic {

namespace {

std::string hex(const unsigned char* bytes, size_t size) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (size_t i = 0; i < size; ++i) {
    out += digits[bytes[i] >> 4];
    out += digits[bytes[i] & 15];
  }
  return out;
}

/// Cookie-safe: hex doubles the size, and a session is 200 bytes at most.
std::string to_hex(std::string_view text) {
  return hex(reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0 || text.size() > 4096)
    return std::nullopt;
  auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string out;
  for (size_t i = 0; i < text.size(); i += 2) {
    int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

}  // namespace

std::string session_keeper::seal(std::string_view purpose, std::string_view text) const {
  std::string message{purpose};
  message += '\0';
  message += text;
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
  unsigned size = 0;
  HMAC(EVP_sha256(), secret_.data(), int(secret_.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(), &size);
  return hex(mac.data(), size);
}

std::string session_keeper::open(identity who, const access_rules& relevant, instant now,
                                 uint64_t salt) const {
  std::set<std::string> named;
  for (auto& binding : relevant.bindings)
    named.insert(binding.groups.begin(), binding.groups.end());
  std::erase_if(who.groups, [&](auto& group) { return !named.contains(group); });
  nlohmann::json content = {{"n", who.name},
                            {"g", who.groups},
                            {"s", salt},
                            {"e", (now + length_).time_since_epoch().count()}};
  auto text = to_hex(content.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return text + "." + seal("session", text);
}

std::optional<session> session_keeper::find(std::string_view cookie, instant now) const {
  auto dot = cookie.find('.');
  if (dot == std::string_view::npos || closed_.contains(cookie))
    return std::nullopt;
  auto text = cookie.substr(0, dot);
  if (!same_secret(seal("session", text), cookie.substr(dot + 1)))
    return std::nullopt;
  auto decoded = from_hex(text);
  if (!decoded)
    return std::nullopt;
  auto content = nlohmann::json::parse(*decoded, nullptr, false);
  if (!content.is_object())
    return std::nullopt;
  session result;
  result.who.name = content.value("n", "");
  result.who.groups = content.value("g", std::vector<std::string>{});
  result.until = instant{milliseconds{content.value("e", int64_t{0})}};
  result.csrf = seal("csrf", text);
  if (now >= result.until)
    return std::nullopt;
  return result;
}

void session_keeper::close(std::string_view cookie, instant now) {
  std::erase_if(closed_, [&](auto& each) { return each.second <= now; });
  if (auto open = find(cookie, now))
    closed_.emplace(cookie, open->until);
}

std::string_view cookie_of(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    auto end = header.find(';');
    auto pair = header.substr(0, end);
    header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
    while (pair.starts_with(' '))
      pair.remove_prefix(1);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return pair.substr(name.size() + 1);
  }
  return {};
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string digest_of(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return hex(digest.data(), digest.size());
}

}  // namespace scaleops::dashboards::logic
