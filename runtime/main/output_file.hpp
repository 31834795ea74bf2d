// Files that a command leaves behind: reports, summaries.
#pragma once

#include <fstream>
#include <string>

namespace scaleops {

/// Asked before anything is started; an empty path stands for "none". What is there stays.
inline bool can_write(const std::string& path) {
  return path.empty() || std::ofstream{path, std::ios::app}.good();
}

inline bool write_file(const std::string& path, const std::string& text) {
  std::ofstream file{path};
  file << text;
  file.flush();
  return file.good();
}

}  // namespace scaleops
