#include "runtime/config/parse.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

#include "runtime/config/command_line.hpp"
#include "runtime/config/help.hpp"

namespace scaleops::config {

namespace {

const setting* find(const std::vector<setting>& settings, std::string_view name) {
  for (auto& s : settings)
    if (s.which->name == name)
      return &s;
  return nullptr;
}

std::vector<setting> file_settings(const command& of,
                                   const std::vector<std::unique_ptr<entry>>& all,
                                   const std::vector<setting>& flags,
                                   const std::vector<setting>& variables) {
  auto* file = find(flags, "config");
  if (!file)
    file = find(variables, "config");
  if (!file)
    return {};
  apply(*file);  // refuses several
  return settings_of_file(of, all, file->values.front());
}

/// Applies what counts, the last source first, so that every value is checked even where a stronger
/// source wins.
void merge(const command& of, const std::vector<setting>& file,
           const std::vector<setting>& variables, const std::vector<setting>& flags) {
  for (auto* source : {&file, &variables, &flags})
    for (auto& given : *source)
      apply(given);
  for (auto& o : of.options)
    if (o.required && !find(file, o.name) && !find(variables, o.name) && !find(flags, o.name))
      throw usage_error(
        fmt::format("{}{} is missing: {}", o.positional ? "" : "--", o.name, o.range));
}

answer help_answer(const help_options& asked, const std::vector<std::unique_ptr<entry>>& all) {
  if (asked.markdown)
    return {0, reference(all)};
  if (asked.topic.empty())
    return {0, overview(all)};
  return {0, help_of(entry_named(asked.topic.front(), all).description)};
}

}  // namespace

parsed parse(const std::vector<std::string>& args, const environment& env) {
  auto all = all_commands();
  std::string speaker = "scaleops";
  try {
    auto line = read_command_line(args, all);
    if (!line.chosen)
      return line.help
               ? parsed{answer{0, overview(all)}, {}}
               : parsed{answer{2, "scaleops: no command given; scaleops --help lists them\n"}, {}};
    auto& of = line.chosen->description;
    if (line.help)
      return {answer{0, help_of(of)}, {}};
    speaker += " " + of.name;
    auto variables = settings_of_environment(of, env);
    merge(of, file_settings(of, all, line.settings, variables), variables, line.settings);
    if (auto* help = std::get_if<help_options>(&line.chosen->values))
      return {help_answer(*help, all), {}};
    parsed done{line.chosen->values, {}};
    for (auto& doubt : doubtful_variables(of, env))
      done.warnings.push_back(fmt::format("{}: {}", speaker, doubt));
    return done;
  } catch (const usage_error& e) {
    return {answer{2, fmt::format("{}: {}\n", speaker, e.what())}, {}};
  }
}

environment process_environment() {
  environment all;
  for (char** entry = environ; *entry; ++entry) {
    std::string_view text{*entry};
    auto equals = text.find('=');
    if (equals != text.npos)
      all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

}  // namespace scaleops::config
