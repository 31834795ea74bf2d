// scaleops explain: a recommendation made again from its evidence, compared and told.
#include <cstdio>
#include <fstream>
#include <optional>

#include <fmt/format.h>

#include "messages/crd/crd.hpp"
#include "runtime/explain/explanation.hpp"
#include "runtime/main/commands.hpp"
#include "runtime/main/refuse.hpp"

namespace scaleops {

namespace {

int refuse_file(const char* option, const std::string& file, const std::string& problem) {
  return refuse("explain", fmt::format("--{}: {}: {}", option, file, problem));
}

/// Up to a little more than what the readers take: they say what is too much.
std::optional<std::string> read(const std::string& path) {
  constexpr size_t most = (4 << 20) + 1;
  std::ifstream file{path, std::ios::binary};
  std::string bytes(most, '\0');
  file.read(bytes.data(), std::streamsize(most));
  if (file.bad() || (!file && !file.eof()))
    return std::nullopt;
  bytes.resize(size_t(file.gcount()));
  return bytes;
}

std::optional<recommendation> read_recommendation(const std::string& path, std::string& problem) {
  auto text = read(path);
  if (!text) {
    problem = "cannot be read";
    return std::nullopt;
  }
  auto parsed = crd::parse_text(*text);
  if (!parsed.value) {
    problem = parsed.problems.empty() ? "holds no object" : parsed.problems.front();
    return std::nullopt;
  }
  auto* found = std::get_if<recommendation>(&*parsed.value);
  if (!found) {
    problem = fmt::format("holds a {}, not a Recommendation", to_string(kind_of(*parsed.value)));
    return std::nullopt;
  }
  if (found->status.input_digest.empty() || found->status.containers.empty()) {
    problem = "nothing has been recommended in it yet: status has no inputDigest or no containers";
    return std::nullopt;
  }
  return std::move(*found);
}

}  // namespace

int run_explain(const explain_options& options) {
  std::string problem;
  auto recorded = read_recommendation(options.recommendation, problem);
  if (!recorded)
    return refuse_file("recommendation", options.recommendation, problem);
  auto bytes = read(options.evidence);
  if (!bytes)
    return refuse_file("evidence", options.evidence, "cannot be read");
  auto evidence = load_evidence(*bytes, problem);
  if (!evidence)
    return refuse_file("evidence", options.evidence, problem);
  auto judged = explain_recommendation(std::move(*recorded), std::move(*evidence));
  auto text = options.json ? explanation_json(judged) : explanation_text(judged);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return judged.same() ? 0 : 1;
}

}  // namespace scaleops
