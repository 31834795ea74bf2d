#include "runtime/config/option.hpp"

#include <fmt/format.h>

#include "messages/nearest.hpp"

namespace scaleops::config {

option& command::add_switch(std::string name, bool& into, std::string help) {
  auto& o = options.emplace_back();
  o.name = std::move(name);
  o.help = std::move(help);
  o.range = "true or false";
  o.choices = {"true", "false"};
  o.clear = [] {};
  o.assign = [&into](const std::string& text) {
    if (text != "true" && text != "false")
      return false;
    into = text == "true";
    return true;
  };
  return o;
}

const option* command::find(std::string_view name) const {
  for (auto& o : options)
    if (o.name == name)
      return &o;
  return nullptr;
}

std::vector<std::string> command::option_names() const {
  std::vector<std::string> names;
  for (auto& o : options)
    names.push_back(o.name);
  return names;
}

void apply(const setting& given) {
  auto& o = *given.which;
  if (!o.many && given.values.size() > 1)
    throw usage_error(
      fmt::format("{}: given {} values, it takes one", given.origin, given.values.size()));
  o.clear();
  for (auto& value : given.values) {
    if (o.assign(value))
      continue;
    auto text = fmt::format("{}: \"{}\" is not {}", given.origin, value, o.range);
    if (!o.choices.empty())
      text += fmt::format("; the nearest is \"{}\"", nearest(value, o.choices));
    throw usage_error(text);
  }
}

}  // namespace scaleops::config
