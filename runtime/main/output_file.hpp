// Files that a command leaves behind: reports, summaries. "-" is standard output.
#pragma once

#include <cstdio>
#include <fstream>
#include <string>

namespace scaleops {

/// Asked before anything is started; an empty path stands for "none". What is there stays.
inline bool can_write(const std::string& path) {
  return path.empty() || path == "-" || std::ofstream{path, std::ios::app}.good();
}

inline bool write_file(const std::string& path, const std::string& text) {
  if (path == "-")
    return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  std::ofstream file{path};
  file << text;
  file.flush();
  return file.good();
}

}  // namespace scaleops
