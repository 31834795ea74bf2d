#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "messages/nearest.hpp"
#include "runtime/config/sources.hpp"

namespace scaleops::config {

namespace {

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t comma; (comma = text.find(',', begin)) != text.npos; begin = comma + 1)
    parts.push_back(text.substr(begin, comma - begin));
  parts.push_back(text.substr(begin));
  return parts;
}

}  // namespace

std::string variable_name(const std::string& command, const std::string& option) {
  auto name = command.empty() ? "scaleops_" + option : "scaleops_" + command + "_" + option;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return c == '-' ? '_' : char(std::toupper(c)); });
  return name;
}

std::vector<setting> settings_of_environment(const command& of, const environment& env) {
  std::vector<setting> found;
  for (auto& o : of.options)
    for (auto& variable : {variable_name(of.name, o.name), variable_name("", o.name)}) {
      auto entry = env.find(variable);
      if (entry == env.end() || entry->second.empty())
        continue;
      found.push_back({&o, o.many ? split(entry->second) : std::vector{entry->second}, variable});
      break;
    }
  return found;
}

std::vector<std::string> doubtful_variables(const command& of, const environment& env) {
  std::vector<std::string> right, lines;
  for (auto& o : of.options)
    right.push_back(variable_name(of.name, o.name));
  auto prefix = variable_name(of.name, "");
  for (auto entry = env.lower_bound(prefix); entry != env.end() && entry->first.starts_with(prefix);
       ++entry) {
    auto best = nearest(entry->first, right);
    auto edits = edit_distance(entry->first, best);
    if (edits == 1 || edits == 2)
      lines.push_back(fmt::format("{} is no option and is left out of account; the nearest is {}",
                                  entry->first, best));
  }
  return lines;
}

}  // namespace scaleops::config
