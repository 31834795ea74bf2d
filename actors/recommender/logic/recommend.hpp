// The recommender's decisions, all pure. This header is the whole API that the actors use:
//
//   container_state state;                        // one per workload × container, see
//   container_state.hpp state.observe(sample, pod_id);                // usage, pooled over pods
//   state.observe_oom(kill);
//   state.aim(question_of(policy, container, cost));  // when the policy is known or changes: keeps
//   answers at hand state.note_change(resource, cost);                // when our change took
//   effect: changes are rationed auto chosen = choose_policy(subject, policies, rules);      //
//   which policy and why auto recs = recommend(containers, *chosen.spec, facts, now);  // targets
//   with reasons std::string digest = input_digest(containers, *chosen.spec, facts, now);  // for
//   `scaleops explain`
//
// `recommend` costs about as much as reading one cached estimate unless a 5-minute slot has passed
// since.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/recommender/logic/container_state.hpp"
#include "messages/facts.hpp"
#include "messages/policy.hpp"
#include "messages/recommendation.hpp"

namespace scaleops {

/// One container as the decision sees it.
struct container_input {
  std::string name;
  std::string image;
  container_role role = container_role::main;
  container_resources current;             // in force now; from the template where no pod runs
  const container_state* state = nullptr;  // null: nothing learned yet
  instant changed_at{};  // when `current` was last changed by us; zero: never or unknown
};

/// What surrounds the workload. Everything is optional: what is not known does not bind.
struct sizing_facts {
  std::string owner_kind;
  int32_t replicas = 1;
  change_cost cost = change_cost::in_place;
  std::optional<limit_range> limits;  // the namespace's, merged
  /// What the namespace's quota still leaves for this workload, its present share included: for all
  /// replicas.
  resources quota_requests;
  /// Room of the largest node less its DaemonSets, for the sum of the pod's containers.
  resources node_room;
  std::vector<hpa_metric> hpa;  // metrics of the workload's HPA
  bool hpa_moves =
    false;  // its targets are changed together with the requests (else such resources keep still)
  bool operator==(const sizing_facts&) const = default;
};

/// What `recommend` will ask a container's state under this policy: for container_state::aim.
cpu_question question_of(const policy_spec& policy, std::string_view container, change_cost cost);

memory_question memory_question_of(const policy_spec& policy, std::string_view container);

/// Targets of all containers of a workload's pod. Pure: same arguments, same bits.
std::vector<container_recommendation> recommend(std::span<const container_input> containers,
                                                const policy_spec& policy,
                                                const sizing_facts& facts, instant now);

/// How much is told: the targets' requests alone (and `urgent`) cost a third of the whole with
/// limits, reasons, bounds and confidence. Where a limit stands, only the whole keeps the QoS
/// class.
enum class detail : uint8_t { full, requests };

/// The same into `out`, whose memory is used again.
void recommend(std::span<const container_input> containers, const policy_spec& policy,
               const sizing_facts& facts, instant now, std::vector<container_recommendation>& out,
               detail told = detail::full);

/// Hex SHA-256 over everything that `recommend` read.
std::string input_digest(std::span<const container_input> containers, const policy_spec& policy,
                         const sizing_facts& facts, instant now);

// ---- policies ----

/// Name → spec. Built-ins: production, high-availability, cost, batch, system, java, high-replica.
using policy_map = std::map<std::string, policy_spec, std::less<>>;
const policy_map& builtin_policies();

/// One wrong setting: "spec.cpu.percentile", "must be above 0 and at most 1, is 1.5".
struct field_error {
  std::string field;
  std::string problem;
  bool operator==(const field_error&) const = default;
};
std::vector<field_error> validate(const policy_spec& spec);
std::vector<field_error> validate(const policy_rule_spec& spec);

/// A class that the platform recognises by itself; its built-in policy applies where nobody chose
/// one.
enum class workload_class : uint8_t { ordinary, system, java, batch, high_replica };
std::string_view to_string(workload_class value);
workload_class detect_class(const workload_facts& facts);

struct named_rule {
  std::string name;
  policy_rule_spec spec;
};

/// Choices made by people, besides labels and annotations.
struct policy_wishes {
  std::string workload;    // Recommendation.spec.policy_override
  std::string namespace_;  // AutomatedNamespace.spec.policy
};

struct policy_choice {
  std::string name;                   // of the policy
  const policy_spec* spec = nullptr;  // never null: points into `policies` or the built-ins
  std::string why;  // "rule payments (priority 10)", "detected java", "default", ...
};

/// Order: force-policy (workload, then namespace) > override > rules > namespace grant >
/// default-rightsize-policy (workload, then namespace) > detected class > "production". A name that
/// does not exist is skipped, and said so.
policy_choice choose_policy(const workload_facts& facts, const policy_map& policies,
                            std::span<const named_rule> rules, const policy_wishes& wishes = {});

/// The first rule that covers the workload, by priority then name; null: none.
const named_rule* first_match(const workload_facts& facts, std::span<const named_rule> rules);
bool matches(const rule_selector& selector, const workload_facts& facts);
/// Shell pattern with * and ?.
bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace scaleops
