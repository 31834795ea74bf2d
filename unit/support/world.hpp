// A deterministic actor system for tests: one thread, virtual time, jobs run only when asked.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "messages/time.hpp"

namespace scaleops::test {

class world {
public:
  using time_point = caf::actor_clock::time_point;

  world() : cfg_{}, sys_{prepare(cfg_)} {
    sched().clock().current_time = time_point{std::chrono::hours{1}};
  }

  /// Ends every actor given to `own`, so that the system can be destroyed (a re-armed timer would
  /// hang it).
  ~world() {
    for (auto& actor : owned_)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    settle();
  }

  world(const world&) = delete;
  world& operator=(const world&) = delete;

  caf::actor_system& sys() { return sys_; }
  caf::scheduler::test_coordinator& sched() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(sys_.scheduler());
  }
  time_point now() { return sched().clock().current_time; }

  /// Monday 2026-01-05 00:00 UTC at the world's beginning.
  wall_anchor anchor() const {
    using namespace std::chrono;
    return {sys_days{2026y / January / 5}, time_point{hours{1}}};
  }
  instant wall() { return anchor().at(now()); }

  template <class Handle>
  Handle own(Handle handle) {
    owned_.push_back(caf::actor_cast<caf::strong_actor_ptr>(handle));
    return handle;
  }

  /// Runs all ready jobs.
  void settle() {
    while (sched().try_run_once()) {
    }
  }

  /// Steps from timer to timer, so that a ticker ticks as often as it should.
  void run_for(caf::timespan span) {
    auto end = now() + span;
    settle();
    auto& timers = sched().clock().schedule();
    while (!timers.empty() && timers.begin()->first <= end) {
      sched().trigger_timeout();
      settle();
    }
    sched().clock().current_time = std::max(now(), end);
  }

  /// Sends a request and gives its answer back, running the world as long as it takes, one minute
  /// at most.
  template <class Result, class Handle, class Message>
  caf::expected<Result> ask(const Handle& to, Message message) {
    caf::scoped_actor self{sys_};
    caf::expected<Result> result{caf::error{}};
    auto pending = self->request(to, caf::infinite, std::move(message));
    for (int i = 0; i < 60 && !self->has_next_message(); ++i)
      i == 0 ? settle() : run_for(std::chrono::seconds{1});
    if (!self->has_next_message())
      return caf::error{caf::sec::request_timeout};
    pending.receive([&](Result& value) { result = std::move(value); },
                    [&](caf::error& error) { result = std::move(error); });
    return result;
  }

private:
  static caf::actor_system_config& prepare(caf::actor_system_config& cfg) {
    cfg.set("scheduler.policy", caf::atom("testing"));
    return cfg;
  }

  caf::actor_system_config cfg_;
  caf::actor_system sys_;
  std::vector<caf::strong_actor_ptr> owned_;
};

}  // namespace scaleops::test
