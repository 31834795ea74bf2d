// The stage of the platform's bench: an embedded cluster of a given size whose namespaces are all
// granted, a recommender that has learned for days, people who look at the dashboard, and pods that
// come and go.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "integration/bench/platform_bench.hpp"
#include "runtime/embedded/cluster.hpp"
#include "runtime/loop/run_loop.hpp"
#include "runtime/platform/platform.hpp"

namespace scaleops::bench {

/// Parts of the run loop's account that are no component.
inline constexpr const char* cluster_part = "cluster";
inline constexpr const char* people_part = "people";

class scene {
public:
  scene(const platform_size& size, const platform_load& load);
  ~scene();
  scene(const scene&) = delete;
  scene& operator=(const scene&) = delete;

  /// One minute of the cluster's life.
  void run_minute();

  run_loop& loop() { return *loop_; }
  platform& components() { return *platform_; }
  embedded::cluster_model& model() { return *model_; }
  /// Index of a part in the run loop's account.
  uint8_t part(std::string_view name) const;

private:
  void replace_pods();

  platform_load load_;
  std::unique_ptr<run_loop> loop_;
  std::shared_ptr<embedded::cluster_model> model_;
  embedded::embedded_cluster_actor cluster_;
  std::unique_ptr<platform> platform_;
  entropy dice_{7};
};

}  // namespace scaleops::bench
