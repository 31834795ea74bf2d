// Nothing is ever asked for that no node, or not the pod's own node, has room for.
#include <algorithm>

#include <fmt/format.h>

#include "actors/common/logic/resources.hpp"
#include "integration/sim/judges/deeds.hpp"
#include "integration/sim/judges/judge.hpp"

namespace scaleops::sim {

namespace {

class room_judge final : public judge {
public:
  explicit room_judge(const court& in) : judge{"node_room", in} {}

  /// A resize, as it reaches the API server.
  void on_write(component, const kube_write& write) override {
    auto* wish = std::get_if<resize_pod>(&write);
    auto* target = wish ? in_.cluster.find_pod(wish->pod) : nullptr;
    if (!target || target->node.empty() || target->meta.uid != wish->uid)
      return;
    auto after = target->containers;
    for (auto& part : wish->containers)
      if (auto i = find_container(after, part.container))
        after[*i].resources = part.resources;
    compare(*target, pod_requests(target->containers), pod_requests(after), room_on(target->node),
            "its node has");
  }

  /// A new pod, as the webhook has made it.
  void on_pod(const pod_change& change) override {
    if (change.before || !change.after || is_canary(change.owner) ||
        stamps_of(*change.after).empty() || change.after->meta.owners.empty())
      return;
    auto& by = change.after->meta.owners.front();
    auto* owner = in_.cluster.find_workload({change.after->meta.ns, by.kind, by.name});
    if (owner)
      compare(*change.after, pod_requests(owner->containers),
              pod_requests(change.after->containers), largest_node(), "the largest node has");
  }

  /// What the kubelets have promised.
  void on_minute() override {
    std::map<std::string, amounts> promised;
    in_.cluster.each_pod([&](const pod& value) {
      if (value.node.empty() || value.phase != pod_phase::running)
        return;
      for (size_t i = 0; i < value.containers.size() && i < value.statuses.size(); ++i)
        if (value.containers[i].role != container_role::init)
          promised[value.node] += {value.statuses[i].allocated.cpu.value_or(0),
                                   value.statuses[i].allocated.memory.value_or(0)};
    });
    for (auto& [node, sum] : promised)
      for (auto kind : both_resources)
        if (sum[kind] > room_on(node)[kind])
          blame(fmt::format("node {} has promised {} of {}", node, format_amount(kind, sum[kind]),
                            to_string(kind)));
  }

private:
  amounts room_on(const std::string& name) const {
    auto found = in_.cluster.state().store.find(object_kind::node, {}, name);
    if (!found)
      return {};
    auto& room = found->as<node>().allocatable;
    return {room.cpu.value_or(0), room.memory.value_or(0)};
  }

  amounts largest_node() const {
    amounts most;
    in_.cluster.state().store.each(object_kind::node, {}, [&](embedded::handle e) {
      auto& room = e->as<node>().allocatable;
      most = {std::max(most.cpu, room.cpu.value_or(0)),
              std::max(most.memory, room.memory.value_or(0))};
    });
    return most;
  }

  void compare(const pod& value, const amounts& before, const amounts& after, const amounts& room,
               const char* whose) const {
    for (auto kind : both_resources)
      if (after[kind] > before[kind] && after[kind] > room[kind])
        blame(fmt::format("asked for {} of {} for {}, {} {}", format_amount(kind, after[kind]),
                          to_string(kind), name_of(value), whose, format_amount(kind, room[kind])));
  }
};

}  // namespace

std::unique_ptr<judge> make_room_judge(const court& in) {
  return std::make_unique<room_judge>(in);
}

}  // namespace scaleops::sim
