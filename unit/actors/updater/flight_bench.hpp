// One flight on its own: given its order by a parent that writes down what it hears.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <catch2/catch.hpp>

#include "actors/updater/evictor.hpp"
#include "actors/updater/resizer.hpp"
#include "unit/support/build.hpp"
#include "unit/support/fake_kube.hpp"
#include "unit/support/world.hpp"

namespace scaleops::test {

using namespace std::chrono_literals;
using end = flight_ended::end;

struct heard {
  std::vector<flight_ended> ended;
  std::vector<int64_t> generations;
  flight_actor child;
};

/// Starts the child when it is told to, as the updater does.
using parent_actor = flight_sink_actor::extend<caf::reacts_to<caf::ok_atom>>;

struct flight_bench {
  world w;
  fake_kube kube{w};
  updater_config cfg;
  std::shared_ptr<heard> log = std::make_shared<heard>();
  pod_wish wish;

  flight_bench() {
    kube.put(pod(web("web-1")));
    wish.workload = {"shop", "Deployment", "web"};
    wish.target = object_cast<pod>(kube.data().objects.begin()->second);
    wish.containers = {{"app", {res(200, "600Mi"), res(400, "1200Mi")}}};
    wish.revision = 7;
    wish.policy = "production";
  }

  static pod_builder web(std::string name) {
    pod_builder b{"shop", std::move(name)};
    b.owned_by("ReplicaSet", "web-rs").container("app", res(500, "1Gi"), res(1000, "2Gi"));
    return b;
  }

  void launch(update_action action) {
    auto body = [this, action](parent_actor::pointer self) -> parent_actor::behavior_type {
      return {[this](const action_accepted& one) { log->generations.push_back(one.generation); },
              [this](const flight_ended& one) { log->ended.push_back(one); },
              [this, action, self](caf::ok_atom) {
                auto sink = caf::actor_cast<flight_sink_actor>(self);
                flight_order order{wish, {wish.target->meta.uid, "uid-shop-web-2"}};
                log->child = action == update_action::resize
                               ? spawn_resizer(self, cfg, kube.handle(), order, sink)
                               : spawn_evictor(self, cfg, kube.handle(), order, sink);
              }};
    };
    auto parent = w.own(w.sys().spawn(body));
    caf::anon_send(parent, caf::ok_atom_v);
    w.settle();
  }

  ~flight_bench() { log->child = nullptr; }

  std::shared_ptr<const pod> current() const {
    return kube.find<pod>({object_kind::pod, "shop", "web-1", {}});
  }

  /// The kubelet changes the pod, and the updater passes it on.
  template <class F>
  void kubelet(F change) {
    auto changed = *current();
    change(changed);
    kube.put(changed);
    moved(current());
  }
  void moved(std::shared_ptr<const pod> one, bool deleted = false) {
    caf::anon_send(log->child, pod_moved{std::move(one), deleted});
    w.settle();
  }

  const flight_ended& outcome() const {
    REQUIRE(log->ended.size() == 1);
    return log->ended[0];
  }
};

}  // namespace scaleops::test
