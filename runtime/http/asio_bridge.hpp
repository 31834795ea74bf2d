// CAF actors whose every handler runs on an io_context's thread, so that sockets and actors meet
// without locks. Works with CAF's own workers and with the test coordinator: the io_context's owner
// alternates poll() and actor steps.
#pragma once

#include <memory>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/execution_unit.hpp>
#include <caf/make_actor.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/send.hpp>

namespace scaleops {

/// A CAF execution unit that is one single-threaded io_context; its actors keep it alive.
class asio_unit final : public caf::execution_unit {
public:
  asio_unit(caf::actor_system& sys, boost::asio::io_context& ioc)
      : caf::execution_unit(&sys), ioc_(ioc) {}

  /// Jobs of this unit's own actors stay on its thread. Others, woken by a message from here,
  /// belong to the actor system's scheduler: the thread of the sockets must not do their work.
  void exec_later(caf::resumable* job) override;

private:
  void run_here(caf::resumable* job) {
    boost::asio::post(ioc_, [this, job] {
      switch (job->resume(this, 64)) {
        case caf::resumable::resume_later:
          run_here(job);
          break;
        case caf::resumable::done:
        case caf::resumable::awaiting_message:
          caf::intrusive_ptr_release(job);
          break;
        case caf::resumable::shutdown_execution_unit:
          break;
      }
    });
  }

  boost::asio::io_context& ioc_;
};

/// Event-based actor that always runs on the given unit; its behaviour is set by the edge that owns
/// it.
class asio_actor final : public caf::event_based_actor {
public:
  asio_actor(caf::actor_config& cfg, std::shared_ptr<asio_unit> unit, caf::behavior behavior)
      : caf::event_based_actor(cfg), unit_(std::move(unit)), behavior_(std::move(behavior)) {}

  const char* name() const override { return "asio-edge"; }

  using caf::event_based_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    caf::event_based_actor::enqueue(std::move(what), unit_.get());  // never a scheduler worker
  }

  caf::behavior make_behavior() override { return std::move(behavior_); }

private:
  std::shared_ptr<asio_unit> unit_;
  caf::behavior behavior_;
};

inline void asio_unit::exec_later(caf::resumable* job) {
  if (dynamic_cast<asio_actor*>(job))
    run_here(job);
  else
    system().scheduler().enqueue(job);
}

/// Owns one asio_actor. `self()` may be used from handlers on the io_context's thread only.
class asio_bridge {
public:
  asio_bridge(caf::actor_system& sys, boost::asio::io_context& ioc, caf::behavior behavior)
      : unit_(std::make_shared<asio_unit>(sys, ioc)) {
    caf::actor_config cfg{unit_.get()};
    handle_ = caf::make_actor<asio_actor, caf::actor>(sys.next_actor_id(), sys.node(), &sys, cfg,
                                                      unit_, std::move(behavior));
    self_ = static_cast<asio_actor*>(caf::actor_cast<caf::abstract_actor*>(handle_));
    self_->launch(unit_.get(), false, false);
    self_->context(unit_.get());
  }

  caf::event_based_actor& self() { return *self_; }
  const caf::actor& handle() const { return handle_; }

  /// The actor ends at the next poll(); poll once more before the actor system is destroyed.
  void stop() {
    if (!handle_)
      return;
    caf::anon_send_exit(handle_, caf::exit_reason::user_shutdown);
    handle_ = nullptr;
  }

private:
  std::shared_ptr<asio_unit> unit_;
  caf::actor handle_;
  asio_actor* self_ = nullptr;
};

}  // namespace scaleops
