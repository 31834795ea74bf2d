// The open watches of the client: whose they are, and how their news reach their watchers.
#pragma once

#include <map>
#include <memory>

#include <caf/event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "runtime/kube/client_core.hpp"
#include "runtime/kube/follower.hpp"
#include "runtime/kube/streamed_lists.hpp"

namespace scaleops::kube {

class watch_table : public std::enable_shared_from_this<watch_table> {
public:
  /// `self` is the client's actor, on whose thread everything here runs.
  watch_table(std::shared_ptr<client_core> core, std::shared_ptr<streamed_lists> lists,
              caf::event_based_actor& self);

  void open(caf::typed_response_promise<watch_opened> answer, const open_watch& wish);
  void acknowledge(uint64_t id);
  void close(uint64_t id);
  void stop();

private:
  struct entry {
    std::shared_ptr<follower> watch;
    watch_sink_actor sink;
    object_kind kind = object_kind::pod;
  };

  void on_opened(uint64_t id, caf::typed_response_promise<watch_opened> answer);
  void on_batch(uint64_t id, std::vector<watch_event> events);
  void on_over(uint64_t id, caf::typed_response_promise<watch_opened> answer,
               const api_failure& why);
  void on_down(const caf::actor_addr& who);
  bool forget(std::map<uint64_t, entry>::iterator which);

  std::shared_ptr<client_core> core_;
  std::shared_ptr<streamed_lists> lists_;
  caf::event_based_actor& self_;
  std::map<uint64_t, entry> entries_;
  uint64_t last_;
};

}  // namespace scaleops::kube
