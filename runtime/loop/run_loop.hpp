// The main loop of everything that runs on virtual time: one thread, one actor system, one message
// at a time. It serves `scaleops up` (paced by the real clock), headless runs and benchmarks (as
// fast as possible) and the simulation (the seed picks the order of the messages).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "messages/entropy.hpp"
#include "messages/time.hpp"

namespace scaleops {

struct run_loop_config {
  instant begin{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};  // a Monday, 00:00 UTC
  double speed = 0;      // virtual seconds a real second; 0: as fast as possible
  bool shuffle = false;  // let the seed pick the next message
  uint64_t seed = 1;
  bool account = false;        // measure the CPU time of each part
  uint8_t* running = nullptr;  // told which part runs, as an index into usage()
  /// Virtual time is the real time since the loop was made, speed 1. A loop that ran late catches
  /// up: its clock must agree with the rest of the world's.
  bool real_time = false;
};

class run_loop {
public:
  using time_point = caf::actor_clock::time_point;
  using duration = std::chrono::nanoseconds;

  explicit run_loop(run_loop_config cfg);
  /// Ends all owned actors and drains what is left.
  ~run_loop();
  run_loop(const run_loop&) = delete;
  run_loop& operator=(const run_loop&) = delete;

  caf::actor_system& system() { return *system_; }
  wall_anchor anchor() const { return {cfg_.begin, origin}; }
  instant now() { return anchor().at(clock_now()); }
  uint64_t steps() const { return steps_; }
  /// Changes with every message delivered and its receiver: equal histories, equal digests.
  uint64_t digest() const { return digest_; }

  /// The actor ends with the loop.
  template <class Handle>
  Handle own(Handle handle) {
    owned_.push_back(caf::actor_cast<caf::strong_actor_ptr>(handle));
    return handle;
  }

  /// Actors spawned by `f`, and all that they will spawn, count as part `name`.
  void attribute(const std::string& name, const std::function<void()>& f);

  /// Called after every message; a simulation checks its invariants here.
  std::function<void()> after_step;
  /// Called every few milliseconds of real time while running: I/O that shares the thread.
  std::function<void()> poll;
  /// Waits for I/O up to the given time; used when paced and idle. Default: sleeps.
  std::function<void(duration)> wait;

  /// Runs until virtual time reaches `end` or `stop` was called. False when stopped.
  bool run_until(instant end);
  bool run_for(milliseconds span) { return run_until(now() + span); }
  /// Runs what is ready now, without moving time.
  void settle();
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }

  /// A jump of the clock by which no timer is skipped but all become due late (a suspended
  /// machine).
  void jump(milliseconds span);

  struct part_usage {
    std::string name;
    duration busy{};  // CPU time of this thread
    uint64_t messages = 0;
  };
  const std::vector<part_usage>& usage() const { return parts_; }

private:
  static constexpr time_point origin{std::chrono::hours{24}};

  time_point clock_now() { return scheduler_->clock().current_time; }
  bool step();
  void run_job();
  void run_ready();
  void maybe_poll();
  void claim_new_actors(uint8_t part);
  void enter(uint8_t part);

  run_loop_config cfg_;
  std::chrono::steady_clock::time_point made_;
  caf::actor_system_config system_config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::scheduler::test_coordinator* scheduler_ = nullptr;
  entropy order_;
  uint64_t steps_ = 0;
  uint64_t digest_ = 0xcbf29ce484222325ULL;
  bool stopped_ = false;
  std::vector<caf::strong_actor_ptr> owned_;
  std::vector<part_usage> parts_;
  std::vector<uint8_t> part_of_actor_;  // by actor id
  uint64_t polled_at_step_ = 0;
  std::chrono::steady_clock::time_point polled_{};
};

}  // namespace scaleops
