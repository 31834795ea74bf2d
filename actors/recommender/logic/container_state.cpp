#include "actors/recommender/logic/container_state.hpp"

#include <algorithm>
#include <cmath>

#include "actors/recommender/logic/seconds.hpp"

namespace scaleops {

namespace {

/// FNV-1a, never 0.
uint64_t hash_of(std::string_view text) {
  uint64_t hash = 14695981039346656037ull;
  for (unsigned char c : text)
    hash = (hash ^ c) * 1099511628211ull;
  return hash == 0 ? 1 : hash;
}

/// Changes a day that are paid off, and the credit, by cost and resource.
struct ration {
  float a_day, credit;
};
constexpr ration rations[2][2] = {{{3.0f, 7}, {6.0f, 12}}, {{0.12f, 3}, {0.12f, 6}}};

constexpr uint32_t longest_step_s = 3600;  // a longer silence is a gap, not coverage

}  // namespace

void container_state::fetch() const {
  auto* at = reinterpret_cast<const char*>(this);
  for (size_t i = 0; i < sizeof(*this); i += 64)
    __builtin_prefetch(at + i, 1);
}

void container_state::observe(const usage_sample& sample, uint32_t) {
  uint32_t at = seconds_of(sample.at);
  if (at / 300 != last_s_ / 300)
    fetch();
  float throttled = std::min(sample.throttled, 1.0f);
  if (last_s_ == 0) {
    first_s_ = last_s_ = at;
  } else if (at > last_s_) {
    covered_s_ += std::min(at - last_s_, longest_step_s);
    last_s_ = at;
  }
  if (sample.has_cpu) {
    // A throttled sample is cut off: what was wanted lies above it, by twice at most.
    float cut = throttled > 0.05f ? std::max(0.5f, 1 - throttled) : 1;
    cpu_.add(at, sample.cpu / cut);
  }
  if (sample.memory >= 0)
    memory_.add(at, double(sample.memory));
  if (throttled >= 0)
    throttled_ += (throttled - throttled_) * 0.02f;
}

void container_state::observe_oom(const oom_event& kill) {
  memory_.add_kill(kill);
}

void container_state::start_revision(std::string_view revision, instant at) {
  uint64_t hash = hash_of(revision);
  if (hash == revision_)
    return;
  if (revision_ != 0) {
    cpu_.weaken();
    memory_.weaken();
  }
  revision_ = hash;
  revision_s_ = seconds_of(at);
}

void container_state::note_change(resource_kind resource, change_cost cost) {
  auto i = size_t(resource);
  debt_[i] = float(spent(resource, cost)) * rations[size_t(cost)][i].credit + 1;
  debt_s_[i] = covered_s_;
}

double container_state::spent(resource_kind resource, change_cost cost) const {
  auto i = size_t(resource);
  auto [a_day, credit] = rations[size_t(cost)][i];
  if (debt_[i] <= 0)
    return 0;
  double days = hours_since_change(resource) / 24;
  return std::clamp((debt_[i] - a_day * days) / credit, 0.0, 2.0);
}

double container_state::changes_a_day(resource_kind resource, change_cost cost) const {
  auto i = size_t(resource);
  if (debt_[i] <= 0)
    return 0;
  return debt_[i] / (debt_[i] / rations[size_t(cost)][i].a_day + hours_since_change(resource) / 24);
}

double container_state::hours_since_change(resource_kind resource) const {
  return double(covered_s_ - std::min(covered_s_, debt_s_[size_t(resource)])) / 3600;
}

void container_state::merge(const container_state& other) {
  if (other.last_s_ == 0) {
    memory_.merge(other.memory_);  // it may have been killed before it was ever measured
    return;
  }
  if (last_s_ == 0) {
    auto killed = memory_;
    *this = other;
    memory_.merge(killed);
    return;
  }
  cpu_.merge(other.cpu_);
  memory_.merge(other.memory_);
  covered_s_ = std::max(covered_s_, other.covered_s_);
  if (other.revision_s_ > revision_s_ ||
      (other.revision_s_ == revision_s_ && other.revision_ > revision_)) {
    revision_ = other.revision_;
    revision_s_ = other.revision_s_;
  }
  throttled_ = std::max(throttled_, other.throttled_);
  for (size_t i = 0; i < debt_.size(); ++i)
    if (other.debt_s_[i] > debt_s_[i] ||
        (other.debt_s_[i] == debt_s_[i] && other.debt_[i] > debt_[i])) {
      debt_[i] = other.debt_[i];
      debt_s_[i] = other.debt_s_[i];
    }
  first_s_ = std::min(first_s_, other.first_s_);
  last_s_ = std::max(last_s_, other.last_s_);
}

}  // namespace scaleops
