#include "runtime/kube/usage_source.hpp"

#include <utility>

#include <fmt/format.h>

#include "runtime/clock.hpp"
#include "runtime/kube/lister.hpp"

namespace scaleops::kube {

namespace {

using steady = std::chrono::steady_clock;

constexpr auto rates_fresh_for = std::chrono::seconds{10};
constexpr auto pods_fresh_for = std::chrono::minutes{1};

}  // namespace

struct usage_source::reading {
  std::string node;
  answer done;
  usage_table table;
};

void usage_source::read(const std::string& node, answer done) {
  if (!is_path_segment(node))
    return done(nullptr, {ec::invalid, "\"" + node + "\" is no node"});
  auto of = std::make_shared<reading>(reading{node, std::move(done), {}});
  need_pods([self = shared_from_this(), of] { self->read_kubelet(of); });
}

/// Whoever only measures, without watching pods, needs to know them nevertheless. Where they cannot
/// be had, nothing joins them, and the answer is empty.
void usage_source::need_pods(std::function<void()> then) {
  if (core_->pod_watches > 0)
    return then();  // they keep them
  if (pods_at_ != steady::time_point{} && steady::now() - pods_at_ < pods_fresh_for)
    return then();
  want_pods_.push_back(std::move(then));
  if (want_pods_.size() > 1)
    return;
  list_objects(core_, {object_kind::pod, {}, 0, {}},
               [self = shared_from_this()](const object_list&, const api_failure& failure) {
                 if (failure.code == ec::none)
                   self->pods_at_ = steady::now();
                 for (auto& each : std::exchange(self->want_pods_, {}))
                   each();
               });
}

void usage_source::read_kubelet(const std::shared_ptr<reading>& of) {
  auto call = core_->call("GET", fmt::format("/api/v1/nodes/{}/proxy/metrics/resource", of->node),
                          "get", "nodes/proxy");
  call.accept = "text/plain";
  call.priority = lane::bookkeeping;
  core_->way.call(std::move(call), [self = shared_from_this(), of](const api_answer& answer) {
    auto& core = *self->core_;
    if (!is_success(answer))
      return self->read_rates(of, failure_of(answer, "get nodes/proxy", core.who()));
    core.troubles.over("usage by the nodes' proxy");
    if (of->table.add_resource_metrics(answer.body, wall_now()) > 0)
      core.note_unreadable("nodes/proxy", "a line of a node's metrics is no sample");
    self->read_throttling(of);
  });
}

void usage_source::read_throttling(const std::shared_ptr<reading>& of) {
  if (!core_->config.throttling || no_throttling_)
    return finish(of);
  auto call = core_->call("GET", fmt::format("/api/v1/nodes/{}/proxy/metrics/cadvisor", of->node),
                          "get", "nodes/proxy");
  call.accept = "text/plain";
  call.priority = lane::bookkeeping;
  core_->way.call(std::move(call), [self = shared_from_this(), of](const api_answer& answer) {
    if (is_success(answer)) {
      of->table.add_cadvisor_metrics(answer.body);
    } else if (answer.status == 403 || answer.status == 404) {
      self->no_throttling_ = true;
      self->core_->troubles.note(
        "throttling",
        failure_of(answer, "get nodes/proxy (metrics/cadvisor)", self->core_->who()).text +
          "; CPU throttling is not seen");
    }
    self->finish(of);
  });
}

void usage_source::finish(const std::shared_ptr<reading>& of) {
  auto out = std::make_shared<node_metrics>();
  out->node = of->node;
  out->containers = of->table.join(core_->pods);
  of->done(std::move(out), {});
}

void usage_source::read_rates(const std::shared_ptr<reading>& of, api_failure because) {
  if (steady::now() - rates_at_ < rates_fresh_for)
    return answer_from_rates(of);
  want_rates_.push_back([this, of, because](const api_failure& failure) {
    if (failure.code == ec::none) {
      core_->troubles.note("usage by the nodes' proxy",
                           because.text + "; metrics.k8s.io serves instead");
      return answer_from_rates(of);
    }
    core_->note("usage by the nodes' proxy", because);
    of->done(nullptr, because);
  });
  if (want_rates_.size() > 1)
    return;
  auto call =
    core_->call("GET", "/apis/metrics.k8s.io/v1beta1/pods", "list", "pods.metrics.k8s.io");
  call.priority = lane::bookkeeping;
  core_->way.call(std::move(call), [self = shared_from_this()](const api_answer& answer) {
    api_failure failure;
    if (!is_success(answer))
      failure = failure_of(answer, "list pods.metrics.k8s.io", self->core_->who());
    else if (!self->rates_.add(answer.body))
      failure = {ec::server_error, "list pods.metrics.k8s.io: the answer is no list"};
    else
      self->rates_at_ = steady::now();
    for (auto& each : std::exchange(self->want_rates_, {}))
      each(failure);
  });
}

void usage_source::answer_from_rates(const std::shared_ptr<reading>& of) {
  auto out = std::make_shared<node_metrics>();
  out->node = of->node;
  out->containers = rates_.of_node(of->node, core_->pods);
  of->done(std::move(out), {});
}

}  // namespace scaleops::kube
