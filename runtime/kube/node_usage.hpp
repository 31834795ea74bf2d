// Usage of a node's containers, from the kubelet's metrics or from metrics.k8s.io. Pure: texts in,
// values out.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "messages/kube.hpp"
#include "runtime/kube/pod_index.hpp"

namespace scaleops::kube {

/// Counters of one container as they are gathered from several texts.
struct usage_row {
  instant at{}, started{};
  double cpu_seconds = -1;  // -1: not told
  int64_t working_set = -1;
  uint64_t periods = 0, throttled = 0;
};

class usage_table {
public:
  using key = std::tuple<std::string, std::string, std::string>;  // namespace, pod, container

  /// /metrics/resource. `now` stands for samples without a time of their own. Gives the number of
  /// lines that could not be read.
  size_t add_resource_metrics(std::string_view text, instant now);
  /// /metrics/cadvisor: throttling of containers that are known by now.
  size_t add_cadvisor_metrics(std::string_view text);

  /// Joined with the pods; rows of unknown pods and without CPU or memory are left out.
  std::vector<container_metrics> join(const pod_index& pods) const;
  size_t size() const { return rows_.size(); }

private:
  std::map<key, usage_row, std::less<>> rows_;
};

/// metrics.k8s.io tells rates over a window, not counters: they are summed up here, so that they
/// read like the kubelet's.
class rate_counters {
public:
  /// A PodMetricsList. False when it is none.
  bool add(std::string_view text);
  /// What is known of a node's pods.
  std::vector<container_metrics> of_node(const std::string& node, const pod_index& pods) const;

private:
  struct counter {
    instant at{};
    double cpu_seconds = 0;
    int64_t working_set = -1;
  };
  std::map<usage_table::key, counter> counters_;
};

}  // namespace scaleops::kube
