// The root actor's state, in three parts: following the cluster and the platform (dashboards.cpp),
// answering calls (answering.cpp), sessions and changes by people (changing.cpp).
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/dashboards/change_writer.hpp"
#include "actors/dashboards/dashboards.hpp"
#include "actors/dashboards/logic/rendering.hpp"
#include "actors/dashboards/logic/routing.hpp"
#include "actors/dashboards/sign_in.hpp"
#include "actors/dashboards/usage_reader.hpp"
#include "messages/watch.hpp"

namespace prometheus {
class Counter;
class Gauge;
}  // namespace prometheus

namespace scaleops::dashboards {

using namespace logic;

// Its own ticks: sample (usage), poll (updater), status (components).
using root_actor = dashboards_actor::extend_with<objects_sink_actor>::extend<
  caf::reacts_to<caf::tick_atom>, caf::reacts_to<caf::update_atom>, caf::reacts_to<caf::ok_atom>>;

/// One API call under way.
struct call {
  api_request request;
  route_match match;
  caller who;
  caf::typed_response_promise<api_response> reply;
};
using call_ptr = std::shared_ptr<call>;

struct root_state {
  static inline const char* name = "dashboards";
  explicit root_state(root_actor::pointer self) : self{self} {}

  root_actor::pointer self;
  dashboards_config cfg;
  component_env env;
  dashboards_peers peers;
  inventory cluster;
  platform_state platform;
  std::unique_ptr<doorkeeper> door;
  usage_reader_actor reader;
  change_writer_actor writer;
  std::map<caf::actor_addr, live_sink_actor> sinks;
  uint64_t last_event = 0;
  uint64_t last_action = 0;  // of the updater's log
  uint64_t notes = 0;        // Events written
  uint64_t answered = 0;
  std::map<int, prometheus::Counter*> answers;  // by status class
  prometheus::Counter* rounds_done = nullptr;
  prometheus::Counter* readings_failed = nullptr;
  prometheus::Counter* changes_done = nullptr;
  prometheus::Counter* changes_failed = nullptr;
  prometheus::Gauge* workload_gauge = nullptr;
  prometheus::Gauge* saving_gauge = nullptr;
  prometheus::Gauge* realised_gauge = nullptr;

  instant now() const { return env.anchor.at(self->clock().now()); }

  void start();

  // ---- following the cluster ----

  void on_objects(objects_changed& news);

  void tell(const inventory_news& news);

  void on_synced(const watch_synced& sync);

  void on_lost(const watch_lost& lost);

  // ---- measuring ----

  void on_sample_tick();

  void on_round(const usage_round& round);

  // ---- following the other components ----

  void on_poll_tick();

  void on_update_log(const update_log& log);

  void on_status_tick();

  std::map<size_t, std::string> asked;  // names of the peers by index, once they have answered

  void note_status(const component_status& told);

  component_status status() const;

  // ---- live ----

  void on_subscribe(const subscribe_live& wish);

  void publish(std::string type, std::string data);

  // ---- answering ----

  caf::result<api_response> on_request(api_request& request);

  void refuse_route(const call_ptr& what);

  void authenticate(const call_ptr& what);

  /// Asks the cluster whose token this is, then goes on with `next`.
  void review(const call_ptr& what, std::string token, void (root_state::*next)(const call_ptr&));

  void authorise(const call_ptr& what);

  rights rights_of(const call& what) const;

  template <class View>
  std::string with_context(const rights* caller, View view) const {
    rights all{access_rules{{}, role::admin, role::admin}, nullptr};
    view_context in{cluster, platform, cfg.prices, caller ? *caller : all, now()};
    return view(in);
  }

  void dispatch(const call_ptr& what);

  void answer_workload(const call_ptr& what, const rights& caller, query_reader& query);

  /// The row that the path names, if the caller may see it; else the refusal is sent and null
  /// given.
  const workload_row* row_of(const call_ptr& what, const rights& caller, query_reader& query);

  void answer_recommendation(const call_ptr& what, const rights& caller, query_reader& query);

  void answer_evidence(const call_ptr& what, const rights& caller, query_reader& query);

  void answer_series(const call_ptr& what, const rights& caller, query_reader& query);

  void answer_actions(const call_ptr& what, const rights& caller, query_reader& query);

  void answer_audit(const call_ptr& what, const rights& caller, query_reader& query);

  // ---- sessions ----

  void answer_session(const call_ptr& what, const rights& caller);

  std::string session_json(const caller& who, const rights& caller) const;

  void sign_in(const call_ptr& what);

  void open_session(const call_ptr& what);

  void sign_out(const call_ptr& what);

  // ---- changing ----

  void change(const call_ptr& what, const rights& caller, change_body form);

  std::vector<const workload_row*> with_rows(const rights& caller,
                                             const workload_query& filter) const;

  void on_changed(const call_ptr& what, const change_wish& wish, const changes_written& written);

  /// The change is told in the cluster too: one Event a workload, or one for all when there are
  /// many.
  void write_event(const call& what, const change_wish& wish, const changes_written& written,
                   size_t changed);

  void set_pause(const call_ptr& what, bool paused);

  void note(const call& what, std::string_view action, std::string target, std::string before,
            std::string after, std::string why, std::string failure);

  // ---- replies ----

  void ok(const call_ptr& what, std::string json);

  /// An attachment of that name.
  void file(const call_ptr& what, std::string content_type, const std::string& name,
            std::shared_ptr<const std::string> body);

  void error(const call_ptr& what, int status, std::string_view code, const std::string& message);

  void invalid(const call_ptr& what, const input_error& wrong);

  void deliver(const call_ptr& what, api_response response);

  void register_metrics();
};

}  // namespace scaleops::dashboards
