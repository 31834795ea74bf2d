// Cuts the stream of a watch into its events, whatever the pieces in which it comes: JSON is one
// event a line, Protobuf one after a length of four bytes, the highest first. The first byte says
// which: an event of JSON begins with a brace, which as a length would be 2 GiB.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/kube/line_splitter.hpp"

namespace scaleops::kube {

class event_splitter {
public:
  explicit event_splitter(size_t longest = 16 << 20) : lines_{longest}, longest_{longest} {}

  /// Calls `on_event` for every event that is complete by now. False when one is too long: the
  /// stream is of no use any more. Stops when `on_event` returns false.
  template <class F>
  bool feed(std::string_view bytes, F&& on_event) {
    if (bytes.empty())
      return true;
    if (is_ == encoding::unknown)
      is_ = bytes.front() == 0 ? encoding::frames : encoding::lines;
    if (is_ == encoding::lines)
      return lines_.feed(bytes, on_event);
    while (!bytes.empty()) {
      // Whole events are handed on without being copied.
      auto size = size_of(rest_.empty() ? bytes : std::string_view{rest_});
      if (size > longest_)
        return false;
      if (rest_.empty() && size > 0 && bytes.size() >= head + size) {
        auto event = bytes.substr(head, size);
        bytes.remove_prefix(head + size);
        if (!on_event(event))
          return true;
        continue;
      }
      auto wanted = rest_.size() < head ? head : head + size;
      auto taken = std::min(bytes.size(), wanted - std::min(wanted, rest_.size()));
      rest_.append(bytes.substr(0, taken));
      bytes.remove_prefix(taken);
      if (rest_.size() < head)
        continue;
      size = size_of(rest_);
      if (size > longest_)
        return false;
      if (rest_.size() < head + size)
        continue;
      auto whole = std::exchange(rest_, {});
      if (size > 0 && !on_event(std::string_view{whole}.substr(head)))
        return true;
    }
    return true;
  }

  void clear() {
    lines_.clear();
    rest_.clear();
    is_ = encoding::unknown;
  }

private:
  enum class encoding : uint8_t { unknown, lines, frames };
  static constexpr size_t head = 4;  // bytes

  /// 0 while the head is not complete.
  static size_t size_of(std::string_view bytes) {
    if (bytes.size() < head)
      return 0;
    size_t out = 0;
    for (size_t i = 0; i < head; ++i)
      out = out << 8 | uint8_t(bytes[i]);
    return out;
  }

  line_splitter lines_;
  std::string rest_;
  size_t longest_;
  encoding is_ = encoding::unknown;
};

}  // namespace scaleops::kube
