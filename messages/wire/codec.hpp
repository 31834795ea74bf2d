// Messages between pods as bytes: a versioned Protobuf envelope (envelope.proto). Only codec.cpp
// sees the generated classes. What comes from a peer is checked before it becomes a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "messages/agent.hpp"
#include "messages/component.hpp"
#include "messages/recommender.hpp"
#include "messages/updater.hpp"

namespace scaleops::wire {

/// Version of the vocabulary that this program speaks.
constexpr uint32_t version = 1;

/// Larger envelopes are neither made nor read.
constexpr size_t most_bytes = 64 << 20;

/// Instead of an answer: what the asked component said of it.
struct failure {
  ec code = ec::server_error;
  std::string text;
};

/// All that goes between pods.
using body = std::variant<workload_seen, workload_gone, usage_batch, usage_ack, recommendation_made,
                          status_query, component_status, failure, recommendation_query,
                          evidence_query, recommendation_evidence, risk_query, workload_risk,
                          usage_shape_query, usage_shape, update_log_query, update_log>;

struct envelope {
  uint64_t id = 0;  // an answer carries its request's
  body what;
};

/// The bytes; absent when they would be more than `most_bytes`, or when a shared part is null.
std::optional<std::string> encode(const envelope& message);

struct decoded {
  std::optional<envelope> value;
  std::string problem;  // one line, for the log; empty when there is a value
};

/// Refuses what is malformed, of no version, out of range or of a vocabulary that is newer than
/// ours; never aborts.
decoded decode(std::string_view bytes);

}  // namespace scaleops::wire
