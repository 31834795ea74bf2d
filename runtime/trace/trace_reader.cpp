#include "runtime/trace/trace_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "runtime/trace/text_source.hpp"

namespace scaleops {

namespace {

constexpr std::string_view header = "series,timestamp_s,cpu_cores,memory_bytes";
constexpr size_t buffer_size = 1 << 18;
constexpr size_t longest_line = 4096;

std::string quoted(std::string_view text) {
  return fmt::format("\"{}\"", text.substr(0, 40));
}

/// Takes digits with at most one point off the text's front, as far as a double holds them exactly
/// and so does the power of ten below: one division rounds as from_chars does (Clinger, "How to
/// read floating point numbers accurately", 1990). False where that is not so; the text is as it
/// was.
bool take_plain_number(std::string_view& text, double& out) {
  constexpr std::array<double, 16> powers = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                             1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  constexpr size_t most_digits = 15;
  uint64_t value = 0;
  size_t at = 0, digits = 0, point = 0;  // point: digits behind it, plus one; 0: none
  for (; at < text.size(); ++at) {
    auto digit = unsigned(text[at]) - '0';
    if (digit < 10) {
      value = value * 10 + digit;
      ++digits;
      point += point > 0 ? 1 : 0;
    } else if (text[at] == '.' && point == 0 && digits > 0) {
      point = 1;
    } else {
      break;
    }
  }
  if (digits == 0 || digits > most_digits || point == 1)
    return false;
  out = point > 0 ? double(value) / powers[point - 1] : double(value);
  text.remove_prefix(at);
  return true;
}

}  // namespace

std::string trace_error::to_string() const {
  std::string out = file;
  if (line > 0)
    out += fmt::format(":{}", line);
  if (!field.empty())
    out += ": " + field;
  return out + ": " + problem;
}

struct trace_reader::impl {
  std::string path;
  text_source file;
  std::vector<char> buffer = std::vector<char>(buffer_size);
  size_t begin = 0, end = 0;
  bool finished = false;
  uint64_t line = 0;
  uint64_t size = 0;
  std::string series;
  int64_t last_at = 0;
  std::optional<trace_error> error;

  bool refuse(std::string field, std::string problem) {
    error = trace_error{path, line, std::move(field), std::move(problem)};
    return false;
  }

  void open() {
    std::error_code ignored;
    if (path != "-" && std::filesystem::is_directory(path, ignored)) {
      refuse("", "is a directory");
      return;
    }
    if (std::string problem; !file.open(path, problem)) {
      refuse("", "cannot be opened: " + problem);
      return;
    }
    auto bytes = std::filesystem::file_size(path, ignored);
    size = ignored ? 0 : bytes;
    read_header();
  }

  void read_header() {
    std::string_view text;
    if (!read_line(text)) {
      if (!error)
        refuse("", "is empty, the header \"" + std::string{header} + "\" is missing");
    } else if (text != header) {
      refuse("header", fmt::format("must be \"{}\", is {}", header, quoted(text)));
    }
  }

  /// Moves the rest to the front and reads on.
  bool fill() {
    if (finished)
      return false;
    std::memmove(buffer.data(), buffer.data() + begin, end - begin);
    end -= begin;
    begin = 0;
    std::string problem;
    auto got = file.read(buffer.data() + end, buffer.size() - end, problem);
    if (!problem.empty()) {
      ++line;
      refuse("", std::move(problem));
    }
    finished = got == 0;
    end += got;
    return got > 0;
  }

  bool read_line(std::string_view& out) {
    for (;;) {
      auto* from = buffer.data() + begin;
      if (auto* stop = static_cast<char*>(std::memchr(from, '\n', end - begin))) {
        out = {from, size_t(stop - from)};
        begin += out.size() + 1;
        break;
      }
      if (end - begin > longest_line) {
        ++line;
        return refuse("", "is longer than 4096 characters: not a trace");
      }
      if (fill())
        continue;
      if (error || begin == end)
        return false;
      out = {buffer.data() + begin, end - begin};
      begin = end;
      break;
    }
    ++line;
    if (!out.empty() && out.back() == '\r')
      out.remove_suffix(1);
    return true;
  }

  /// A blank field is "not measured"; anything but a finite number >= 0 is refused.
  bool read_number(const char* name, std::string_view text, std::optional<double>& out) {
    out.reset();
    if (text.empty())
      return true;
    double value = 0;
    auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || stop != text.data() + text.size())
      return refuse(name, "is not a number: " + quoted(text));
    if (!std::isfinite(value) || value < 0)
      return refuse(name, "must be finite and not negative, is " + quoted(text));
    out = value;
    return true;
  }

  /// Nearly every row goes on with the series before it and has plain numbers: read in one pass.
  /// False: the row must be looked at more closely, and nothing has changed but `row`'s numbers.
  bool read_plain(std::string_view text, trace_row& row) {
    if (series.empty() || !text.starts_with(series) || text.size() <= series.size() ||
        text[series.size()] != ',')
      return false;
    text.remove_prefix(series.size() + 1);
    int64_t at = 0;
    size_t digits = 0;
    for (; digits < std::min<size_t>(text.size(), 10) && text[digits] >= '0' && text[digits] <= '9';
         ++digits)
      at = at * 10 + (text[digits] - '0');
    if (digits == 0 || at <= last_at || at > 4'000'000'000)
      return false;
    text.remove_prefix(digits);
    auto take = [&text](std::optional<double>& into) {
      into.reset();
      double value = 0;
      if (text.empty() || text[0] == ',')
        return true;
      if (!take_plain_number(text, value))
        return false;
      into = value;
      return true;
    };
    auto comma = [&text] {
      bool is = !text.empty() && text[0] == ',';
      text.remove_prefix(is ? 1 : 0);
      return is;
    };
    if (!comma() || !take(row.cpu_cores) || !comma() || !take(row.memory_bytes) || !text.empty())
      return false;
    last_at = row.at_s = at;
    row.series = series;
    row.new_series = false;
    return true;
  }

  bool next(trace_row& row) {
    std::string_view text;
    if (error || !read_line(text))
      return false;
    if (read_plain(text, row))
      return true;
    std::string_view fields[4];
    size_t count = 0;
    for (std::string_view rest = text;; ++count) {
      auto comma = rest.find(',');
      if (count < 4)
        fields[count] = rest.substr(0, comma);
      if (comma == rest.npos) {
        ++count;
        break;
      }
      rest.remove_prefix(comma + 1);
    }
    if (count != 4)
      return refuse("", fmt::format("has {} fields, must have 4", count));
    if (fields[0].empty())
      return refuse("series", "is blank");
    int64_t at = 0;
    auto [stop, code] = std::from_chars(fields[1].data(), fields[1].data() + fields[1].size(), at);
    if (code != std::errc{} || stop != fields[1].data() + fields[1].size())
      return refuse("timestamp_s", "is not a whole number: " + quoted(fields[1]));
    if (at <= 0 || at > 4'000'000'000)
      return refuse("timestamp_s", "is out of range (1 to 4000000000): " + quoted(fields[1]));
    row.new_series = fields[0] != series;
    if (row.new_series)
      series = fields[0];
    else if (at <= last_at)
      return refuse("timestamp_s",
                    fmt::format("must rise within a series: {} after {}", at, last_at));
    last_at = at;
    row.series = series;
    row.at_s = at;
    return read_number("cpu_cores", fields[2], row.cpu_cores) &&
           read_number("memory_bytes", fields[3], row.memory_bytes);
  }
};

trace_reader::trace_reader(std::string path) : impl_{std::make_unique<impl>()} {
  impl_->path = std::move(path);
  impl_->open();
}
trace_reader::trace_reader(std::string name, std::string bytes) : impl_{std::make_unique<impl>()} {
  impl_->path = std::move(name);
  impl_->size = bytes.size();
  impl_->file.open(std::move(bytes));
  impl_->read_header();
}
trace_reader::~trace_reader() = default;
trace_reader::trace_reader(trace_reader&&) noexcept = default;
trace_reader& trace_reader::operator=(trace_reader&&) noexcept = default;

bool trace_reader::next(trace_row& row) {
  return impl_->next(row);
}
const std::optional<trace_error>& trace_reader::error() const {
  return impl_->error;
}
uint64_t trace_reader::line() const {
  return impl_->line;
}
uint64_t trace_reader::position() const {
  return impl_->file.position();
}
uint64_t trace_reader::size() const {
  return impl_->size;
}

}  // namespace scaleops
