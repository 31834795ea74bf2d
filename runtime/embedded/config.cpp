#include "runtime/embedded/config.hpp"

namespace scaleops::embedded {

embedded_config hostile(embedded_config config, entropy& dice) {
  using namespace std::chrono_literals;
  auto sometimes = [&](auto& value, auto low, auto high) {
    auto which = dice.below(4);
    if (which == 0)
      value = low;
    else if (which == 1)
      value = high;
  };
  sometimes(config.history.events, size_t{16}, size_t{100'000});
  sometimes(config.history.age, milliseconds{20s}, milliseconds{1h});
  sometimes(config.history.page_ttl, milliseconds{1s}, milliseconds{1h});
  sometimes(config.pod_start, milliseconds{10ms}, milliseconds{60s});
  sometimes(config.resize_sync, milliseconds{10ms}, milliseconds{30s});
  sometimes(config.resize_actuation, milliseconds{10ms}, milliseconds{60s});
  sometimes(config.resize_retry, milliseconds{5s}, milliseconds{3min});
  sometimes(config.refuse_infeasible, false, true);
  sometimes(config.crash_backoff, milliseconds{1s}, milliseconds{60s});
  sometimes(config.node_lost_after, milliseconds{10s}, milliseconds{2min});
  sometimes(config.evict_after, milliseconds{1s}, milliseconds{30min});
  sometimes(config.webhook_timeout, milliseconds{100ms}, milliseconds{10s});
  sometimes(config.event_ttl, milliseconds{1min}, milliseconds{24h});
  return config;
}

}  // namespace scaleops::embedded
