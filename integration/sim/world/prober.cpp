#include "integration/sim/world/prober.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

namespace scaleops::sim {

namespace {

struct prober_state {
  static inline const char* name = "prober";
  milliseconds every{}, patience{};
  probe_targets targets;
  std::function<void(component, bool)> told;
  size_t round = 0;

  void ask_all(caf::stateful_actor<prober_state>* self) {
    self->delayed_send(self, every, caf::tick_atom_v);
    for (auto& [who, component] : targets.components)
      self->request(component, patience, status_query{})
        .then([this, who = who](const component_status&) { told(who, true); },
              [this, who = who](const caf::error&) { told(who, false); });
    static const char* pages[] = {"/api/v1/overview", "/api/v1/workloads", "/api/v1/health",
                                  "/api/v1/actions", "/api/v1/no-such-page"};
    api_request page;
    page.method = "GET";
    page.path = pages[round++ % std::size(pages)];
    self->request(targets.dashboards, patience, std::move(page))
      .then([this](const api_response&) { told(component::dashboards, true); },
            [this](const caf::error&) { told(component::dashboards, false); });
  }
};

caf::behavior prober(caf::stateful_actor<prober_state>* self, milliseconds every,
                     milliseconds patience, probe_targets targets,
                     std::function<void(component, bool)> told) {
  auto& st = self->state;
  st.every = every;
  st.patience = patience;
  st.targets = std::move(targets);
  st.told = std::move(told);
  self->delayed_send(self, every, caf::tick_atom_v);
  return {[self](caf::tick_atom) { self->state.ask_all(self); }};
}

}  // namespace

caf::actor spawn_prober(caf::actor_system& sys, milliseconds every, milliseconds patience,
                        probe_targets targets, std::function<void(component, bool)> told) {
  return sys.spawn(prober, every, patience, std::move(targets), std::move(told));
}

}  // namespace scaleops::sim
