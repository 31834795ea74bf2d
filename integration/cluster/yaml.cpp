#include "integration/cluster/yaml.hpp"

#include <regex>

#include <nlohmann/json.hpp>

namespace scaleops {

namespace {

using nlohmann::json;

std::string scalar(const json& value) {
  if (!value.is_string())
    return value.dump();
  auto& text = value.get_ref<const std::string&>();
  // JSON's strings are YAML's double-quoted ones.
  static const std::regex plain{R"([A-Za-z.][A-Za-z0-9_./-]*( [A-Za-z0-9_./()-]+)*)"};
  static const std::regex special{"(true|false|yes|no|on|off|null|y|n)", std::regex::icase};
  bool harmless = std::regex_match(text, plain) && !std::regex_match(text, special);
  return harmless ? text : value.dump();
}

void write(const json& value, const std::string& indent, std::string& out) {
  auto nested = [&](const json& inner, const std::string& deeper) {
    if (inner.is_structured() && !inner.empty()) {
      out += '\n';
      write(inner, deeper, out);
    } else {
      out += " " + scalar(inner) + "\n";
    }
  };
  if (value.is_object()) {
    for (auto& [key, inner] : value.items()) {
      out += indent + scalar(key) + ":";
      nested(inner, inner.is_array() ? indent : indent + "  ");
    }
    return;
  }
  for (auto& inner : value) {
    if (inner.is_structured() && !inner.empty()) {
      std::string block;
      write(inner, indent + "  ", block);
      out += indent + "- " + block.substr(indent.size() + 2);
    } else {
      out += indent + "- " + scalar(inner) + "\n";
    }
  }
}

}  // namespace

std::string to_yaml(const json& value) {
  std::string out;
  write(value, "", out);
  return out;
}

}  // namespace scaleops
