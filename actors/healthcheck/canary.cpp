#include "actors/healthcheck/canary.hpp"

#include <fmt/format.h>
#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/healthcheck/logic/canary_plan.hpp"

namespace scaleops {

namespace {

using canary_self = canary_actor;
using promise_type = caf::typed_response_promise<canary_flown>;

struct canary_state {
  static inline const char* name = "canary";
  explicit canary_state(canary_self::pointer self) : self{self} {}

  canary_self::pointer self;
  healthcheck_config cfg;
  component_env env;
  uint64_t flights = 0;

  instant now() { return env.anchor.at(self->clock().now()); }

  caf::result<canary_flown> on_fly() {
    auto promise = self->make_response_promise<canary_flown>();
    write_recommendation(promise);
    return promise;
  }

  void write_recommendation(promise_type promise) {
    auto wanted = std::make_shared<const object>(canary_recommendation(now()));
    // Writing the whole object, then its status: with a status subresource one call writes one
    // part.
    self->request(env.kube, cfg.answer_timeout, update_object{wanted, true})
      .then([this, promise](object_ptr&) { create_pod(promise); },
            [this, promise, wanted](caf::error& error) {
              if (code_of(error) == ec::not_found)
                create_recommendation(promise, wanted);
              else
                give_up(promise, "its recommendation could not be written", error);
            });
  }

  void create_recommendation(promise_type promise, const object_ptr& wanted,
                             bool home_made = false) {
    self->request(env.kube, cfg.answer_timeout, create_object{wanted})
      .then([this, promise, wanted](object_ptr&) { write_status(promise, wanted); },
            [this, promise, wanted, home_made](caf::error& error) {
              if (code_of(error) == ec::not_found && !home_made)
                create_home(promise, wanted);
              else
                give_up(promise, "its recommendation could not be created", error);
            });
  }

  /// The chart brings the namespace; without the chart we make it ourselves.
  void create_home(promise_type promise, const object_ptr& wanted) {
    namespace_object home;
    home.meta.name = meta_of(*wanted).ns;
    self
      ->request(env.kube, cfg.answer_timeout,
                create_object{std::make_shared<const object>(std::move(home))})
      .then([this, promise, wanted](object_ptr&) { create_recommendation(promise, wanted, true); },
            [this, promise](caf::error& error) {
              give_up(promise, "its namespace could not be created", error);
            });
  }

  void write_status(promise_type promise, const object_ptr& wanted) {
    self->request(env.kube, cfg.answer_timeout, update_object{wanted, true})
      .then([this, promise](object_ptr&) { create_pod(promise); },
            [this, promise](caf::error& error) {
              give_up(promise, "its recommendation has no status", error);
            });
  }

  /// A name that is taken: of a predecessor, or of a request of ours whose answer was lost.
  void create_pod(promise_type promise, int more_names = 8) {
    auto wanted = canary_pod(fmt::format("{}-{}", env.seed % 100'000, ++flights));
    self
      ->request(env.kube, cfg.answer_timeout,
                create_object{std::make_shared<const object>(std::move(wanted))})
      .then([this, promise](object_ptr& created) { land(promise, object_cast<pod>(created)); },
            [this, promise, more_names](caf::error& error) {
              if (code_of(error) == ec::already_exists && more_names > 0)
                return create_pod(promise, more_names - 1);
              give_up(promise, "no pod could be created", error);
            });
  }

  void land(promise_type promise, const std::shared_ptr<const pod>& created) {
    if (!created)
      return give_up(promise, "the API server answered with something else than a pod", {});
    promise.deliver(canary_flown{judge_canary(*created, now())});
    self
      ->request(env.kube, cfg.answer_timeout,
                delete_object{{object_kind::pod, created->meta.ns, created->meta.name, {}},
                              created->meta.uid})
      .then([](write_done&) {},
            [](caf::error&) {});  // its own clean-up; the next flight has another name
  }

  void give_up(promise_type promise, const std::string& what, const caf::error& error) {
    health_check check{"webhook", check_result::fail, what, now()};
    if (error)
      check.detail += ": " + text_of(error);
    promise.deliver(canary_flown{std::move(check)});
  }
};

canary_self::behavior_type canary(canary_self::stateful_pointer<canary_state> self,
                                  healthcheck_config cfg, component_env env) {
  auto& st = self->state;
  st.cfg = cfg;
  st.env = std::move(env);
  return {[&st](fly_canary) { return st.on_fly(); }};
}

}  // namespace

canary_actor spawn_canary(caf::local_actor* parent, const healthcheck_config& cfg,
                          const component_env& env) {
  return parent->spawn<caf::linked>(canary, cfg, env);
}

}  // namespace scaleops
