#include "actors/recommender/checkpoint_slot.hpp"

#include <fmt/format.h>

#include "messages/wire/checkpoint_slot.pb.h"

namespace scaleops {

namespace {

constexpr uint32_t newest_version = 1;

}  // namespace

std::string encode_slot(const std::vector<saved_workload_ptr>& workloads) {
  wire::CheckpointSlot slot;
  slot.set_version(newest_version);
  for (auto& saved : workloads) {
    auto* out = slot.add_workloads();
    out->set_namespace_(saved->workload.ns);
    out->set_kind(saved->workload.kind);
    out->set_name(saved->workload.name);
    out->set_seen_ms(saved->seen.time_since_epoch().count());
    for (auto& [name, state] : saved->containers) {
      auto* container = out->add_containers();
      container->set_name(name);
      container->set_state(state);
    }
  }
  return slot.SerializeAsString();
}

std::optional<std::vector<saved_workload_ptr>> decode_slot(std::string_view bytes,
                                                           std::string& why) {
  wire::CheckpointSlot slot;
  if (!slot.ParseFromArray(bytes.data(), int(bytes.size()))) {
    why = "damaged: not a checkpoint slot";
    return std::nullopt;
  }
  if (slot.version() == 0 || slot.version() > newest_version) {
    why =
      fmt::format("version {} is unknown, up to {} can be read", slot.version(), newest_version);
    return std::nullopt;
  }
  std::vector<saved_workload_ptr> workloads;
  for (auto& in : slot.workloads()) {
    auto saved = std::make_shared<saved_workload>();
    saved->workload = {in.namespace_(), in.kind(), in.name()};
    saved->seen = instant{milliseconds{in.seen_ms()}};
    for (auto& container : in.containers())
      saved->containers.emplace_back(container.name(), container.state());
    workloads.push_back(std::move(saved));
  }
  return workloads;
}

uint32_t slot_of(const workload_ref& ref, uint32_t slots) {
  uint32_t hash = 2166136261u;
  auto mix = [&](std::string_view text) {
    for (unsigned char c : text)
      hash = (hash ^ c) * 16777619u;
    hash = (hash ^ 0xffu) * 16777619u;
  };
  mix(ref.ns);
  mix(ref.kind);
  mix(ref.name);
  return slots == 0 ? 0 : hash % slots;
}

}  // namespace scaleops
