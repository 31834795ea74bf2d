// scaleops agent, recommender, …: one component as a process of its own, as the chart runs it.
#include <cstdio>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "runtime/component/component_session.hpp"
#include "runtime/kube/kubeconfig.hpp"
#include "runtime/main/commands.hpp"
#include "runtime/main/refuse.hpp"

namespace scaleops {

namespace {

constexpr milliseconds patience = std::chrono::minutes{1};

/// In a pod: the pod's name.
std::string host_name() {
  char name[256] = "";
  if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0')
    return "unknown-host";
  return name;
}

}  // namespace

int run_component(const component_options& given) {
  auto options = given;
  if (options.identity.empty())
    options.identity = host_name();
  bool inside = options.kubeconfig.empty() && options.context.empty();
  auto loaded =
    inside ? kube::in_cluster_access() : kube::load_kubeconfig(options.kubeconfig, options.context);
  if (!loaded.access)
    return refuse(to_string(options.which), loaded.problem, 2);
  for (auto& warning : loaded.warnings)
    spdlog::warn("{}", warning);
  component_session session{options, *loaded.access};
  if (auto problem = session.connect(patience); !problem.empty())
    return refuse(to_string(options.which), problem, 1);
  if (auto problem = session.start(); !problem.empty())
    return refuse(to_string(options.which), problem, 2);
  spdlog::info("{} runs as {} beside Kubernetes {}: {}", to_string(options.which), options.identity,
               session.version(), session.addresses());
  session.run();
  spdlog::info("{} ends", to_string(options.which));
  return 0;
}

}  // namespace scaleops
