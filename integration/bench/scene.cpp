#include "integration/bench/scene.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/recommender/checkpoint_slot.hpp"
#include "integration/bench/accounting.hpp"
#include "messages/labels.hpp"
#include "runtime/up/session.hpp"

namespace scaleops::bench {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr uint64_t seed = 1;

/// What the recommender would have learned of a container whose usage is known: a sample every five
/// minutes.
std::string learned(const embedded::container_load& load, instant from, instant to, entropy& dice) {
  container_state state;
  for (auto at = from; at < to; at += minutes{5}) {
    auto point = load.curve->at(at);
    usage_sample sample;
    sample.at = at;
    sample.cpu = float(point.cpu * 1000 * dice.between(1 - load.noise, 1 + load.noise));
    sample.memory = int64_t(point.memory * dice.between(1 - load.noise, 1 + load.noise));
    state.observe(sample);
  }
  return state.save();
}

void add_history(embedded::cluster_spec& spec, instant begin, std::chrono::hours span) {
  entropy dice{seed};
  constexpr uint32_t slots = 64;
  std::vector<std::vector<saved_workload_ptr>> by_slot(slots);
  for (auto& workload : spec.workloads) {
    auto saved = std::make_shared<saved_workload>();
    saved->workload = {workload.object.meta.ns, workload.object.kind, workload.object.meta.name};
    saved->seen = begin;
    for (auto& load : workload.load->containers)
      saved->containers.emplace_back(load.container, learned(load, begin - span, begin, dice));
    by_slot[slot_of(saved->workload, slots)].push_back(std::move(saved));
  }
  for (uint32_t slot = 0; slot < slots; ++slot) {
    checkpoint object;
    object.meta.ns = labels::system_namespace;
    object.meta.name = fmt::format("slot-{:04}", slot);
    object.written = begin;
    object.data = std::make_shared<const std::string>(encode_slot(by_slot[slot]));
    spec.others.push_back(std::move(object));
  }
}

void grant_all(embedded::cluster_spec& spec, instant begin) {
  std::set<std::string> namespaces;
  for (auto& workload : spec.workloads)
    namespaces.insert(workload.object.meta.ns);
  for (auto& ns : namespaces) {
    automated_namespace granted;
    granted.meta.name = ns;
    granted.grant = {"bench", begin};
    spec.others.push_back(std::move(granted));
  }
}

/// Somebody has the overview open: live events, and the pages' own questions now and then.
using viewer_actor = live_sink_actor::extend<caf::reacts_to<caf::tick_atom>>;

struct viewer_state {
  static inline const char* name = "viewer";
  size_t events = 0;
};

viewer_actor::behavior_type viewer(viewer_actor::stateful_pointer<viewer_state> self,
                                   dashboards_actor dashboards, milliseconds every) {
  self->send(dashboards, subscribe_live{caf::actor_cast<live_sink_actor>(self), 0});
  self->delayed_send(self, every, caf::tick_atom_v);
  return {[=](const live_event&) { ++self->state.events; },
          [=](caf::tick_atom) {
            self->delayed_send(self, every, caf::tick_atom_v);
            for (auto path : {"/api/v1/overview", "/api/v1/workloads", "/api/v1/series"})
              self->request(dashboards, seconds{10}, api_request{"GET", path, {}, {}, {}, "bench"})
                .then([](const api_response&) {}, [](const caf::error&) {});
          }};
}

}  // namespace

scene::scene(const platform_size& size, const platform_load& load) : load_{load} {
  run_loop_config with;
  with.account = true;
  with.running = &running_part;
  loop_ = std::make_unique<run_loop>(with);
  loop_->attribute(cluster_part, [&] {
    auto spec = embedded::make_scale(seed, size.workloads, size.containers);
    grant_all(spec, with.begin);
    add_history(spec, with.begin, std::chrono::hours{load.history_hours});
    embedded::embedded_config config;
    config.start = with.begin;
    config.step = seconds{load.scrape_seconds};
    model_ = std::make_shared<embedded::cluster_model>(config, std::move(spec));
    cluster_ =
      loop_->own(embedded::spawn_embedded_cluster(loop_->system(), loop_->anchor(), model_));
  });
  auto config = embedded_platform_config(seed, seconds{load.scrape_seconds});
  config.dashboards.access.anonymous = dashboards::logic::role::viewer;
  config.dashboards.session_secret = std::string(32, 's');
  platform_ports ports;
  ports.anchor = loop_->anchor();
  ports.kube = [this](component) { return kube_actor{cluster_}; };
  ports.attribute = [this](component which, const std::function<void()>& make) {
    loop_->attribute(std::string(to_string(which)), make);
  };
  platform_ = std::make_unique<platform>(loop_->system(), std::move(config), std::move(ports));
  caf::anon_send(cluster_, embedded::connect_webhook{
                             platform_->handle<admissions_actor>(component::admissions)});
  platform_->start_all();
  if (load.viewer_seconds > 0)
    loop_->attribute(people_part, [&] {
      loop_->own(loop_->system().spawn(viewer,
                                       platform_->handle<dashboards_actor>(component::dashboards),
                                       milliseconds{seconds{load.viewer_seconds}}));
    });
}

scene::~scene() {
  platform_.reset();
  loop_->settle();
}

void scene::run_minute() {
  replace_pods();
  loop_->run_for(minutes{1});
}

/// Pods are deleted as a rollout or a lost node would; their controllers make new ones.
void scene::replace_pods() {
  std::vector<pod_ref> all;
  model_->each_pod([&](const pod& value) {
    if (!value.meta.deleted && !is_system_namespace(value.meta.ns))
      all.push_back({value.meta.ns, value.meta.name});
  });
  if (all.empty())
    return;
  for (auto wanted = size_t(double(all.size()) * load_.churn); wanted > 0; --wanted) {
    auto& one = all[dice_.below(all.size())];
    caf::anon_send(cluster_, delete_object{{object_kind::pod, one.ns, one.name, {}}, {}});
  }
}

uint8_t scene::part(std::string_view name) const {
  auto& parts = loop_->usage();
  auto found =
    std::find_if(parts.begin(), parts.end(), [&](auto& one) { return one.name == name; });
  return found == parts.end() ? uint8_t{0} : uint8_t(found - parts.begin());
}

}  // namespace scaleops::bench
