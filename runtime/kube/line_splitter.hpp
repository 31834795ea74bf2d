// Cuts a stream into lines, whatever its pieces: a watch is one JSON event a line, and chunk
// borders mean nothing.
#pragma once

#include <string>
#include <string_view>

namespace scaleops::kube {

class line_splitter {
public:
  explicit line_splitter(size_t longest = 16 << 20) : longest_{longest} {}

  /// Calls `on_line` for every line that is complete by now; empty ones are passed over. False when
  /// a line is too long: the stream is of no use any more. Stops when `on_line` returns false.
  template <class F>
  bool feed(std::string_view bytes, F&& on_line) {
    for (;;) {
      auto end = bytes.find('\n');
      if (rest_.size() + (end == bytes.npos ? bytes.size() : end) > longest_)
        return false;
      if (end == bytes.npos) {
        rest_.append(bytes);
        return true;
      }
      auto line = bytes.substr(0, end);
      bytes.remove_prefix(end + 1);
      bool more = true;
      if (!rest_.empty()) {
        rest_.append(line);
        auto whole = std::move(rest_);
        rest_.clear();
        more = on_line(std::string_view{whole});
      } else if (!line.empty() && line != "\r") {
        more = on_line(line);
      }
      if (!more)
        return true;
    }
  }

  void clear() { rest_.clear(); }
  size_t waiting() const { return rest_.size(); }

private:
  std::string rest_;
  size_t longest_;
};

}  // namespace scaleops::kube
