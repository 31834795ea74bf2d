// Documents from text: JSON as it is, YAML by the core schema.
#include <set>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>
#include <nlohmann/json.hpp>

#include "messages/crd/crd.hpp"

namespace scaleops::crd {

namespace {

using nlohmann::json;

constexpr size_t most_bytes = 4 << 20;
constexpr size_t most_values = 200'000;  // aliases make a small YAML text a huge document
constexpr int deepest = 64;

parsed refused(std::string problem) {
  return {std::nullopt, {std::move(problem)}};
}

/// A key given twice would silently lose one value.
class duplicate_finder {
public:
  bool operator()(int depth, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::object_start) {
      seen_.resize(size_t(depth) + 1);
      seen_[size_t(depth)].clear();
    } else if (event == json::parse_event_t::key) {
      auto& keys = seen_.at(size_t(depth) - 1);
      auto& key = value.get_ref<const std::string&>();
      if (!keys.insert(key).second && found_.empty())
        found_ = key;
    }
    return true;
  }
  const std::string& found() const { return found_; }

private:
  std::vector<std::set<std::string>> seen_;
  std::string found_;
};

parsed parse_json(std::string_view text) {
  duplicate_finder duplicates;
  json document;
  try {
    document = json::parse(text, std::ref(duplicates));
  } catch (const json::exception& e) {
    auto* wrong = dynamic_cast<const json::parse_error*>(&e);
    return refused(fmt::format("no JSON: goes wrong at byte {}", wrong ? wrong->byte : 0));
  }
  if (!duplicates.found().empty())
    return refused(
      fmt::format("\"{}\" is given twice in one mapping", duplicates.found().substr(0, 60)));
  return parse(document);
}

bool is_one_of(const std::string& text, std::initializer_list<const char*> words) {
  for (auto word : words)
    if (text == word)
      return true;
  return false;
}

/// A plain scalar by YAML's core schema; numbers as JSON reads them, so that 0x1f or 1_000 stay
/// texts and are refused where a number is due.
json scalar_of(const YAML::Node& node) {
  auto& text = node.Scalar();
  if (node.Tag() == "!")
    return text;  // quoted
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"}))
    return nullptr;
  if (is_one_of(text, {"true", "True", "TRUE"}))
    return true;
  if (is_one_of(text, {"false", "False", "FALSE"}))
    return false;
  if (text.find_first_not_of("0123456789+-.eE") == text.npos) {
    auto number = json::parse(text, nullptr, false);
    if (number.is_number())
      return number;
  }
  return text;
}

struct yaml_problem {
  int line;
  const char* text;
};

json value_of(const YAML::Node& node, int depth, size_t& count) {
  if (depth > deepest)
    throw yaml_problem{node.Mark().line, "nested too deeply"};
  if (++count > most_values)
    throw yaml_problem{node.Mark().line, "too many values"};
  if (node.IsScalar())
    return scalar_of(node);
  if (node.IsSequence()) {
    auto out = json::array();
    for (auto item : node)
      out.push_back(value_of(item, depth + 1, count));
    return out;
  }
  if (node.IsMap()) {
    auto out = json::object();
    for (auto pair : node) {
      if (!pair.first.IsScalar())
        throw yaml_problem{pair.first.Mark().line, "a key is not a plain word"};
      if (out.contains(pair.first.Scalar()))
        throw yaml_problem{pair.first.Mark().line, "a key is given twice"};
      out[pair.first.Scalar()] = value_of(pair.second, depth + 1, count);
    }
    return out;
  }
  return nullptr;
}

parsed parse_yaml(std::string_view text) {
  try {
    auto documents = YAML::LoadAll(std::string(text));
    if (documents.size() != 1)
      return refused(fmt::format("{} YAML documents, one is wanted", documents.size()));
    size_t count = 0;
    return parse(value_of(documents.front(), 0, count));
  } catch (const YAML::Exception& e) {
    return refused(fmt::format("no YAML: line {}: {}", e.mark.line + 1, e.msg));
  } catch (const yaml_problem& e) {
    return refused(fmt::format("line {}: {}", e.line + 1, e.text));
  }
}

}  // namespace

parsed parse_text(std::string_view text) {
  if (text.size() > most_bytes)
    return refused(fmt::format("{} bytes, more than {}", text.size(), most_bytes));
  auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos)
    return refused("the document is empty");
  return text[first] == '{' ? parse_json(text) : parse_yaml(text);
}

}  // namespace scaleops::crd
