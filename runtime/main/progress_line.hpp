// One line on standard error that is written over and over, on a terminal only.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>

namespace scaleops {

class progress_line {
public:
  progress_line() : on_{isatty(STDERR_FILENO) != 0} {}
  ~progress_line() { clear(); }
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  void show(const std::string& text) {
    if (!on_)
      return;
    std::fprintf(stderr, "\r\033[K%s", text.c_str());
    std::fflush(stderr);
    shown_ = true;
  }
  void clear() {
    if (shown_)
      std::fprintf(stderr, "\r\033[K");
    shown_ = false;
  }

private:
  bool on_;
  bool shown_ = false;
};

}  // namespace scaleops
