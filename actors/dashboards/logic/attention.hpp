// What a person should look at first.
#pragma once

#include <string>
#include <vector>

#include "actors/dashboards/logic/views.hpp"

namespace scaleops::dashboards::logic {

struct attention_item {
  enum class level : uint8_t { problem, warning, hint } severity = level::hint;
  std::string code;    // stable name
  std::string title;   // a few words
  std::string detail;  // a sentence
  std::string link;    // page of the UI: "/health", "/workloads?state=oom"
};

/// Worst first.
std::vector<attention_item> needs_attention(const view_context& in);

}  // namespace scaleops::dashboards::logic
