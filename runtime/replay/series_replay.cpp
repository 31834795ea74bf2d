#include "runtime/replay/series_replay.hpp"

namespace scaleops {

series_replay::series_replay(const policy_spec& policy, change_cost cost, milliseconds warm)
    : policy_{policy},
      question_{question_of(policy, "app", cost)},
      memory_question_{memory_question_of(policy, "app")},
      warm_s_{warm.count() / 1000} {
  facts_.cost = cost;
  input_[0].name = "app";
}

void series_replay::start(int64_t at_s) {
  state_ = {};
  state_.aim(question_);
  state_.aim(memory_question_);
  first_s_ = uint32_t(at_s);
  cpu_ = memory_ = 0;
}

void series_replay::resume(container_state state, uint32_t first_s, int64_t cpu_request,
                           int64_t memory_request) {
  state_ = std::move(state);
  state_.aim(question_);
  state_.aim(memory_question_);
  first_s_ = first_s;
  cpu_ = cpu_request;
  memory_ = memory_request;
}

bool series_replay::step(int64_t at_s, std::optional<double> cpu_cores,
                         std::optional<double> memory_bytes) {
  instant at{std::chrono::seconds{at_s}};
  usage_sample sample;
  sample.at = at;
  sample.has_cpu = cpu_cores.has_value();
  sample.cpu = float(cpu_cores.value_or(0) * 1000);
  killed_ = false;
  if (memory_bytes) {
    killed_ = memory_ > 0 && *memory_bytes > double(memory_);
    sample.memory = killed_ ? memory_ : int64_t(*memory_bytes);
  }
  state_.observe(sample);
  if (killed_) {
    oom_event kill;
    kill.at = at;
    kill.memory_limit = kill.memory_request = kill.memory_peak = memory_;
    state_.observe_oom(kill);
  }
  if (!warm(at_s))
    return false;
  auto old_cpu = cpu_, old_memory = memory_;
  decide(at);
  auto note = [&](resource_kind kind, int64_t before, int64_t now) {
    if (before > 0 && before != now)
      state_.note_change(kind, facts_.cost);
  };
  note(resource_kind::cpu, old_cpu, cpu_);
  note(resource_kind::memory, old_memory, memory_);
  return cpu_ != old_cpu || memory_ != old_memory;
}

void series_replay::decide(instant at) {
  auto& input = input_[0];
  input.state = &state_;
  auto known = [](int64_t value) { return value > 0 ? std::optional{value} : std::nullopt; };
  input.current.requests = {known(cpu_), known(memory_)};
  recommend(input_, policy_, facts_, at, out_, detail::requests);
  cpu_ = out_[0].target.requests.cpu.value_or(cpu_);
  memory_ = out_[0].target.requests.memory.value_or(memory_);
}

}  // namespace scaleops
