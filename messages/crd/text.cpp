// Documents from text: JSON as it is, YAML by the core schema.
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>
#include <nlohmann/json.hpp>

#include "messages/crd/crd.hpp"

namespace scaleops::crd {

namespace {

using nlohmann::json;

constexpr size_t most_bytes = 4 << 20;
constexpr size_t deepest = 64;

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
json plain_scalar(const std::string& text) {
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

/// Builds the document from the parser's events: yaml-cpp's own tree has no limits, and its LoadAll
/// never ends on some malformed texts (integration/fuzz/corpus/crd/endless.yaml).
class yaml_builder final : public YAML::EventHandler {
public:
  json take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& at) override {
    if (started_)
      throw yaml_problem{at.line, "a second document, one is wanted"};
    started_ = true;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& at, YAML::anchor_t) override { add(at, nullptr, false); }
  void OnAlias(const YAML::Mark& at, YAML::anchor_t) override {
    throw yaml_problem{at.line, "an alias: write the value out"};
  }
  void OnScalar(const YAML::Mark& at, const std::string& tag, YAML::anchor_t,
                const std::string& text) override {
    // Quoted scalars have the tag "!", plain ones "?"; whoever writes any other tag gets a text.
    add(at, tag == "?" ? plain_scalar(text) : json(text), true);
  }
  void OnSequenceStart(const YAML::Mark& at, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    push(at, json::array());
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& at, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    push(at, json::object());
  }
  void OnMapEnd() override { open_.pop_back(); }

private:
  struct level {
    json* node;
    std::string key;
    bool has_key = false;
  };

  void push(const YAML::Mark& at, json empty) {
    if (open_.size() >= deepest)
      throw yaml_problem{at.line, "nested too deeply"};
    open_.push_back({&add(at, std::move(empty), false), {}, false});
  }

  json& add(const YAML::Mark& at, json value, bool scalar) {
    if (open_.empty())
      return root_ = std::move(value);
    auto& [node, key, has_key] = open_.back();
    if (node->is_array())
      return node->emplace_back(std::move(value));
    if (has_key) {
      has_key = false;
      return (*node)[key] = std::move(value);
    }
    if (!scalar)
      throw yaml_problem{at.line, "a key is not a plain word"};
    key = value.is_string() ? value.get<std::string>() : value.dump();
    has_key = true;
    if (node->contains(key))
      throw yaml_problem{at.line, "a key is given twice"};
    return *node;
  }

  json root_;
  std::vector<level> open_;  // pointers stay good: only the innermost node grows
  bool started_ = false;
};

parsed parse_yaml(std::string_view text) {
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser{in};
    yaml_builder builder;
    while (parser.HandleNextDocument(builder)) {
    }
    return parse(builder.take());
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
