// Shell patterns as policies use them: * is any text, ? any one character.
#pragma once

#include <string_view>

namespace scaleops {

inline bool matches_pattern(std::string_view pattern, std::string_view text) {
  // The last star and the place in the text that it was tried at: enough to go back to, so the cost
  // stays linear-ish.
  size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

}  // namespace scaleops
