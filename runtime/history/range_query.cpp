#include "runtime/history/range_query.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "runtime/kube/codec/json.hpp"
#include "runtime/kube/resources.hpp"

namespace scaleops::history {

namespace {

using kube::json_view;

std::string expression(series_of what, const std::string& ns, milliseconds step) {
  auto window = fmt::format("{}s", std::max<int64_t>(60, step.count() / 1000));
  auto of = fmt::format(R"({{namespace="{}",container!="",container!="POD"}}[{}])", ns, window);
  return what == series_of::cpu
           ? fmt::format("max by (pod,container) (rate(container_cpu_usage_seconds_total{}))", of)
           : fmt::format(
               "max by (pod,container) (max_over_time(container_memory_working_set_bytes{}))", of);
}

double seconds(instant at) {
  return std::chrono::duration<double>(at.time_since_epoch()).count();
}

bool read_number(std::string_view words, double& out) {
  auto* end = words.data() + words.size();
  auto [at, error] = std::from_chars(words.data(), end, out);
  return error == std::errc{} && at == end && std::isfinite(out) && out >= 0;
}

}  // namespace

std::string range_target(series_of what, const std::string& ns, const time_range& range) {
  return fmt::format("/api/v1/query_range?query={}&start={:.0f}&end={:.0f}&step={}&timeout=20s",
                     kube::percent_encoded(expression(what, ns, range.step)), seconds(range.from),
                     seconds(range.to), std::max<int64_t>(1, range.step.count() / 1000));
}

std::optional<std::vector<range_series>> read_range(std::string_view text, std::string& problem) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) {
    problem = "the answer is no JSON: is this Prometheus' address?";
    return std::nullopt;
  }
  json_view view{root};
  if (view["status"].text() != "success" || view["data"]["resultType"].text() != "matrix") {
    auto said = view["error"].string();
    problem = said.empty() ? "the answer is no range" : said.substr(0, 200);
    std::replace_if(
      problem.begin(), problem.end(), [](unsigned char c) { return c < ' ' || c == 127; }, ' ');
    return std::nullopt;
  }
  std::vector<range_series> out;
  view["data"]["result"].each([&](json_view each) {
    range_series series;
    series.pod = each["metric"]["pod"].string();
    series.container = each["metric"]["container"].string();
    if (series.pod.empty() || series.container.empty())
      return;
    each["values"].each([&](json_view pair) {
      double at = -1, value = -1;
      size_t part = 0;
      pair.each([&](json_view item) {
        if (part++ == 0)
          at = item.number(-1);
        else if (!read_number(item.text(), value))
          value = -1;
      });
      if (at <= 0 || at > 4e9 || value < 0)
        return;
      instant when{milliseconds{int64_t(at * 1000)}};
      if (series.points.empty() || series.points.back().first < when)
        series.points.emplace_back(when, value);
    });
    out.push_back(std::move(series));
  });
  return out;
}

std::vector<time_range> pieces(const time_range& whole, size_t most_steps) {
  std::vector<time_range> out;
  for (auto from = whole.from; from <= whole.to;) {
    auto to = std::min(whole.to, from + whole.step * int64_t(most_steps - 1));
    out.push_back({from, to, whole.step});
    from = to + whole.step;
  }
  return out;
}

}  // namespace scaleops::history
