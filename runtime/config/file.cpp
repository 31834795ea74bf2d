#include <fstream>
#include <set>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "messages/nearest.hpp"
#include "runtime/config/sources.hpp"

namespace scaleops::config {

namespace {

/// Reads one file for one command; keeps the file's name for the messages.
class reader {
public:
  reader(const command& of, const std::vector<std::unique_ptr<entry>>& all, const std::string& path)
      : of_{of}, all_{all}, path_{path} {}

  std::vector<setting> read(const YAML::Node& root) {
    std::vector<setting> shared, own;
    if (root.IsNull())
      return shared;  // nothing but comments
    require_map(root, "the file");
    std::set<std::string> seen;
    for (auto pair : root) {
      auto name = key_of(pair.first, seen);
      if (auto* named = command_named(name))
        read_section(*named, pair.second, own);
      else
        read_shared(name, pair.first, pair.second, shared);
    }
    shared.insert(shared.end(), own.begin(), own.end());
    return shared;
  }

private:
  [[noreturn]] void refuse(const YAML::Mark& at, const std::string& text) const {
    throw usage_error(fmt::format("{}:{}: {}", path_, at.line + 1, text));
  }

  void require_map(const YAML::Node& node, const std::string& what) const {
    if (!node.IsMap())
      refuse(node.Mark(), what + " is not a mapping of options to values");
  }

  std::string key_of(const YAML::Node& key, std::set<std::string>& seen) const {
    if (!key.IsScalar())
      refuse(key.Mark(), "a key is not a plain word");
    if (!seen.insert(key.Scalar()).second)
      refuse(key.Mark(), fmt::format("\"{}\" is given twice", key.Scalar()));
    return key.Scalar();
  }

  const command* command_named(const std::string& name) const {
    for (auto& e : all_)
      if (e->description.name == name && e->description.find("config"))
        return &e->description;
    return nullptr;
  }

  void read_section(const command& section, const YAML::Node& node,
                    std::vector<setting>& own) const {
    require_map(node, section.name);
    std::set<std::string> seen;
    for (auto pair : node) {
      auto name = key_of(pair.first, seen);
      auto* o = name == "config" ? nullptr : section.find(name);
      if (!o)
        refuse(pair.first.Mark(),
               fmt::format("unknown option \"{}\" for \"{}\"; the nearest is \"{}\"", name,
                           section.name, nearest(name, section.option_names())));
      auto read = setting_of(*o, pair.first, pair.second);
      if (section.name == of_.name)
        own.push_back(std::move(read));
    }
  }

  /// An option at the top counts for every command that has it.
  void read_shared(const std::string& name, const YAML::Node& key, const YAML::Node& value,
                   std::vector<setting>& shared) const {
    std::vector<std::string> known;
    const option* any = nullptr;
    for (auto& e : all_) {
      auto& c = e->description;
      if (!c.find("config"))
        continue;
      known.push_back(c.name);
      for (auto& o : c.options)
        if (o.name != "config")
          known.push_back(o.name);
      any = any || name == "config" ? any : c.find(name);
    }
    if (!any)
      refuse(key.Mark(), fmt::format("unknown option \"{}\"; the nearest is \"{}\"", name,
                                     nearest(name, known)));
    auto* mine = of_.find(name);
    auto read = setting_of(mine ? *mine : *any, key, value);
    if (mine)
      shared.push_back(std::move(read));
  }

  setting setting_of(const option& o, const YAML::Node& key, const YAML::Node& value) const {
    setting given{&o, {}, fmt::format("{}:{}: {}", path_, key.Mark().line + 1, o.name)};
    if (value.IsScalar()) {
      given.values.push_back(value.Scalar());
    } else if (value.IsSequence() && o.many) {
      for (auto item : value) {
        if (!item.IsScalar())
          refuse(item.Mark(), fmt::format("{}: a value is not a plain word", o.name));
        given.values.push_back(item.Scalar());
      }
    } else {
      refuse(key.Mark(), fmt::format("{}: the value is not {}", o.name,
                                     o.many ? "a list of plain words" : o.range));
    }
    return given;
  }

  const command& of_;
  const std::vector<std::unique_ptr<entry>>& all_;
  const std::string& path_;
};

}  // namespace

std::vector<setting> settings_of_file(const command& of,
                                      const std::vector<std::unique_ptr<entry>>& all,
                                      const std::string& path) {
  std::ifstream in{path};
  try {
    return reader{of, all, path}.read(YAML::Load(in));
  } catch (const YAML::Exception& e) {
    throw usage_error(fmt::format("{}:{}: {}", path, e.mark.line + 1, e.msg));
  }
}

}  // namespace scaleops::config
