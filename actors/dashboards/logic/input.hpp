// Strict reading of what callers send: every refusal names the field and what would be right.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/objects.hpp"

namespace scaleops::dashboards::logic {

struct input_error {
  std::string field;    // "query.limit", "body.workloads[3]"
  std::string message;  // "must be a whole number from 1 to 10000"
};

/// Reads query parameters one by one; `finish` finds those that nobody asked for.
class query_reader {
public:
  explicit query_reader(const string_map& query) : query_(query) {}

  std::string text(const std::string& name, size_t most = 253);
  int64_t number(const std::string& name, int64_t otherwise, int64_t least, int64_t most);
  bool flag(const std::string& name);
  /// One of the choices; empty when absent.
  std::string choice(const std::string& name, const std::vector<std::string_view>& choices);
  milliseconds span(const std::string& name, milliseconds otherwise, milliseconds least,
                    milliseconds most);
  std::optional<workload_ref> workload(const std::string& name);

  /// The first thing that was wrong.
  std::optional<input_error> finish();

private:
  const std::string* take(const std::string& name);
  void refuse(const std::string& name, std::string message);

  const string_map& query_;
  std::vector<std::string> known_;
  std::optional<input_error> error_;
};

enum class workload_order : uint8_t {
  name,
  ns,
  pods,
  cpu_requested,
  cpu_used,
  cpu_recommended,
  memory_requested,
  memory_used,
  memory_recommended,
  saving,
  kills,
  confidence,
};

/// Which workloads, in which order, which part of them.
struct workload_query {
  std::string text;  // part of "namespace/Kind/name", any case
  std::string ns;
  std::string kind;
  std::string policy;
  std::string automation;  // "automated", "open", "excluded", "system"; empty: all
  std::string state;       // "urgent", "oom", "learning", "oversized", "undersized"; empty: all
  workload_order order = workload_order::saving;
  bool descending = true;
  size_t offset = 0;
  size_t limit = 100;
};

/// Also used for the `filter` of bulk changes, which has no order and no page.
workload_query read_workload_filter(query_reader& reader);
workload_query read_workload_query(query_reader& reader);

/// What a POST under /workloads/ asks for.
struct change_wish {
  enum class what : uint8_t {
    automate,
    stop_automating,
    exclude,
    include,
    policy
  } kind = what::automate;
  std::vector<workload_ref> workloads;   // sorted, each once
  std::optional<workload_query> filter;  // instead of a list
  std::string policy;                    // empty: back to the rules' choice
  std::string why;
};
std::string_view to_string(change_wish::what kind);

enum class change_body : uint8_t { automation, exclusion, policy };

/// Null error: `wish` is filled in.
std::optional<input_error> read_change(change_body form, std::string_view body, change_wish& wish);

/// {"why": "..."} or nothing.
std::optional<input_error> read_reason(std::string_view body, std::string& why);

/// {"token": "..."}
std::optional<input_error> read_token(std::string_view body, std::string& token);

inline constexpr size_t most_changes_at_once = 10'000;

}  // namespace scaleops::dashboards::logic
