// From the API server's answers to our values: lists page by page, watch events, single objects.
// Their first bytes say whether they are JSON or Protobuf.
// Built-in kinds are read leniently (what we do not know is passed over), our own kinds strictly.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/errors.hpp"
#include "messages/objects.hpp"
#include "runtime/kube/codec/common_blocks.hpp"
#include "runtime/kube/resources.hpp"

namespace scaleops::kube {

struct decoded_list {
  std::vector<object_ptr> items;
  uint64_t resource_version = 0;
  std::string continue_token;
  std::vector<std::string> problems;  // of items that were left out, one line each
  std::string problem;                // the whole is no list
};

struct decoded_event {
  watch_event event;                // object null for bookmarks and errors
  bool initial_events_end = false;  // the bookmark that ends a list by stream
  int error_status = 0;             // an ERROR event's code
  std::string error;                // its metav1.Status document, in either encoding
  std::string problem;              // the line is no event, or its object cannot be read
};

struct decoded_object {
  object_ptr value;
  std::string problem;
};

/// "ADDED" and its like. False for other words.
bool step_of(std::string_view word, watch_event::type& out);

/// Parsers keep their memory from call to call: one decoder for one thread. Decoders of one thread
/// can have their blocks in common.
class decoder {
public:
  explicit decoder(std::shared_ptr<common_blocks> blocks = std::make_shared<common_blocks>());
  ~decoder();
  decoder(const decoder&) = delete;
  decoder& operator=(const decoder&) = delete;

  decoded_list list(object_kind kind, const resource_type& type, std::string_view text);
  decoded_event event(object_kind kind, const resource_type& type, std::string_view line);
  decoded_object object(object_kind kind, const resource_type& type, std::string_view text);

private:
  struct impl;
  std::unique_ptr<impl> x_;
  std::shared_ptr<common_blocks> blocks_;
};

}  // namespace scaleops::kube
