#include "runtime/replay/replay.hpp"

#include <cinttypes>
#include <set>

#include "runtime/replay/series_replay.hpp"
#include "runtime/trace/trace_reader.hpp"

namespace scaleops {

namespace {

constexpr uint64_t progress_every = 1 << 16;

class player {
public:
  player(const replay_plan& plan, replay_summary& out)
      : plan_{plan}, out_{out}, engine_{plan.policy, plan.cost, plan.warm} {}

  bool play(std::string& problem) {
    if (!plan_.checkpoint.empty() && !read_replay_checkpoint(plan_.checkpoint, known_, problem))
      return false;
    if (plan_.decisions)
      std::fputs("series,timestamp_s,cpu_cores,memory_bytes\n", plan_.decisions);
    for (size_t file = 0; file < plan_.traces.size(); ++file)
      if (!play_file(file, problem))
        return false;
    if (plan_.decisions && (std::fflush(plan_.decisions) != 0 || std::ferror(plan_.decisions))) {
      problem = "the decisions could not be written";
      return false;
    }
    return plan_.checkpoint.empty() || write_replay_checkpoint(plan_.checkpoint, known_, problem);
  }

private:
  bool play_file(size_t file, std::string& problem) {
    trace_reader reader{plan_.traces[file]};
    trace_row row;
    while (reader.next(row)) {
      if (row.new_series) {
        finish();
        if (!begin(row, problem)) {
          problem = plan_.traces[file] + ": " + problem;
          return false;
        }
      }
      take(row);
      if (++out_.samples % progress_every == 0 && plan_.progress && reader.size() > 0)
        plan_.progress((double(file) + double(reader.position()) / double(reader.size())) /
                       double(plan_.traces.size()));
    }
    finish();
    if (reader.error()) {
      problem = reader.error()->to_string();
      return false;
    }
    return true;
  }

  bool begin(const trace_row& row, std::string& problem) {
    if (!seen_.insert(std::string{row.series}).second && !plan_.checkpoint.empty()) {
      problem = "series \"" + std::string{row.series} +
                "\" occurs twice: a checkpoint holds each name once";
      return false;
    }
    name_ = row.series;
    running_ = true;
    cpu_ = memory_ = {};
    ++out_.series;
    if (auto found = known_.find(name_); found != known_.end()) {
      auto& was = found->second;
      known_until_ =
        std::chrono::floor<std::chrono::seconds>(was.state.last_seen().time_since_epoch()).count();
      engine_.resume(std::move(was.state), was.first_s, was.cpu_request, was.memory_request);
    } else {
      known_until_ = 0;
      engine_.start(row.at_s);
    }
    last_s_ = 0;
    return true;
  }

  void take(const trace_row& row) {
    if (row.at_s <= known_until_) {
      ++out_.skipped;
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
    ++out_.decisions;
    if (old_cpu > 0 && old_cpu != engine_.cpu_request())
      cpu_.note_change();
    if (old_memory > 0 && old_memory != engine_.memory_request())
      memory_.note_change();
    if (plan_.decisions)
      write(row.at_s);
  }

  void write(int64_t at_s) {
    std::fprintf(plan_.decisions, "%s,%" PRId64 ",", name_.c_str(), at_s);
    if (auto cpu = engine_.cpu_request(); cpu > 0)
      std::fprintf(plan_.decisions, "%" PRId64 ".%03" PRId64, cpu / 1000, cpu % 1000);
    if (auto memory = engine_.memory_request(); memory > 0)
      std::fprintf(plan_.decisions, ",%" PRId64 "\n", memory);
    else
      std::fputs(",\n", plan_.decisions);
  }

  void finish() {
    if (!running_)
      return;
    running_ = false;
    out_.cpu.add(cpu_.sum());
    out_.memory.add(memory_.sum());
    if (!plan_.checkpoint.empty())
      known_[name_] = {engine_.state(), engine_.first_s(), engine_.cpu_request(),
                       engine_.memory_request()};
  }

  const replay_plan& plan_;
  replay_summary& out_;
  series_replay engine_;
  replay_states known_;
  std::set<std::string> seen_;
  std::string name_;
  series_scorer cpu_, memory_;
  int64_t last_s_ = 0, known_until_ = 0;
  bool running_ = false;
};

}  // namespace

bool replay(const replay_plan& plan, replay_summary& out, std::string& problem) {
  return player{plan, out}.play(problem);
}

}  // namespace scaleops
