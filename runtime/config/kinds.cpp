#include "runtime/config/kinds.hpp"

#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace scaleops::config {

namespace {

namespace fs = std::filesystem;

template <class T>
bool read_number(std::string_view text, T& out) {
  T value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return false;
  out = value;
  return true;
}

/// The text itself as value, if it passes.
kind<std::string> checked(std::string form, std::string range,
                          std::function<bool(std::string_view)> passes) {
  return {std::move(form), std::move(range),
          [passes = std::move(passes)](std::string_view text, std::string& out) {
            if (!passes(text))
              return false;
            out = text;
            return true;
          },
          [](const std::string& value) { return value; }};
}

bool is_readable(std::string_view path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && std::ifstream{std::string(path)}.good();
}

bool is_writable(std::string_view path) {
  std::error_code ignored;
  if (path.empty() || fs::is_directory(path, ignored))
    return false;
  auto parent = fs::path(path).parent_path();
  return parent.empty() || fs::is_directory(parent, ignored);
}

bool is_kube_name(std::string_view text) {
  if (text.empty() || text.size() > 63 || text.front() == '-' || text.back() == '-')
    return false;
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == text.npos;
}

bool read_address(std::string_view text, endpoint& out) {
  auto colon = text.rfind(':');
  if (colon == text.npos)
    return false;
  auto host = std::string(text.substr(0, colon));
  uint16_t port = 0;
  if (!read_number(text.substr(colon + 1), port))
    return false;
  bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  else if (host == "localhost")
    host = "127.0.0.1";
  in6_addr parsed;
  if (inet_pton(bracketed ? AF_INET6 : AF_INET, host.c_str(), &parsed) != 1)
    return false;
  out = {host, port};
  return true;
}

bool read_speed(std::string_view text, time_factor& out) {
  if (text == "max") {
    out = {1, true};
    return true;
  }
  double factor = 1;
  if (text != "real" && (!read_number(text, factor) || !(factor >= 0.001 && factor <= 1e6)))
    return false;
  out = {factor, false};
  return true;
}

}  // namespace

kind<std::string> text(std::string form) {
  return checked(std::move(form), "a text of at least one character",
                 [](auto value) { return !value.empty(); });
}

kind<std::string> kube_name(std::string form) {
  return checked(std::move(form), "a name of 1 to 63 lower-case letters, digits and inner hyphens",
                 is_kube_name);
}

kind<std::string> readable_file() {
  return checked("FILE", "a file that can be read", is_readable);
}

kind<std::string> writable_file() {
  return checked("FILE", "a file name in a directory that is there",
                 [](auto path) { return path != "-" && is_writable(path); });
}

kind<std::string> output() {
  return checked("FILE", "a file name in a directory that is there, or - for standard output",
                 is_writable);
}

kind<std::string> name_or_file() {
  return checked("NAME|FILE",
                 "a name (lower-case letters, digits, inner hyphens) or a file that can be read",
                 [](auto value) { return is_kube_name(value) || is_readable(value); });
}

kind<uint64_t> whole(uint64_t low, uint64_t high) {
  return {"N", fmt::format("a whole number from {} to {}", low, high),
          [=](std::string_view text, uint64_t& out) {
            uint64_t value = 0;
            if (!read_number(text, value) || value < low || value > high)
              return false;
            out = value;
            return true;
          },
          [](const uint64_t& value) { return fmt::format("{}", value); }};
}

kind<double> fraction(double low, double high) {
  return {"NUMBER", fmt::format("a number from {} to {}", low, high),
          [=](std::string_view text, double& out) {
            double value = 0;
            if (!read_number(text, value) || !(value >= low && value <= high))
              return false;
            out = value;
            return true;
          },
          [](const double& value) { return fmt::format("{}", value); }};
}

kind<milliseconds> duration(milliseconds low, milliseconds high) {
  return {"DURATION",
          fmt::format("a duration from {} to {} (such as 90s, 1h30m or 14d)", format_duration(low),
                      format_duration(high)),
          [=](std::string_view text, milliseconds& out) {
            milliseconds value{};
            if (!parse_duration(text, value) || value < low || value > high)
              return false;
            out = value;
            return true;
          },
          [](const milliseconds& value) { return format_duration(value); }};
}

kind<endpoint> address() {
  return {"ADDR:PORT",
          "a numeric address and a port from 0 to 65535, such as 127.0.0.1:8080 or [::1]:8080",
          read_address, [](const endpoint& value) {
            bool v6 = value.address.find(':') != value.address.npos;
            return fmt::format("{}{}{}:{}", v6 ? "[" : "", value.address, v6 ? "]" : "",
                               value.port);
          }};
}

kind<time_factor> speed() {
  return {"real|60|600|max|FACTOR", "real, max or a factor from 0.001 to 1000000", read_speed,
          [](const time_factor& value) {
            return value.as_fast_as_possible ? "max"
                   : value.factor == 1       ? "real"
                                             : fmt::format("{}", value.factor);
          }};
}

}  // namespace scaleops::config
