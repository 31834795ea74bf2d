#include "actors/updater/measurer.hpp"

#include <utility>

#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace scaleops {

namespace {

constexpr milliseconds ask_again = std::chrono::seconds{60};  // a node that did not answer

struct measurer_state {
  static inline const char* name = "measurer";
  explicit measurer_state(measurer_actor::pointer self) : self{self} {}

  measurer_actor::pointer self;
  updater_config cfg;
  component_env env;
  measure_sink_actor sink;
  std::set<std::string> asked;
  std::map<std::string, instant> failed;

  void on_measure(const measure_nodes& wish) {
    for (auto& node : wish.nodes) {
      if (asked.size() >= cfg.most_measured)
        return;  // the rest is asked for again with the next round
      auto before = failed.find(node);
      bool rests = before != failed.end() && now() - before->second < ask_again;
      if (!rests && asked.insert(node).second)
        ask(node);
    }
  }

  void ask(const std::string& node) {
    self->request(env.kube, cfg.request_timeout, node_metrics_query{node})
      .then([this, node](node_metrics_ptr& answer) { on_answer(node, answer); },
            [this, node](caf::error&) { on_answer(node, nullptr); });
  }

  void on_answer(const std::string& node, const node_metrics_ptr& answer) {
    asked.erase(node);
    if (!answer) {
      failed[node] = now();
      self->send(sink, node_measured{node, false, {}});
      return;
    }
    failed.erase(node);
    node_measured measured{node, true, {}};
    for (auto& one : answer->containers) {
      if (!one.pod || one.working_set < 0)
        continue;
      auto& meta = meta_of(*one.pod);
      auto& usage = measured.usage[{meta.ns, meta.name}];
      usage.at = now();
      usage.working_set[one.container] = one.working_set;
    }
    self->send(sink, std::move(measured));
  }

  instant now() { return env.anchor.at(self->clock().now()); }
};

measurer_actor::behavior_type measurer(measurer_actor::stateful_pointer<measurer_state> self,
                                       updater_config cfg, component_env env,
                                       measure_sink_actor sink) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.env = std::move(env);
  st.sink = std::move(sink);
  return {[&st](const measure_nodes& wish) { st.on_measure(wish); }};
}

}  // namespace

measurer_actor spawn_measurer(caf::local_actor* parent, const updater_config& cfg,
                              const component_env& env, measure_sink_actor sink) {
  return parent->spawn<caf::linked>(measurer, cfg, env, std::move(sink));
}

}  // namespace scaleops
