#include "runtime/kube/usage_source.hpp"

#include <fmt/format.h>

#include "runtime/kube/lister.hpp"

namespace scaleops::kube {

namespace {

using steady = std::chrono::steady_clock;

constexpr auto rates_fresh_for = std::chrono::seconds{10};
constexpr auto pods_fresh_for = std::chrono::minutes{1};

instant wall_now() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

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
  need_pods(of, [self = shared_from_this(), of] { self->read_kubelet(of); });
}

/// Whoever only measures, without watching pods, needs to know them nevertheless.
void usage_source::need_pods(const std::shared_ptr<reading>& of, std::function<void()> then) {
  if (core_->pod_watches > 0)
    return then();  // they keep them
  if (pods_at_ != steady::time_point{} && steady::now() - pods_at_ < pods_fresh_for)
    return then();
  list_objects(core_, {object_kind::pod, {}, 0, {}},
               [self = shared_from_this(), of, then = std::move(then)](const object_list&,
                                                                       const api_failure& failure) {
                 if (failure.code != ec::none)
                   return of->done(nullptr, failure);
                 self->pods_at_ = steady::now();
                 then();
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
  auto call =
    core_->call("GET", "/apis/metrics.k8s.io/v1beta1/pods", "list", "pods.metrics.k8s.io");
  call.priority = lane::bookkeeping;
  core_->way.call(std::move(call), [self = shared_from_this(), of,
                                    because = std::move(because)](const api_answer& answer) {
    auto& core = *self->core_;
    if (is_success(answer) && self->rates_.add(answer.body)) {
      core.troubles.note("usage by the nodes' proxy",
                         because.text + "; metrics.k8s.io serves instead");
      self->rates_at_ = steady::now();
      return self->answer_from_rates(of);
    }
    core.note("usage by the nodes' proxy", because);
    of->done(nullptr, because);
  });
}

void usage_source::answer_from_rates(const std::shared_ptr<reading>& of) {
  auto out = std::make_shared<node_metrics>();
  out->node = of->node;
  out->containers = rates_.of_node(of->node, core_->pods);
  of->done(std::move(out), {});
}

}  // namespace scaleops::kube
