// Usage of a node's containers on a real cluster: the kubelet's metrics through the API server's
// node proxy, or metrics.k8s.io where the proxy is not to be had.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "messages/kube.hpp"
#include "runtime/kube/client_core.hpp"
#include "runtime/kube/node_usage.hpp"

namespace scaleops::kube {

class usage_source : public std::enable_shared_from_this<usage_source> {
public:
  using answer = std::function<void(node_metrics_ptr, api_failure)>;

  explicit usage_source(std::shared_ptr<client_core> core) : core_{std::move(core)} {}

  void read(const std::string& node, answer done);

private:
  struct reading;

  void read_kubelet(const std::shared_ptr<reading>& of);
  void read_throttling(const std::shared_ptr<reading>& of);
  void read_rates(const std::shared_ptr<reading>& of, api_failure because);
  void answer_from_rates(const std::shared_ptr<reading>& of);
  void need_pods(const std::shared_ptr<reading>& of, std::function<void()> then);
  void finish(const std::shared_ptr<reading>& of);

  std::shared_ptr<client_core> core_;
  rate_counters rates_;
  std::chrono::steady_clock::time_point rates_at_{};  // of the last good PodMetricsList
  std::chrono::steady_clock::time_point pods_at_{};   // of the last own list of pods
  bool no_throttling_ = false;                        // cadvisor is not to be had
};

}  // namespace scaleops::kube
