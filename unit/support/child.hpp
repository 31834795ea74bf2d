// Child actors are spawned by a parent: here is one that does nothing else.
#pragma once

#include <functional>
#include <memory>

#include <caf/event_based_actor.hpp>

#include "unit/support/world.hpp"

namespace scaleops::test {

/// Spawns a child of an owner that does nothing else, and gives its handle.
template <class Handle>
Handle spawn_child(world& w, std::function<Handle(caf::local_actor*)> spawn) {
  auto out = std::make_shared<Handle>();
  w.own(w.sys().spawn([spawn, out](caf::event_based_actor* self) -> caf::behavior {
    *out = spawn(self);
    return {[](int) {}};
  }));
  w.settle();
  return *out;
}

}  // namespace scaleops::test
