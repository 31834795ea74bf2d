#include "messages/time.hpp"

#include <charconv>

#include <fmt/format.h>

namespace scaleops {

using namespace std::chrono;

namespace {

/// Reads exactly `digits` decimal digits at `pos`.
bool read_fixed(std::string_view text, size_t pos, size_t digits, int& out) {
  if (pos + digits > text.size())
    return false;
  int value = 0;
  for (size_t i = pos; i < pos + digits; ++i) {
    if (text[i] < '0' || text[i] > '9')
      return false;
    value = value * 10 + (text[i] - '0');
  }
  out = value;
  return true;
}

}  // namespace

std::string format_rfc3339(instant at) {
  auto day = floor<days>(at);
  year_month_day date{day};
  hh_mm_ss<milliseconds> clock{at - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", int(date.year()),
                     unsigned(date.month()), unsigned(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

bool parse_rfc3339(std::string_view text, instant& out) {
  int y, mo, d, h, mi, s;
  if (!read_fixed(text, 0, 4, y) || !read_fixed(text, 5, 2, mo) || !read_fixed(text, 8, 2, d) ||
      !read_fixed(text, 11, 2, h) || !read_fixed(text, 14, 2, mi) || !read_fixed(text, 17, 2, s))
    return false;
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
      text[16] != ':')
    return false;
  year_month_day date{year{y}, month{unsigned(mo)}, day{unsigned(d)}};
  if (!date.ok() || h > 23 || mi > 59 || s > 60)
    return false;
  auto at = instant{sys_days{date}} + hours{h} + minutes{mi} + seconds{s};
  size_t pos = 19;
  if (pos < text.size() && text[pos] == '.') {
    int scale = 100;
    size_t first = ++pos;
    for (; pos < text.size() && text[pos] >= '0' && text[pos] <= '9'; ++pos) {
      at += milliseconds{(text[pos] - '0') * scale};
      scale /= 10;
    }
    if (pos == first)
      return false;
  }
  if (pos >= text.size())
    return false;
  char zone = text[pos];
  if (zone == 'Z' || zone == 'z') {
    if (pos + 1 != text.size())
      return false;
  } else {
    int zh, zm;
    if ((zone != '+' && zone != '-') || text.size() != pos + 6 || text[pos + 3] != ':' ||
        !read_fixed(text, pos + 1, 2, zh) || !read_fixed(text, pos + 4, 2, zm) || zh > 23 ||
        zm > 59)
      return false;
    auto offset = hours{zh} + minutes{zm};
    at += zone == '+' ? -offset : offset;
  }
  // An offset may lead out of the years that four digits can write.
  auto written_year = year_month_day{floor<days>(at)}.year();
  if (written_year < year{0} || written_year > year{9999})
    return false;
  out = at;
  return true;
}

bool parse_duration(std::string_view text, milliseconds& out) {
  if (text == "0") {
    out = milliseconds{0};
    return true;
  }
  if (text.empty())
    return false;
  double total = 0;
  while (!text.empty()) {
    double number = 0;
    auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc{} || number < 0)
      return false;
    text.remove_prefix(size_t(end - text.data()));
    auto take = [&](std::string_view unit) {
      if (!text.starts_with(unit))
        return false;
      text.remove_prefix(unit.size());
      return true;
    };
    if (take("ms"))
      total += number;
    else if (take("d"))
      total += number * 86'400'000;
    else if (take("h"))
      total += number * 3'600'000;
    else if (take("m"))
      total += number * 60'000;
    else if (take("s"))
      total += number * 1'000;
    else
      return false;
  }
  if (total > 9e15)
    return false;
  out = milliseconds{int64_t(total + 0.5)};
  return true;
}

std::string format_duration(milliseconds value) {
  auto rest = value.count();
  if (rest == 0)
    return "0s";
  std::string out;
  if (rest < 0) {
    out = "-";
    rest = -rest;
  }
  auto put = [&](int64_t unit, const char* suffix) {
    if (rest >= unit) {
      out += fmt::format("{}{}", rest / unit, suffix);
      rest %= unit;
    }
  };
  put(86'400'000, "d");
  put(3'600'000, "h");
  put(60'000, "m");
  put(1'000, "s");
  put(1, "ms");
  return out;
}

}  // namespace scaleops
