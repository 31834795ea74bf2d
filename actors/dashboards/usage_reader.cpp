#include "actors/dashboards/usage_reader.hpp"

#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace scaleops::dashboards {

namespace {

struct usage_reader_state {
  static inline const char* name = "usage_reader";
  explicit usage_reader_state(usage_reader_actor::pointer self) : self{self} {}

  usage_reader_actor::pointer self;
  usage_reader_config cfg;
  kube_actor kube;
  std::vector<std::string> nodes;  // still to be asked, last first
  size_t under_way = 0;
  usage_round round;
  caf::typed_response_promise<usage_round> reply;

  caf::result<usage_round> on_read(read_usage& wish) {
    if (reply.pending())
      return fail(ec::conflict, "a round of readings is under way");
    nodes.assign(wish.nodes.rbegin(), wish.nodes.rend());
    round = {};
    round.readings.reserve(nodes.size());
    reply = self->make_response_promise<usage_round>();
    auto promise = reply;
    ask_more();
    return promise;
  }

  void ask_more() {
    while (under_way < cfg.at_once && !nodes.empty()) {
      node_metrics_query query{std::move(nodes.back())};
      nodes.pop_back();
      ++under_way;
      self->request(kube, cfg.request_timeout, std::move(query))
        .then([this](node_metrics_ptr& reading) { on_reading(std::move(reading)); },
              [this](caf::error&) { on_reading(nullptr); });
    }
    if (under_way == 0 && reply.pending())
      reply.deliver(std::move(round));
  }

  void on_reading(node_metrics_ptr reading) {
    --under_way;
    if (reading)
      round.readings.push_back(std::move(reading));
    else
      ++round.failed;
    ask_more();
  }
};

usage_reader_actor::behavior_type usage_reader(
  usage_reader_actor::stateful_pointer<usage_reader_state> self, usage_reader_config cfg,
  kube_actor kube) {
  auto& st = self->state;
  st.cfg = cfg;
  st.kube = std::move(kube);
  return {[&st](read_usage& wish) { return st.on_read(wish); }};
}

}  // namespace

usage_reader_actor spawn_usage_reader(caf::local_actor* parent, usage_reader_config cfg,
                                      kube_actor kube) {
  return parent->spawn<caf::linked>(usage_reader, cfg, std::move(kube));
}

}  // namespace scaleops::dashboards
