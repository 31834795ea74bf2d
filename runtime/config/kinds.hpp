// The kinds of values that options take: how each is read, shown and described.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "messages/time.hpp"
#include "runtime/config/option.hpp"
#include "runtime/config/options.hpp"

namespace scaleops::config {

/// Any text that is not empty.
kind<std::string> text(std::string form);

/// A name by the rules of Kubernetes (DNS label).
kind<std::string> kube_name(std::string form);

/// A file that is there and can be read.
kind<std::string> readable_file();

/// A file to be written, in a directory that is there.
kind<std::string> writable_file();
/// The same, or - for standard output.
kind<std::string> output();

/// "NAME|FILE": a word, or a file (with a '/' or a '.' in it) that is there and can be read.
kind<std::string> name_or_file();

kind<uint64_t> whole(uint64_t low, uint64_t high);
kind<double> fraction(double low, double high);

/// Go's duration form and days.
kind<milliseconds> duration(milliseconds low, milliseconds high);

/// "ADDR:PORT" with a numeric address, IPv6 in brackets; port 0 lets the system choose.
kind<endpoint> address();

/// Simulated time by real time.
kind<time_factor> speed();

/// One of a few words.
template <class Enum>
kind<Enum> choice(std::vector<std::pair<std::string, Enum>> words) {
  kind<Enum> of;
  for (auto& [word, value] : words) {
    of.form += (of.form.empty() ? "" : "|") + word;
    of.range += (of.range.empty() ? "one of " : ", ") + word;
    of.choices.push_back(word);
  }
  of.read = [words](std::string_view text, Enum& out) {
    for (auto& [word, value] : words)
      if (word == text) {
        out = value;
        return true;
      }
    return false;
  };
  of.show = [words](const Enum& now) {
    for (auto& [word, value] : words)
      if (value == now)
        return word;
    return std::string{};
  };
  return of;
}

}  // namespace scaleops::config
