#include "runtime/replay/replay.hpp"

#include <set>
#include <thread>

#include "runtime/replay/replay_crew.hpp"
#include "runtime/trace/trace_reader.hpp"

namespace scaleops {

namespace {

constexpr uint64_t progress_every = 1 << 16;

/// Reads on the caller's thread and writes there in the order of the input; the crew plays.
class player {
public:
  player(const replay_plan& plan, replay_summary& out)
      : plan_{plan}, out_{out}, crew_{std::thread::hardware_concurrency(), [this](series_run& run) {
                                        finish(run);
                                      }} {}

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
    bool fine = true;
    while (fine && reader.next(row)) {
      if (row.new_series && !(fine = begin(row, problem))) {
        problem = plan_.traces[file] + ": " + problem;
        break;
      }
      crew_.take({row.at_s, row.cpu_cores, row.memory_bytes});
      if (++out_.samples % progress_every == 0 && plan_.progress && reader.size() > 0)
        plan_.progress((double(file) + double(reader.position()) / double(reader.size())) /
                       double(plan_.traces.size()));
    }
    crew_.finish();
    if (reader.error()) {
      problem = reader.error()->to_string();
      return false;
    }
    return fine;
  }

  bool begin(const trace_row& row, std::string& problem) {
    std::string name{row.series};
    std::optional<replayed_series> known;
    if (!plan_.checkpoint.empty()) {
      if (!seen_.insert(name).second) {
        problem = "series \"" + name + "\" occurs twice: a checkpoint holds each name once";
        return false;
      }
      if (auto found = known_.find(name); found != known_.end())
        known = std::move(found->second);
    }
    crew_.begin(std::make_unique<series_run>(plan_, std::move(name), row.at_s, std::move(known)));
    return true;
  }

  void finish(series_run& run) {
    run.add_to(out_);
    if (plan_.decisions)
      std::fwrite(run.decisions().data(), 1, run.decisions().size(), plan_.decisions);
    if (!plan_.checkpoint.empty())
      known_[run.name()] = run.known();
  }

  const replay_plan& plan_;
  replay_summary& out_;
  replay_states known_;
  std::set<std::string> seen_;
  replay_crew crew_;
};

}  // namespace

bool replay(const replay_plan& plan, replay_summary& out, std::string& problem) {
  return player{plan, out}.play(problem);
}

}  // namespace scaleops
