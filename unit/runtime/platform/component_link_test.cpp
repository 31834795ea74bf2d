#include "runtime/platform/component_link.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <catch2/catch.hpp>

#include "messages/component.hpp"
#include "unit/support/world.hpp"

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

component_actor::behavior_type answer(component_actor::pointer, uint64_t number) {
  return {[number](status_query) {
    component_status status;
    status.done = number;
    return status;
  }};
}

}  // namespace

TEST_CASE("a link reaches whoever stands behind it now, and fails at once when nobody does") {
  test::world w;
  component_link to{w.sys()};
  auto address = caf::actor_cast<component_actor>(to.address());
  auto nobody = w.ask<component_status>(address, status_query{});
  REQUIRE_FALSE(nobody);
  CHECK(code_of(nobody.error()) == ec::unavailable);

  auto first = w.own(w.sys().spawn(answer, 1));
  to.connect(caf::actor_cast<caf::strong_actor_ptr>(first));
  CHECK(w.ask<component_status>(address, status_query{})->done == 1);

  auto second = w.own(w.sys().spawn(answer, 2));
  to.connect(caf::actor_cast<caf::strong_actor_ptr>(second));
  CHECK(w.ask<component_status>(address, status_query{})->done == 2);
  to.disconnect();
}

TEST_CASE("weather delays or loses what passes") {
  test::world w;
  component_link to{w.sys()};
  auto address = caf::actor_cast<component_actor>(to.address());
  auto target = w.own(w.sys().spawn(answer, 1));
  to.connect(caf::actor_cast<caf::strong_actor_ptr>(target));

  to.set_weather([] { return std::optional<milliseconds>{3s}; });
  auto begin = w.now();
  CHECK(w.ask<component_status>(address, status_query{})->done == 1);
  CHECK(w.now() - begin >= 3s);

  to.set_weather([] { return std::optional<milliseconds>{}; });
  auto lost = w.ask<component_status>(address, status_query{});
  REQUIRE_FALSE(lost);
  CHECK(code_of(lost.error()) == ec::timeout);
  to.disconnect();
}
