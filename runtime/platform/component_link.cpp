#include "runtime/platform/component_link.hpp"

#include <mutex>

#include <caf/actor_clock.hpp>
#include <caf/actor_config.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/sec.hpp>

namespace scaleops {

namespace {

/// Not scheduled: messages pass through in the sender's context.
class link_actor final : public caf::monitorable_actor {
public:
  explicit link_actor(caf::actor_config& cfg) : caf::monitorable_actor(cfg) {}

  const char* name() const override { return "link"; }

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) override {
    caf::strong_actor_ptr target;
    std::optional<milliseconds> delay = milliseconds{0};
    {
      std::lock_guard guard{lock_};
      target = target_;
      if (weather_)
        delay = weather_();
    }
    if (!target) {
      bounce(*what);
      return;
    }
    if (!delay)
      return;  // lost: the sender's time-out will tell
    if (delay->count() == 0) {
      target->enqueue(std::move(what), host);
      return;
    }
    auto& clock = home_system().clock();
    clock.schedule_message(clock.now() + *delay, std::move(target), std::move(what));
  }

  void connect(caf::strong_actor_ptr target) {
    std::lock_guard guard{lock_};
    target_ = std::move(target);
  }

  void set_weather(link_weather weather) {
    std::lock_guard guard{lock_};
    weather_ = std::move(weather);
  }

private:
  static void bounce(const caf::mailbox_element& what) {
    if (!what.mid.is_request())
      return;
    caf::detail::sync_request_bouncer reject{caf::make_error(caf::sec::request_receiver_down)};
    reject(what);
  }

  std::mutex lock_;
  caf::strong_actor_ptr target_;
  link_weather weather_;
};

link_actor& impl(const caf::actor& address) {
  return *static_cast<link_actor*>(caf::actor_cast<caf::abstract_actor*>(address));
}

}  // namespace

component_link::component_link(caf::actor_system& sys) {
  caf::actor_config cfg;
  address_ = caf::make_actor<link_actor, caf::actor>(sys.next_actor_id(), sys.node(), &sys, cfg);
}

component_link::~component_link() {
  impl(address_).connect(nullptr);
}

void component_link::connect(caf::strong_actor_ptr target) {
  impl(address_).connect(std::move(target));
}

void component_link::set_weather(link_weather weather) {
  impl(address_).set_weather(std::move(weather));
}

}  // namespace scaleops
