#include "runtime/config/command_line.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "messages/nearest.hpp"

namespace scaleops::config {

namespace {

std::string flag_of(const option& o) {
  return o.positional ? o.name : "--" + o.name;
}

CLI::Option* declare(CLI::App& app, const option& o) {
  if (o.form.empty())
    return app.add_flag("--" + o.name)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  auto* made = app.add_option(flag_of(o));
  made->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  if (o.many)
    made->expected(1, CLI::detail::expected_max_vector_size)->allow_extra_args(true);
  else
    made->expected(1)->allow_extra_args(false);
  return made;
}

[[noreturn]] void refuse_leftover(const command& of, const std::vector<std::string>& left) {
  auto flag =
    std::find_if(left.begin(), left.end(), [](auto& word) { return word.starts_with("-"); });
  if (flag == left.end())
    throw usage_error(fmt::format("\"{}\" is too much: {} takes no value without an option's name",
                                  left.front(), of.name));
  auto name = flag->substr(0, flag->find('='));
  std::vector<std::string> known{"help"};
  for (auto& o : of.options)
    if (!o.positional)
      known.push_back(o.name);
  auto bare = name.substr(std::min(name.find_first_not_of('-'), name.size()));
  throw usage_error(fmt::format("unknown option {} for \"{}\"; the nearest is --{}", name, of.name,
                                nearest(bare, known)));
}

[[noreturn]] void refuse_missing_value(const option& o) {
  throw usage_error(fmt::format("{} needs a value: {}", flag_of(o), o.range));
}

/// CLI11 names the option that lacks its value at the beginning of its message.
[[noreturn]] void refuse_mismatch(const command& of, const std::string& message) {
  for (auto& o : of.options)
    if (message.starts_with(flag_of(o) + ":"))
      refuse_missing_value(o);
  throw usage_error(message);
}

/// Whether CLI11 took the next option's flag for a value, as it does where one is due.
bool took_a_flag(const command& of, const std::vector<std::string>& values) {
  return std::any_of(values.begin(), values.end(), [&of](auto& value) {
    return value.starts_with("--") && of.find(value.substr(2, value.find('=') - 2));
  });
}

}  // namespace

entry& entry_named(const std::string& name, const std::vector<std::unique_ptr<entry>>& all) {
  std::vector<std::string> names;
  for (auto& e : all) {
    if (e->description.name == name)
      return *e;
    names.push_back(e->description.name);
  }
  throw usage_error(
    fmt::format("unknown command \"{}\"; the nearest is \"{}\"", name, nearest(name, names)));
}

command_line read_command_line(const std::vector<std::string>& args,
                               const std::vector<std::unique_ptr<entry>>& all) {
  auto first =
    std::find_if(args.begin(), args.end(), [](auto& word) { return !word.starts_with("-"); });
  command_line line;
  for (auto word = args.begin(); word != first; ++word) {
    if (*word != "-h" && *word != "--help")
      throw usage_error(
        fmt::format("unknown option {}; a command comes first, such as \"up\"", *word));
    line.help = true;
  }
  if (first == args.end())
    return line;
  line.chosen = &entry_named(*first, all);
  auto& of = line.chosen->description;

  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  auto* help = app.add_flag("-h,--help");
  std::vector<CLI::Option*> declared;
  for (auto& o : of.options)
    declared.push_back(declare(app, o));
  try {
    app.parse(std::vector<std::string>(args.rbegin(),
                                       std::make_reverse_iterator(first + 1)));  // from the back
  } catch (const CLI::ArgumentMismatch& e) {
    refuse_mismatch(of, e.what());
  } catch (const CLI::ParseError& e) {
    throw usage_error(e.what());
  }
  line.help = line.help || help->count() > 0;
  if (line.help)
    return line;
  for (size_t i = 0; i < of.options.size(); ++i) {
    if (declared[i]->count() == 0)
      continue;
    line.settings.push_back({&of.options[i], declared[i]->results(), flag_of(of.options[i])});
    if (took_a_flag(of, line.settings.back().values))
      refuse_missing_value(of.options[i]);
  }
  if (auto left = app.remaining(); !left.empty())
    refuse_leftover(of, left);
  return line;
}

}  // namespace scaleops::config
