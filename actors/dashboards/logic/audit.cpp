#include "actors/dashboards/logic/audit.hpp"

#include <string_view>

namespace scaleops::dashboards::logic {

namespace {

void put(std::string& out, std::string_view cell, char end) {
  out += '"';
  if (!cell.empty() && std::string_view{"=+-@\t\r"}.find(cell[0]) != std::string_view::npos)
    out += '\'';
  for (char c : cell) {
    if (c == '"')
      out += '"';
    out += c;
  }
  out += '"';
  out += end;
}

}  // namespace

std::string audit_csv(const std::deque<audit_entry>& entries) {
  std::string out = "id,at,who,peer,action,target,before,after,why,failure\n";
  for (auto& entry : entries) {
    out += std::to_string(entry.id) + ",";
    put(out, format_rfc3339(entry.at), ',');
    for (auto* cell : {&entry.who, &entry.peer, &entry.action, &entry.target, &entry.before,
                       &entry.after, &entry.why})
      put(out, *cell, ',');
    put(out, entry.failure, '\n');
  }
  return out;
}

}  // namespace scaleops::dashboards::logic
