// Evidence: everything that one recommendation was made from, to keep, hand out and judge again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/recommender/logic/recommend.hpp"

namespace scaleops {

/// One container as `recommend` saw it; its state is a copy from that moment.
struct container_evidence {
  std::string name;
  std::string image;
  container_role role = container_role::main;
  container_resources current;
  std::optional<container_state> state;  // absent: nothing learned
  instant changed_at{};
  bool operator==(const container_evidence&) const = default;
};

struct decision_evidence {
  workload_ref workload;
  instant decided_at{};
  std::string policy_name;
  std::string policy_reason;
  std::shared_ptr<const policy_spec> policy;  // never null once taken or loaded
  sizing_facts facts;
  std::vector<container_evidence> containers;
};

/// Copies what `recommend(containers, policy, facts, now)` reads.
std::vector<container_evidence> evidence_of(std::span<const container_input> containers);

/// The evidence as arguments of `recommend`; refers to it.
std::vector<container_input> inputs_of(const decision_evidence& evidence);

/// A decision made again from its evidence.
struct remade_decision {
  std::string input_digest;
  std::vector<container_recommendation> containers;
};
remade_decision remake(const decision_evidence& evidence);

/// Versioned Protobuf with a checksum (messages/wire/evidence.proto). Equal evidence gives equal
/// bytes.
std::string save_evidence(const decision_evidence& evidence);

/// Reads what any version up to this one saved. Refuses damaged, newer or oversized (4 MiB) data:
/// `why` is then one clause ("is damaged: its checksum does not match").
std::optional<decision_evidence> load_evidence(std::string_view bytes, std::string& why);

}  // namespace scaleops
