// What the parts of the client share.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include "messages/entropy.hpp"
#include "runtime/kube/client.hpp"
#include "runtime/kube/codec/decode.hpp"
#include "runtime/kube/pod_index.hpp"
#include "runtime/kube/resources.hpp"
#include "runtime/kube/status.hpp"
#include "runtime/kube/transport.hpp"
#include "runtime/kube/trouble_log.hpp"

namespace scaleops::kube {

struct client_core {
  client_core(boost::asio::io_context& io, cluster_access access, client_config cfg,
              const std::shared_ptr<prometheus::Registry>& registry)
      : config{std::move(cfg)},
        way{io, std::move(access), config.transport, registry},
        dice{config.transport.seed},
        troubles{*registry},
        unreadable{prometheus::BuildCounter()
                     .Name("scaleops_kube_objects_unreadable_total")
                     .Help("Objects and events that were left out because they cannot be read")
                     .Register(*registry)} {}

  client_config config;
  transport way;
  entropy dice;
  resource_catalog catalog;
  std::shared_ptr<common_blocks> blocks = std::make_shared<common_blocks>();
  decoder decode{blocks};
  pod_index pods;
  size_t pod_watches = 0;  // open ones
  trouble_log troubles;
  prometheus::Family<prometheus::Counter>& unreadable;

  /// How long a watch is asked to last: streams that all ended together would all be opened
  /// together.
  uint32_t watch_seconds() {
    return uint32_t(double(config.watch_time.count()) / 1000 * dice.between(1.0, 2.0));
  }

  const std::string& who() const { return way.access().name; }

  api_call call(const char* method, std::string target, const char* verb,
                const std::string& resource) const {
    api_call out;
    out.method = method;
    out.target = std::move(target);
    out.verb = verb;
    out.resource = resource;
    out.timeout = config.request_timeout;
    return out;
  }

  /// Failures that a person must hear of; the others are their callers' business.
  void note(const std::string& what, const api_failure& failure) {
    switch (failure.code) {
      case ec::unauthorized:
      case ec::forbidden:
      case ec::unavailable:
      case ec::invalid:
      case ec::server_error:
        troubles.note(what, failure.text);
        break;
      default:
        break;
    }
  }

  void note_unreadable(const std::string& resource, const std::string& problem) {
    unreadable.Add({{"resource", resource}}).Increment();
    troubles.note("read " + resource, problem + "; it is left out");
  }
};

}  // namespace scaleops::kube
