// A watcher of the client against a loopback server: what it hears, and the streams that it is told
// by.
#pragma once

#include <caf/typed_event_based_actor.hpp>

#include "unit/runtime/kube/fake_api.hpp"

namespace scaleops::test {

inline const std::string pods = "/api/v1/pods";

struct heard_events {
  std::vector<watch_event> events;
  size_t batches = 0;
  ec closed = ec::none;
  bool acknowledge = true;
};

inline watch_sink_actor::behavior_type listening(watch_sink_actor::pointer self,
                                                 std::shared_ptr<heard_events> into,
                                                 kube_actor kube) {
  return {[=](const watch_events& batch) {
            into->events.insert(into->events.end(), batch.events.begin(), batch.events.end());
            ++into->batches;
            if (into->acknowledge)
              self->send(kube, watch_ack{batch.watch});
          },
          [=](const watch_closed& closed) { into->closed = closed.reason; }};
}

struct watching : fake_api {
  std::shared_ptr<heard_events> got = std::make_shared<heard_events>();
  watch_sink_actor sink;
  uint64_t id = 0;

  ec open(object_kind kind, uint64_t version) {
    if (!client)
      start();
    if (!sink)
      sink = w.own(w.sys().spawn(listening, got, client->actor()));
    auto opened = ask<watch_opened>(open_watch{kind, version, sink});
    if (!opened)
      return code_of(opened.error());
    id = opened->watch;
    return ec::none;
  }
  ~watching() { sink = nullptr; }

  http_stream& stream(const std::string& path, size_t n = 0) {
    REQUIRE(turn_until([&] { return streams[path].size() > n; }));
    return *streams[path][n];
  }
  bool told(size_t events) {
    return turn_until([&] { return got->events.size() >= events; });
  }
};

}  // namespace scaleops::test
