#include "runtime/policy/policy_source.hpp"

#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "actors/recommender/logic/recommend.hpp"
#include "messages/crd/crd.hpp"
#include "messages/nearest.hpp"

namespace scaleops {

namespace {

bool names_a_file(const std::string& text) {
  return text.find('/') != text.npos || text.ends_with(".yaml") || text.ends_with(".yml") ||
         text.ends_with(".json");
}

bool read_file(const std::string& path, policy_spec& out, std::string& problem) {
  std::ifstream file{path};
  if (!file) {
    problem = path + ": cannot be read";
    return false;
  }
  std::ostringstream text;
  text << file.rdbuf();
  auto parsed = crd::parse_text(text.str());
  if (!parsed.value) {
    problem = path + ": " + (parsed.problems.empty() ? "holds no object" : parsed.problems.front());
    return false;
  }
  auto* found = std::get_if<policy>(&*parsed.value);
  if (!found) {
    problem =
      path + ": holds a " + std::string(to_string(kind_of(*parsed.value))) + ", not a Policy";
    return false;
  }
  out = found->spec;
  return true;
}

}  // namespace

bool read_policy(const std::string& name_or_file, policy_spec& out, std::string& problem) {
  if (names_a_file(name_or_file)) {
    if (!read_file(name_or_file, out, problem))
      return false;
    auto errors = validate(out);
    if (errors.empty())
      return true;
    problem = fmt::format("{}: {} {}", name_or_file, errors.front().field, errors.front().problem);
    return false;
  }
  auto& builtin = builtin_policies();
  if (auto found = builtin.find(name_or_file); found != builtin.end()) {
    out = found->second;
    return true;
  }
  std::vector<std::string> names;
  for (auto& [name, spec] : builtin)
    names.push_back(name);
  auto guess = nearest(name_or_file, names);
  problem = fmt::format("\"{}\" is not a built-in policy ({}){}; a file ends in .yaml or .json",
                        name_or_file, fmt::join(names, ", "),
                        guess.empty() ? "" : "; did you mean \"" + guess + "\"?");
  return false;
}

}  // namespace scaleops
