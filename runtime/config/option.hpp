// One description of an option. The command line, the environment, the YAML file, the help text and
// docs/configuration.md all come from it, so they cannot disagree.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scaleops::config {

/// What a person gave is wrong; the text is one line for them. Never leaves runtime/config.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// How a value of type T is read, shown and described.
template <class T>
struct kind {
  std::string form;   // in usage lines: "ADDR:PORT"
  std::string range;  // completes "... is not ": "a whole number from 1 to 5000"
  std::function<bool(std::string_view, T&)> read;  // false: refused, value untouched
  std::function<std::string(const T&)> show;       // empty: nothing worth showing as a default
  std::vector<std::string> choices = {};           // all right words, where there are only a few
};

struct option {
  std::string
    name;  // "scrape-interval": --scrape-interval, SCALEOPS_UP_SCRAPE_INTERVAL, scrape-interval:
  std::string help;  // one sentence
  std::string form;  // empty: a switch
  std::string range;
  std::string fallback;  // default as text; empty: none
  std::vector<std::string> choices;
  bool many = false;        // takes several values
  bool positional = false;  // given without its name on the command line
  bool required = false;
  std::function<bool(const std::string&)> assign;  // sets (many: adds) one value
  std::function<void()> clear;                     // many: forgets the defaults
};

/// One subcommand with its options.
struct command {
  std::string name;
  std::string summary;  // one sentence
  std::vector<option> options;

  /// An option with one value that is stored in `into`, whose present value is the default.
  template <class T>
  option& add(std::string name, T& into, kind<T> of, std::string help) {
    auto& o = options.emplace_back();
    o.name = std::move(name);
    o.help = std::move(help);
    o.form = of.form;
    o.range = of.range;
    o.choices = of.choices;
    o.fallback = of.show(into);
    o.clear = [] {};
    o.assign = [&into, read = std::move(of.read)](const std::string& text) {
      return read(text, into);
    };
    return o;
  }

  /// The same for a value that may be absent.
  template <class T>
  option& add(std::string name, std::optional<T>& into, kind<T> of, std::string help) {
    auto& o = options.emplace_back();
    o.name = std::move(name);
    o.help = std::move(help);
    o.form = of.form;
    o.range = of.range;
    o.choices = of.choices;
    o.clear = [] {};
    o.assign = [&into, read = std::move(of.read)](const std::string& text) {
      T value{};
      if (!read(text, value))
        return false;
      into = std::move(value);
      return true;
    };
    return o;
  }

  /// An option with any number of values.
  template <class T>
  option& add(std::string name, std::vector<T>& into, kind<T> of, std::string help) {
    auto& o = options.emplace_back();
    o.name = std::move(name);
    o.help = std::move(help);
    o.form = of.form;
    o.range = of.range;
    o.choices = of.choices;
    o.many = true;
    o.clear = [&into] { into.clear(); };
    o.assign = [&into, read = std::move(of.read)](const std::string& text) {
      T value{};
      if (!read(text, value))
        return false;
      into.push_back(std::move(value));
      return true;
    };
    return o;
  }

  /// A switch, off unless given.
  option& add_switch(std::string name, bool& into, std::string help);

  const option* find(std::string_view name) const;
  std::vector<std::string> option_names() const;
};

/// One option as one source gives it.
struct setting {
  const option* which = nullptr;
  std::vector<std::string> values;
  std::string
    origin;  // as a person wrote it: "--speed", "SCALEOPS_UP_SPEED", "scaleops.yaml:3: speed"
};

/// Puts the setting into the command's options struct. Throws usage_error naming origin, value and
/// range.
void apply(const setting& given);

}  // namespace scaleops::config
