#include "runtime/replay/series_run.hpp"

#include <utility>

namespace scaleops {

series_run::series_run(const replay_plan& plan, std::string name, int64_t first_s,
                       std::optional<replayed_series> known)
    : tell_{plan.decisions != nullptr},
      name_{std::move(name)},
      engine_{plan.policy, plan.cost, plan.warm} {
  if (!known) {
    engine_.start(first_s);
    return;
  }
  known_until_ =
    std::chrono::floor<std::chrono::seconds>(known->state.last_seen().time_since_epoch()).count();
  engine_.resume(std::move(known->state), known->first_s, known->cpu_request,
                 known->memory_request);
}

void series_run::take(const replay_row& row) {
  if (row.at_s <= known_until_) {
    ++skipped_;
    return;
  }
  bool scored = last_s_ != 0 && engine_.warm(last_s_);
  int64_t old_cpu = engine_.cpu_request(), old_memory = engine_.memory_request();
  if (row.cpu_cores)
    cpu_.take(row.at_s, *row.cpu_cores, double(old_cpu) / 1000, scored);
  if (row.memory_bytes)
    memory_.take(row.at_s, *row.memory_bytes, double(old_memory), scored);
  cpu_.pass(row.at_s);
  memory_.pass(row.at_s);
  last_s_ = row.at_s;
  if (!engine_.step(row.at_s, row.cpu_cores, row.memory_bytes))
    return;
  ++decisions_;
  if (old_cpu > 0 && old_cpu != engine_.cpu_request())
    cpu_.note_change();
  if (old_memory > 0 && old_memory != engine_.memory_request())
    memory_.note_change();
  if (tell_)
    write(row.at_s);
}

void series_run::write(int64_t at_s) {
  auto out = std::back_inserter(text_);
  fmt::format_to(out, "{},{},", name_, at_s);
  if (auto cpu = engine_.cpu_request(); cpu > 0)
    fmt::format_to(out, "{}.{:03}", cpu / 1000, cpu % 1000);
  if (auto memory = engine_.memory_request(); memory > 0)
    fmt::format_to(out, ",{}\n", memory);
  else
    fmt::format_to(out, ",\n");
}

void series_run::add_to(replay_summary& out) const {
  ++out.series;
  out.skipped += skipped_;
  out.decisions += decisions_;
  out.cpu.add(cpu_.sum());
  out.memory.add(memory_.sum());
}

replayed_series series_run::known() const {
  return {engine_.state(), engine_.first_s(), engine_.cpu_request(), engine_.memory_request()};
}

}  // namespace scaleops
