// Plays recorded usage through the recommender in a closed loop (series_replay: limit = request,
// demand above it is an OOM kill), asks every simulated day what the requests in force risk, and
// compares that with what then happened.
//
//   risk_calibration TRACE...
//
// Prints the tables of docs/risk.md as Markdown. Weeks overlap and one series gives many of them,
// so the counts are larger than the evidence.
#include <cstdio>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "actors/recommender/logic/risk.hpp"
#include "runtime/replay/series_replay.hpp"
#include "runtime/trace/trace_reader.hpp"

using namespace scaleops;

namespace {

constexpr int64_t day_s = 86400;

/// A forecast and what happened since.
struct forecast {
  std::string set;
  change_cost cost = change_cost::in_place;
  container_risk told;
  container_risk told_double;  // of twice the CPU request
  int64_t from_s = 0;
  double seen_s = 0, over_s = 0, double_over_s = 0;
  int kills = 0, cpu_changes = 0, memory_changes = 0;
};

class play {
public:
  play(std::string set, change_cost cost, const policy_spec& policy, std::vector<forecast>& done)
      : set_{std::move(set)},
        cost_{cost},
        policy_{policy},
        replay_{policy, cost, std::chrono::hours{24}},
        done_{done} {}

  void start(int64_t at_s) {
    replay_.start(at_s);
    open_.clear();
    last_s_ = at_s;
    asked_s_ = 0;
  }

  void step(const trace_row& row) {
    auto cpu = replay_.cpu_request(), memory = replay_.memory_request();
    auto passed = double(std::min<int64_t>(row.at_s - last_s_, 3600));
    last_s_ = row.at_s;
    replay_.step(row.at_s, row.cpu_cores, row.memory_bytes);
    double used = row.cpu_cores && cpu > 0 ? *row.cpu_cores * 1000 : 0;
    for (auto& f : open_) {
      f.seen_s += passed;
      f.over_s += used > double(cpu) ? passed : 0;
      f.double_over_s += used > 2 * double(cpu) ? passed : 0;
      f.kills += replay_.killed();
      f.cpu_changes += cpu > 0 && replay_.cpu_request() != cpu;
      f.memory_changes += memory > 0 && replay_.memory_request() != memory;
    }
    for (auto each = open_.begin(); each != open_.end();) {
      auto span = int64_t(each->told.days * day_s);
      if (row.at_s - each->from_s < span) {
        ++each;
        continue;
      }
      if (each->seen_s > 0.9 * double(span))
        done_.push_back(std::move(*each));
      each = open_.erase(each);
    }
    if (replay_.warm(row.at_s) && row.at_s - asked_s_ >= day_s)
      ask(row.at_s);
  }

private:
  void ask(int64_t at_s) {
    asked_s_ = at_s;
    container_resources proposal, twice;
    if (auto cpu = replay_.cpu_request(); cpu > 0) {
      proposal.requests.cpu = cpu;
      twice.requests.cpu = 2 * cpu;
    }
    if (auto memory = replay_.memory_request(); memory > 0)
      proposal.requests.memory = proposal.limits.memory = memory;
    for (double days : {1.0, 7.0}) {
      auto& f = open_.emplace_back();
      f.set = set_;
      f.cost = cost_;
      f.told = risk_of(replay_.state(), proposal, policy_, "app", cost_, days);
      f.told_double = risk_of(replay_.state(), twice, policy_, "app", cost_, days);
      f.from_s = at_s;
    }
  }

  std::string set_;
  change_cost cost_;
  const policy_spec& policy_;
  series_replay replay_;
  std::deque<forecast> open_;
  std::vector<forecast>& done_;
  int64_t last_s_ = 0, asked_s_ = 0;
};

std::string set_of(const std::string& path) {
  auto name = path.substr(path.find_last_of('/') + 1);
  return name.substr(0, name.find('.'));
}

bool play_file(const std::string& path, const policy_spec& policy, std::vector<forecast>& done) {
  trace_reader reader{path};
  trace_row row;
  play live{set_of(path), change_cost::in_place, policy, done};
  play slow{set_of(path), change_cost::restart, policy, done};
  while (reader.next(row))
    for (auto* each : {&live, &slow}) {
      if (row.new_series)
        each->start(row.at_s);
      each->step(row);
    }
  if (reader.error())
    fmt::print(stderr, "{}\n", reader.error()->to_string());
  return !reader.error();
}

// ---- tables ----

/// One quantity that is told and then seen.
struct quantity {
  const char* title;
  const char* unit;
  std::function<const std::optional<risk_range>&(const forecast&)> told;
  std::function<double(const forecast&)> seen;
  std::vector<double> edges;  // of what was told, a day's; the week's are seven times as large
  bool chance = false;        // 0 or 1 is seen: the interval is of the chance, not of what comes
};

struct tally {
  size_t count = 0, inside = 0, above = 0;
  double told = 0, seen = 0;
  void add(const risk_range& range, double what) {
    ++count;
    told += range.expected;
    seen += what;
    // A sum is told to the grain of one slot; what is seen falls on it.
    inside += what >= range.low - 1e-9 && what <= range.high + 1e-9;
    above += what > range.high + 1e-9;
  }
  void print(const std::string& name, bool chance) const {
    if (count == 0)
      return;
    auto n = double(count);
    fmt::print("| {} | {} | {:.4f} | {:.4f} |", name, count, told / n, seen / n);
    if (!chance)
      fmt::print(" {:.0f} % | {:.0f} % |", 100 * double(inside) / n, 100 * double(above) / n);
    fmt::print("\n");
  }
};

void table(const std::vector<forecast>& all, const quantity& q, change_cost cost, double days) {
  std::vector<tally> bins(q.edges.size());
  std::map<std::string, tally> sets;
  tally sum;
  for (auto& f : all) {
    auto& told = q.told(f);
    if (f.cost != cost || f.told.days != days || !told)
      continue;
    size_t bin = 0;
    double scale = q.chance ? 1 : days;
    while (bin + 1 < bins.size() && told->expected >= q.edges[bin + 1] * scale)
      ++bin;
    for (auto* each : {&bins[bin], &sets[f.set], &sum})
      each->add(*told, q.seen(f));
  }
  if (sum.count == 0)
    return;
  fmt::print("\n#### {}, {}, next {}\n\n", q.title,
             cost == change_cost::in_place ? "in place" : "by restart",
             days == 1 ? "day" : "7 days");
  fmt::print("| told ({}) | forecasts | told, mean | seen, mean |{}\n|---|---|---|---|{}\n", q.unit,
             q.chance ? "" : " within 90 % bounds | above them |", q.chance ? "" : "---|---|");
  for (size_t i = 0; i < bins.size(); ++i) {
    double scale = q.chance ? 1 : days;
    auto name = i + 1 < bins.size()
                  ? fmt::format("{:g} to {:g}", q.edges[i] * scale, q.edges[i + 1] * scale)
                  : fmt::format("{:g} or more", q.edges[i] * scale);
    bins[i].print(name, q.chance);
  }
  for (auto& [name, each] : sets)
    each.print("*" + name + "*", q.chance);
  sum.print("**all**", q.chance);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<forecast> all;
  auto& policy = builtin_policies().at("production");
  for (int i = 1; i < argc; ++i)
    if (!play_file(argv[i], policy, all))
      return 1;
  using told = const std::optional<risk_range>&;
  const std::vector<quantity> quantities = {
    {"OOM kill",
     "chance",
     [](auto& f) -> told { return f.told.oom_chance; },
     [](auto& f) { return f.kills > 0 ? 1.0 : 0.0; },
     {0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7},
     true},
    {"CPU above the request",
     "h",
     [](auto& f) -> told { return f.told.over_request_h; },
     [](auto& f) { return f.over_s / 3600; },
     {0, 0.1, 0.2, 0.4, 0.7, 1, 1.5, 2.5}},
    {"CPU above twice the request, as a limit would be",
     "h",
     [](auto& f) -> told { return f.told_double.over_request_h; },
     [](auto& f) { return f.double_over_s / 3600; },
     {0, 0.05, 0.1, 0.2, 0.4, 0.7}},
    {"Changes of the CPU request",
     "changes",
     [](auto& f) -> told { return f.told.cpu_changes; },
     [](auto& f) { return double(f.cpu_changes); },
     {0, 0.2, 0.5, 1, 2, 3, 4}},
    {"Changes of the memory request",
     "changes",
     [](auto& f) -> told { return f.told.memory_changes; },
     [](auto& f) { return double(f.memory_changes); },
     {0, 0.2, 0.5, 1, 2, 3, 4}},
  };
  for (auto& q : quantities)
    for (auto cost : {change_cost::in_place, change_cost::restart})
      for (double days : {7.0, 1.0})
        table(all, q, cost, days);
  return 0;
}
