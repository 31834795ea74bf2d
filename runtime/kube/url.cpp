#include "runtime/kube/url.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace scaleops::kube {

namespace {

namespace ip = boost::asio::ip;

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return char(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return out;
}

bool is_port(std::string_view text) {
  uint32_t value = 0;
  auto end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && at == end && value > 0 && value < 65536;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(&text[i + 1], &text[i + 1] + 2, value, 16).ptr == &text[i + 1] + 2) {
      out += char(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

/// "host:port", "[v6]:port", "host". False when malformed.
bool split_port(std::string_view text, std::string& host, std::string& port) {
  if (text.starts_with('[')) {
    auto end = text.find(']');
    if (end == text.npos)
      return false;
    host = std::string(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
  } else {
    auto colon = text.find(':');
    if (colon != text.npos && text.find(':', colon + 1) != text.npos)
      colon = text.npos;  // bare IPv6
    host = std::string(text.substr(0, colon));
    text = colon == text.npos ? std::string_view{} : text.substr(colon);
  }
  if (text.empty())
    return !host.empty();
  if (text.front() != ':' || !is_port(text.substr(1)))
    return false;
  port = std::string(text.substr(1));
  return !host.empty();
}

bool in_network(const ip::address& address, std::string_view cidr) {
  boost::system::error_code ec;
  if (address.is_v4()) {
    auto net = ip::make_network_v4(std::string(cidr), ec);
    if (ec)
      return false;
    auto mask = net.netmask().to_uint();
    return (address.to_v4().to_uint() & mask) == (net.address().to_uint() & mask);
  }
  auto net = ip::make_network_v6(std::string(cidr), ec);
  if (ec)
    return false;
  auto a = address.to_v6().to_bytes(), b = net.address().to_bytes();
  for (unsigned bit = 0; bit < net.prefix_length(); ++bit)
    if (((a[bit / 8] ^ b[bit / 8]) >> (7 - bit % 8)) & 1)
      return false;
  return true;
}

}  // namespace

std::string base_url::authority() const {
  auto name = host.find(':') == host.npos ? host : "[" + host + "]";
  return port == (tls ? "443" : "80") ? name : name + ":" + port;
}

std::string base_url::to_string() const {
  return fmt::format("{}://{}{}", tls ? "https" : "http", authority(), path);
}

std::optional<base_url> parse_url(std::string_view text) {
  base_url out;
  if (lower(text.substr(0, 8)) == "https://") {
    text.remove_prefix(8);
  } else if (lower(text.substr(0, 7)) == "http://") {
    out.tls = false;
    text.remove_prefix(7);
  } else {
    return std::nullopt;
  }
  for (unsigned char c : text)
    if (c <= ' ' || c == 127)
      return std::nullopt;
  auto slash = text.find_first_of("/?#");
  auto authority = text.substr(0, slash);
  if (slash != text.npos) {
    if (text[slash] != '/')
      return std::nullopt;
    out.path = std::string(text.substr(slash));
    if (out.path.find_first_of("?#") != std::string::npos)
      return std::nullopt;
    while (out.path.ends_with('/'))
      out.path.pop_back();
  }
  if (auto at = authority.rfind('@'); at != authority.npos) {
    out.user_info = percent_decoded(authority.substr(0, at));
    authority.remove_prefix(at + 1);
  }
  if (!split_port(authority, out.host, out.port))
    return std::nullopt;
  out.host = lower(out.host);
  if (out.port.empty())
    out.port = out.tls ? "443" : "80";
  return out;
}

std::string environment_variable(const std::string& name) {
  auto* value = std::getenv(name.c_str());
  return value ? value : "";
}

bool exempt_from_proxy(const base_url& server, std::string_view no_proxy) {
  boost::system::error_code ec;
  auto address = ip::make_address(server.host, ec);
  bool numeric = !ec;
  if (server.host == "localhost" || (numeric && address.is_loopback()))
    return true;
  while (!no_proxy.empty()) {
    auto comma = no_proxy.find(',');
    auto entry = lower(trimmed(no_proxy.substr(0, comma)));
    no_proxy = comma == no_proxy.npos ? std::string_view{} : no_proxy.substr(comma + 1);
    if (entry.empty())
      continue;
    if (entry == "*")
      return true;
    if (entry.find('/') != entry.npos) {
      if (numeric && in_network(address, entry))
        return true;
      continue;
    }
    std::string host, port;
    if (!split_port(entry, host, port) || (!port.empty() && port != server.port))
      continue;
    if (host.starts_with("*."))
      host.erase(0, 1);
    if (host.starts_with('.') ? server.host.ends_with(host)
                              : server.host == host || server.host.ends_with("." + host))
      return true;
  }
  return false;
}

proxy_choice choose_proxy(const base_url& server, const std::string& configured,
                          const variable_lookup& variable) {
  auto either = [&](const std::string& name) {
    auto value = variable(name);
    return value.empty() ? variable(lower(name)) : value;
  };
  std::string from = "proxy-url", text = configured;
  if (text.empty()) {
    from = server.tls ? "HTTPS_PROXY" : "HTTP_PROXY";
    text = either(from);
    if (text.empty() || exempt_from_proxy(server, either("NO_PROXY")))
      return {};
    if (text.find("://") == text.npos)
      text = "http://" + text;  // as curl and Go read it
  }
  auto proxy = parse_url(text);
  if (!proxy || proxy->tls)
    return {std::nullopt,
            fmt::format("{}: \"{}\" cannot be used; only http:// proxies (CONNECT) are supported",
                        from, text.substr(0, text.find('@') == text.npos ? 80 : 0))};
  return {proxy, {}};
}

}  // namespace scaleops::kube
