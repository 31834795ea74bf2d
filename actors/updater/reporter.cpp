#include "actors/updater/reporter.hpp"

#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/common/logic/unheard.hpp"
#include "actors/updater/logic/token_bucket.hpp"

namespace scaleops {

namespace {

constexpr double events_per_minute = 120;
constexpr size_t most_writing = 8;  // statuses written at a time

using reporter_self = reporter_actor::extend<caf::reacts_to<caf::tick_atom>>;

struct reporter_state {
  static inline const char* name = "reporter";
  explicit reporter_state(reporter_self::pointer self) : self{self} {}

  reporter_self::pointer self;
  updater_config cfg;
  component_env env;
  token_bucket budget{events_per_minute, {}};
  uint64_t numbered = 0;
  std::vector<std::pair<object_ptr, uint32_t>> later;  // events to be sent again, how often tried
  std::map<workload_ref, last_action> unwritten;
  std::map<workload_ref, instant> written;  // within the last gap
  size_t writing = 0;
  prometheus::Counter* lost = nullptr;

  void on_report(report_update& report) {
    if (budget.take(now()))
      create_event(report);
    auto& record = report.record;
    std::string action = record.done ? std::string(to_string(record.action)) : "refuse";
    auto detail = record.done ? record.detail
                              : fmt::format("{} refused: {} ({})", to_string(record.action),
                                            to_string(record.why), record.detail);
    unwritten.insert_or_assign(record.workload,
                               last_action{std::move(action), std::move(detail), record.at});
    write_some();
  }

  void create_event(const report_update& report) {
    auto& record = report.record;
    event note;
    note.meta.ns = record.pod.ns;
    note.meta.name = fmt::format("{}.{:x}{:04x}", record.pod.name,
                                 record.at.time_since_epoch().count(), ++numbered & 0xffff);
    note.kind = "Pod";
    note.object_ns = record.pod.ns;
    note.object_name = record.pod.name;
    note.reason = report.reason;
    note.message = record.detail;
    note.component = "scaleops-updater";
    note.warning = report.warning;
    note.last_seen = record.at;
    send_event(std::make_shared<const object>(std::move(note)), 0);
  }

  /// Under one name, however often it is sent: an event whose answer was lost is there already.
  void send_event(const object_ptr& note, uint32_t tries) {
    self->request(env.kube, cfg.request_timeout, create_object{note})
      .then([](object_ptr&) {},
            [this, note, tries](caf::error& error) {
              if (code_of(error) == ec::already_exists && tries > 0)
                return;
              if (passes(error) && tries < cfg.retries)
                later.push_back({note, tries + 1});
              else
                lost->Increment();
            });
  }

  void on_tick() {
    self->delayed_send(self, cfg.last_action_gap, caf::tick_atom_v);
    std::erase_if(written,
                  [&](auto& entry) { return now() - entry.second >= cfg.last_action_gap; });
    write_some();
    for (auto& [note, tries] : std::exchange(later, {}))
      send_event(note, tries);
  }

  /// A busy workload's status is written once in a while, with the newest action.
  void write_some() {
    for (auto it = unwritten.begin(); it != unwritten.end() && writing < most_writing;) {
      if (written.contains(it->first)) {
        ++it;
        continue;
      }
      written.emplace(it->first, now());
      read_then_write(it->first, std::move(it->second));
      it = unwritten.erase(it);
    }
  }

  void read_then_write(const workload_ref& ref, last_action action) {
    ++writing;
    object_key key{object_kind::recommendation, ref.ns, ref.object_name(), {}};
    self->request(env.kube, cfg.request_timeout, get_query{key})
      .then([this, ref, action](object_ptr& found) { write(ref, action, found); },
            [this, ref, action](caf::error& error) { on_status_failed(ref, action, error); });
  }

  void write(const workload_ref& ref, const last_action& action, const object_ptr& found) {
    auto current = object_cast<recommendation>(found);
    if (!current) {
      --writing;
      return;
    }
    if (current->last == action) {  // written before; only the answer was lost
      --writing;
      return;
    }
    auto changed = *current;
    changed.last = action;
    self
      ->request(env.kube, cfg.request_timeout,
                update_object{std::make_shared<const object>(std::move(changed)), true})
      .then([this](object_ptr&) { --writing; },
            [this, ref, action](caf::error& error) { on_status_failed(ref, action, error); });
  }

  /// With the next round, unless there is a newer action or nothing to write to. A conflict: the
  /// recommender was faster.
  void on_status_failed(const workload_ref& ref, const last_action& action,
                        const caf::error& error) {
    --writing;
    if (code_of(error) == ec::conflict || passes(error))
      unwritten.emplace(ref, action);
    else if (code_of(error) != ec::not_found)
      lost->Increment();
  }

  static bool passes(const caf::error& error) {
    auto code = code_of(error);
    return code == ec::too_many_requests || may_be_done(code);
  }

  instant now() { return env.anchor.at(self->clock().now()); }
};

reporter_self::behavior_type reporter(reporter_self::stateful_pointer<reporter_state> self,
                                      updater_config cfg, component_env env) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.env = std::move(env);
  st.budget = token_bucket{events_per_minute, st.now()};
  st.lost = &prometheus::BuildCounter()
               .Name("scaleops_updater_reports_lost_total")
               .Help("Events and status writes that failed")
               .Register(*st.env.registry)
               .Add({});
  self->delayed_send(self, st.cfg.last_action_gap, caf::tick_atom_v);
  return {[&st](report_update& report) { st.on_report(report); },
          [&st](caf::tick_atom) { st.on_tick(); }};
}

}  // namespace

reporter_actor spawn_reporter(caf::local_actor* parent, const updater_config& cfg,
                              const component_env& env) {
  return parent->spawn<caf::linked>(reporter, cfg, env);
}

}  // namespace scaleops
