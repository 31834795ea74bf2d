// A snapshot in which the pods of review_builder.hpp have a grant and a recommendation.
#pragma once

#include "actors/admissions/snapshot_keeper.hpp"
#include "unit/support/build.hpp"

namespace scaleops::test {

inline constexpr instant t0{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};

inline recommendation shop_recommendation() {
  auto wish = recommend({"shop", "Deployment", "web"},
                        {want("app", res(200, "300Mi"), res(400, "600Mi"))}, t0, 7);
  wish.status.policy = "custom";
  return wish;
}

/// `filler` more workloads of other names stand beside.
inline snapshot_keeper shop(size_t filler = 0) {
  snapshot_keeper keeper;
  auto put = [&](scaleops::object value) {
    auto kind = kind_of(value);
    keeper.on_objects(
      {kind, {{watch_event::type::added, std::make_shared<const object>(std::move(value)), 1}}});
  };
  put(make_namespace("shop"));
  put(deployment("shop", "web", 3));
  put(replica_set("shop", "web-rs", "web", 3));
  put(make_node("node-1", 4000, "16Gi"));
  put(shop_recommendation());
  policy custom;
  custom.meta.ns = "scaleops-system";
  custom.meta.name = "custom";
  put(custom);
  for (size_t i = 0; i < filler; ++i) {
    auto name = "other-" + std::to_string(i);
    put(deployment("shop", name, 3));
    put(replica_set("shop", name + "-rs", name, 3));
    auto wish = shop_recommendation();
    wish.target.name = wish.status.workload.name = name;
    wish.meta.name = wish.target.object_name();
    put(wish);
  }
  for (auto kind : admissions_watched)
    keeper.on_synced({kind, t0});
  return keeper;
}

}  // namespace scaleops::test
