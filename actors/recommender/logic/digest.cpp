// One fingerprint over everything that a recommendation was made from.
#include <array>
#include <bit>

#include <fmt/format.h>
#include <openssl/sha.h>

#include "actors/recommender/logic/recommend.hpp"

namespace scaleops {

namespace {

/// Every value goes in with a fixed width or a length in front, so that no two inputs read alike.
class hasher {
public:
  void bytes(std::string_view text) {
    number(text.size());
    buffer_.append(text);
  }
  void number(uint64_t value) {
    buffer_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void real(double value) { number(std::bit_cast<uint64_t>(value)); }
  void maybe(const std::optional<int64_t>& value) {
    number(value.has_value());
    number(uint64_t(value.value_or(0)));
  }
  void add(const resources& r) {
    maybe(r.cpu);
    maybe(r.memory);
  }
  void add(const resource_policy& p) {
    number(uint64_t(p.window.count()));
    real(p.percentile);
    real(p.headroom);
    number(uint64_t(p.headroom_absolute));
    maybe(p.min);
    maybe(p.max);
    number(uint64_t(p.limit));
    real(p.limit_multiple);
  }
  std::string hex() {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> sum{};
    SHA256(reinterpret_cast<const unsigned char*>(buffer_.data()), buffer_.size(), sum.data());
    std::string out;
    for (auto byte : sum)
      out += fmt::format("{:02x}", byte);
    return out;
  }

private:
  std::string buffer_;
};

}  // namespace

std::string input_digest(std::span<const container_input> containers, const policy_spec& policy,
                         const sizing_facts& facts, instant now) {
  hasher h;
  h.number(uint64_t(now.time_since_epoch().count()));
  h.number(containers.size());
  for (auto& c : containers) {
    h.bytes(c.name);
    h.bytes(c.image);
    h.number(uint64_t(c.role));
    h.add(c.current.requests);
    h.add(c.current.limits);
    h.bytes(c.state ? c.state->save() : std::string{});
  }
  h.add(policy.cpu);
  h.add(policy.memory);
  h.number(policy.containers.size());
  for (auto& special : policy.containers) {
    h.bytes(special.name);
    h.number(special.off);
    h.number(special.cpu.has_value());
    h.add(special.cpu.value_or(resource_policy{}));
    h.number(special.memory.has_value());
    h.add(special.memory.value_or(resource_policy{}));
  }
  h.real(policy.aggressiveness);
  h.number(uint64_t(policy.minimum_history.count()));
  h.number(uint64_t(policy.oom_healing) | uint64_t(policy.burst_healing) << 1 |
           uint64_t(policy.season) << 2);
  h.bytes(facts.owner_kind);
  h.number(uint64_t(facts.replicas));
  h.number(uint64_t(facts.cost));
  h.number(facts.limits.has_value());
  if (facts.limits) {
    h.add(facts.limits->container_min);
    h.add(facts.limits->container_max);
    h.add(facts.limits->pod_min);
    h.add(facts.limits->pod_max);
  }
  h.add(facts.quota_requests);
  h.add(facts.node_room);
  h.number(facts.hpa.size());
  for (auto& metric : facts.hpa) {
    h.number(uint64_t(metric.resource));
    h.bytes(metric.container);
    h.maybe(metric.utilization);
    h.maybe(metric.average_value);
  }
  h.number(facts.hpa_moves);
  return h.hex();
}

}  // namespace scaleops
