#include "runtime/kube/metrics_text.hpp"

#include <charconv>
#include <limits>

namespace scaleops::kube {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
}

bool is_name(char c, bool first) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
         (!first && c >= '0' && c <= '9');
}

std::string_view take_name(std::string_view& text) {
  size_t size = 0;
  while (size < text.size() && is_name(text[size], size == 0))
    ++size;
  auto name = text.substr(0, size);
  text.remove_prefix(size);
  return name;
}

bool take_quoted(std::string_view& text, std::string& out) {
  if (!text.starts_with('"'))
    return false;
  text.remove_prefix(1);
  out.clear();
  while (!text.empty()) {
    char c = text.front();
    text.remove_prefix(1);
    if (c == '"')
      return true;
    if (c == '\\' && !text.empty()) {
      char next = text.front();
      text.remove_prefix(1);
      out += next == 'n' ? '\n' : next;
    } else {
      out += c;
    }
  }
  return false;
}

bool take_labels(std::string_view& text, metric_sample& sample) {
  text.remove_prefix(1);  // {
  for (;;) {
    skip_blanks(text);
    if (text.starts_with('}')) {
      text.remove_prefix(1);
      return true;
    }
    auto name = take_name(text);
    skip_blanks(text);
    if (name.empty() || !text.starts_with('='))
      return false;
    text.remove_prefix(1);
    skip_blanks(text);
    std::string value;
    if (!take_quoted(text, value))
      return false;
    sample.labels.emplace_back(name, std::move(value));
    skip_blanks(text);
    if (text.starts_with(','))
      text.remove_prefix(1);
    else if (!text.starts_with('}'))
      return false;
  }
}

std::string_view take_word(std::string_view& text) {
  skip_blanks(text);
  size_t size = 0;
  while (size < text.size() && !is_blank(text[size]))
    ++size;
  auto word = text.substr(0, size);
  text.remove_prefix(size);
  return word;
}

bool read_value(std::string_view word, double& out) {
  constexpr auto inf = std::numeric_limits<double>::infinity();
  if (word == "NaN") {
    out = std::numeric_limits<double>::quiet_NaN();
    return true;
  }
  if (word == "+Inf" || word == "-Inf") {
    out = word.front() == '+' ? inf : -inf;
    return true;
  }
  if (word.starts_with('+'))
    word.remove_prefix(1);
  auto* end = word.data() + word.size();
  auto [at, error] = std::from_chars(word.data(), end, out);
  return error == std::errc{} && at == end && !word.empty();
}

enum class line_is { sample, unwanted, wrong };

line_is read_line(std::string_view line, const std::function<bool(std::string_view)>& wanted,
                  metric_sample& sample) {
  skip_blanks(line);
  if (line.empty() || line.front() == '#')
    return line_is::unwanted;
  sample.labels.clear();
  sample.at_ms.reset();
  sample.name = take_name(line);
  if (sample.name.empty())
    return line_is::wrong;
  if (!wanted(sample.name))
    return line_is::unwanted;
  skip_blanks(line);
  if (line.starts_with('{') && !take_labels(line, sample))
    return line_is::wrong;
  if (!read_value(take_word(line), sample.value))
    return line_is::wrong;
  if (auto word = take_word(line); !word.empty()) {
    int64_t at = 0;
    auto* end = word.data() + word.size();
    auto [stop, error] = std::from_chars(word.data(), end, at);
    if (error != std::errc{} || stop != end)
      return line_is::wrong;
    sample.at_ms = at;
  }
  skip_blanks(line);
  return line.empty() ? line_is::sample : line_is::wrong;
}

}  // namespace

std::string_view metric_sample::label(std::string_view wanted) const {
  for (auto& [name, value] : labels)
    if (name == wanted)
      return value;
  return {};
}

size_t read_metrics(std::string_view text, const std::function<bool(std::string_view)>& wanted,
                    const std::function<void(const metric_sample&)>& take) {
  size_t wrong = 0;
  metric_sample sample;
  while (!text.empty()) {
    auto end = text.find('\n');
    auto line = text.substr(0, end);
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    switch (read_line(line, wanted, sample)) {
      case line_is::sample:
        take(sample);
        break;
      case line_is::wrong:
        ++wrong;
        break;
      case line_is::unwanted:
        break;
    }
  }
  return wrong;
}

}  // namespace scaleops::kube
