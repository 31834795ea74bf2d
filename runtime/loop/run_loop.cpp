#include "runtime/loop/run_loop.hpp"

#include <algorithm>
#include <ctime>
#include <thread>

#include <caf/logger.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/send.hpp>

namespace scaleops {

namespace {

using real_clock = std::chrono::steady_clock;

constexpr uint64_t steps_between_polls = 64;
constexpr auto poll_every = std::chrono::milliseconds{5};
constexpr auto longest_wait = std::chrono::milliseconds{50};

/// What this thread has used of a processor: other programs' load does not count.
std::chrono::nanoseconds cpu_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

caf::actor_system_config& prepare(caf::actor_system_config& cfg) {
  cfg.set("scheduler.policy", caf::atom("testing"));
  return cfg;
}

}  // namespace

run_loop::run_loop(run_loop_config cfg) : cfg_{cfg}, made_{real_clock::now()}, order_{cfg.seed} {
  if (cfg_.real_time)
    cfg_.speed = 1;
  system_ = std::make_unique<caf::actor_system>(prepare(system_config_));
  scheduler_ = &dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
  scheduler_->clock().current_time = origin;
  parts_.push_back({"other", {}, 0});
  wait = [](duration span) { std::this_thread::sleep_for(span); };
}

run_loop::~run_loop() {
  after_step = nullptr;
  for (auto& actor : owned_)
    caf::anon_send_exit(actor, caf::exit_reason::kill);
  owned_.clear();
  settle();
}

void run_loop::attribute(const std::string& name, const std::function<void()>& f) {
  auto found = std::find_if(parts_.begin(), parts_.end(),
                            [&](const part_usage& part) { return part.name == name; });
  if (found == parts_.end())
    found = parts_.insert(parts_.end(), part_usage{name, {}, 0});
  auto part = uint8_t(found - parts_.begin());
  claim_new_actors(0);
  enter(part);
  f();
  enter(0);
  claim_new_actors(part);
}

void run_loop::enter(uint8_t part) {
  if (cfg_.running)
    *cfg_.running = part;
}

void run_loop::claim_new_actors(uint8_t part) {
  auto last = system_->latest_actor_id();
  if (part_of_actor_.size() <= last)
    part_of_actor_.resize(last + 1, part);
}

bool run_loop::step() {
  auto& jobs = scheduler_->jobs;
  if (jobs.empty())
    return false;
  if (cfg_.shuffle && jobs.size() > 1)
    std::swap(jobs.front(), jobs[order_.below(jobs.size())]);
  run_job();
  ++steps_;
  if (after_step)
    after_step();
  return true;
}

void run_loop::run_job() {
  // Not dynamic_cast: this is done for every message.
  auto* job = scheduler_->jobs.front();
  auto id = job->subtype() == caf::resumable::scheduled_actor
              ? static_cast<caf::scheduled_actor*>(job)->id()
              : caf::actor_id{0};
  digest_ = (digest_ ^ (id * 0x9e3779b97f4a7c15ULL + steps_)) * 0x100000001b3ULL;
  if (!cfg_.account) {
    scheduler_->run_once();
    return;
  }
  uint8_t part = id < part_of_actor_.size() ? part_of_actor_[id] : 0;
  enter(part);
  auto before = cpu_time();
  scheduler_->run_once();
  parts_[part].busy += cpu_time() - before;
  enter(0);
  ++parts_[part].messages;
  claim_new_actors(part);
}

void run_loop::maybe_poll() {
  if (!poll || steps_ - polled_at_step_ < steps_between_polls)
    return;
  polled_at_step_ = steps_;
  auto now = real_clock::now();
  if (now - polled_ < poll_every)
    return;
  polled_ = now;
  poll();
}

void run_loop::run_ready() {
  while (!stopped_ && step())
    maybe_poll();
}

void run_loop::settle() {
  while (step()) {
  }
}

bool run_loop::run_until(instant end) {
  stopped_ = false;
  auto& timers = scheduler_->clock().schedule();
  auto virtual_end = origin + (end - cfg_.begin);
  auto real_begin = cfg_.real_time ? made_ : real_clock::now();
  auto virtual_begin = cfg_.real_time ? origin : clock_now();
  while (!stopped_) {
    run_ready();
    if (stopped_)
      break;
    auto due = timers.empty() ? virtual_end : std::min(timers.begin()->first, virtual_end);
    if (cfg_.speed > 0) {
      auto real_now = real_clock::now();
      auto allowed =
        virtual_begin + std::chrono::duration_cast<duration>((real_now - real_begin) * cfg_.speed);
      if (allowed < due) {
        if (clock_now() < allowed)
          scheduler_->clock().current_time = allowed;
        if (poll)
          poll();
        if (!scheduler_->jobs.empty())
          continue;
        auto until = std::chrono::duration_cast<duration>((due - allowed) / cfg_.speed);
        wait(std::min<duration>(until, longest_wait));
        continue;
      }
      // A machine that cannot keep the pace runs late instead of piling up a debt.
      if (!cfg_.real_time && allowed - due > std::chrono::duration_cast<duration>(
                                               std::chrono::seconds{1} * cfg_.speed)) {
        real_begin = real_now;
        virtual_begin = due;
      }
    }
    maybe_poll();
    if (timers.empty() || timers.begin()->first > virtual_end)
      break;
    // CAF's own log is off, but it would note the actor's id twice a message: a spawn turns it on.
    caf::logger::set_current_actor_system(nullptr);
    scheduler_->trigger_timeout();
  }
  if (!stopped_)
    scheduler_->clock().current_time = std::max(clock_now(), virtual_end);
  return !stopped_;
}

void run_loop::jump(milliseconds span) {
  scheduler_->clock().current_time += span;
}

}  // namespace scaleops
