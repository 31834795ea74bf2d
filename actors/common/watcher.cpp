#include "actors/common/watcher.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <spdlog/spdlog.h>
#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "messages/entropy.hpp"

namespace scaleops {

namespace {

/// Time to try again; only the newest one counts.
struct retry_now {
  uint64_t attempt = 0;
};
/// Time to see whether the watch has been silent for too long.
struct idle_check {
  uint64_t attempt = 0;
};

}  // namespace

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::retry_now)
SCALEOPS_LOCAL_MESSAGE(scaleops::idle_check)

namespace scaleops {

namespace {

/// Objects of one kind in the order of their names. The names are read in the objects: a hundred
/// thousand pods cost no second copy of them.
struct by_name {
  static auto name_of(const object& value) {
    auto& meta = meta_of(value);
    auto* owner = std::get_if<workload>(&value);
    return std::tuple<std::string_view, std::string_view, std::string_view>{
      meta.ns, meta.name, owner ? std::string_view{owner->kind} : std::string_view{}};
  }
  bool operator()(const object_ptr& a, const object_ptr& b) const {
    return name_of(*a) < name_of(*b);
  }
};

using watcher_self =
  watch_sink_actor::extend<caf::reacts_to<retry_now>, caf::reacts_to<idle_check>>;

struct watcher_state {
  static inline const char* name = "watcher";
  explicit watcher_state(watcher_self::pointer self) : self{self} {}

  watcher_self::pointer self;
  watcher_config cfg;
  component_env env;
  objects_sink_actor sink;
  entropy random{1};
  std::set<object_ptr, by_name> known;   // what the sink has been told
  std::vector<object_ptr> listed;        // pages so far
  uint64_t version = 0;                  // where to resume; 0: list first
  uint64_t watch = 0;                    // open watch; 0: none
  uint64_t attempt = 0;                  // numbers each try; late answers of older ones are ignored
  uint32_t failures = 0;                 // in a row
  caf::actor_clock::time_point heard{};  // last sign of life
  prometheus::Counter* relists = nullptr;
  prometheus::Counter* breaks = nullptr;
  prometheus::Counter* dropped = nullptr;

  void start() {
    ++attempt;
    watch = 0;
    if (version == 0)
      list({});
    else
      open();
  }

  void list(std::string token) {
    if (token.empty()) {
      listed.clear();
      relists->Increment();
    }
    self
      ->request(env.kube, cfg.request_timeout, list_query{cfg.kind, {}, cfg.page, std::move(token)})
      .then([this, now = attempt](object_list& page) { on_page(now, page); },
            [this, now = attempt](caf::error& error) { on_failure(now, error); });
  }

  void on_page(uint64_t of, object_list& page) {
    if (of != attempt)
      return;
    std::move(page.items.begin(), page.items.end(), std::back_inserter(listed));
    if (!page.continue_token.empty())
      return list(std::move(page.continue_token));
    tell_difference();
    version = std::max<uint64_t>(page.resource_version, 1);
    tell_synced();
    open();
  }

  /// After a relist: what came, changed and went since the sink was last told.
  void tell_difference() {
    objects_changed news{cfg.kind, {}};
    for (auto& item : listed) {
      auto found = known.find(item);
      auto* before = found == known.end() ? nullptr : &meta_of(**found);
      if (before && before->resource_version == meta_of(*item).resource_version) {
        item = *found;  // the sink has this one: no second copy is kept
        continue;
      }
      bool fresh = !before || before->uid != meta_of(*item).uid;
      news.events.push_back({fresh ? watch_event::type::added : watch_event::type::modified, item,
                             meta_of(*item).resource_version});
    }
    std::set<object_ptr, by_name> present(listed.begin(), listed.end());
    for (auto& before : known)
      if (!present.contains(before))
        news.events.push_back(
          {watch_event::type::deleted, before, meta_of(*before).resource_version});
    known = std::move(present);
    listed.clear();
    if (!news.events.empty())
      self->send(sink, std::move(news));
  }

  void open() {
    self
      ->request(env.kube, cfg.request_timeout,
                open_watch{cfg.kind, version, caf::actor_cast<watch_sink_actor>(self)})
      .then(
        [this, now = attempt](watch_opened& opened) {
          if (now != attempt) {
            self->send(env.kube, close_watch{opened.watch});
            return;
          }
          watch = opened.watch;
          failures = 0;
          heard = self->clock().now();
          self->delayed_send(self, cfg.idle_timeout, idle_check{now});
        },
        [this, now = attempt](caf::error& error) { on_failure(now, error); });
  }

  void on_failure(uint64_t of, const caf::error& error) {
    if (of != attempt)
      return;
    lose(code_of(error));
  }

  /// The watch or an attempt at one is over: try again after a while, from a fresh list when the
  /// version is too old.
  void lose(ec reason) {
    if (reason == ec::gone)
      version = 0;
    breaks->Increment();
    watch = 0;
    ++attempt;
    self->send(sink, watch_lost{cfg.kind, reason});
    auto wait = std::min(cfg.retry_most, cfg.retry_first * (1u << std::min(failures, 10u)));
    ++failures;
    wait = std::chrono::floor<milliseconds>(wait * random.between(0.5, 1.0));
    self->delayed_send(self, wait, retry_now{attempt});
  }

  void on_events(watch_events& batch) {
    if (batch.watch != watch || watch == 0)
      return;  // of a watch that was given up
    heard = self->clock().now();
    objects_changed news{cfg.kind, {}};
    bool bookmark = false;
    for (auto& event : batch.events) {
      if (event.what == watch_event::type::bookmark) {
        bookmark = true;
        version = std::max(version, event.resource_version);
      } else if (event.object && remember(event)) {
        news.events.push_back(std::move(event));
      } else {
        dropped->Increment();
      }
    }
    if (!news.events.empty())
      self->send(sink, std::move(news));
    if (bookmark)
      tell_synced();
    self->send(env.kube, watch_ack{batch.watch});
  }

  /// False for an event that tells nothing new of its object. A watch of several kinds of workloads
  /// is not in step with itself, so only the object's own version says what is old; the event's
  /// says where to resume.
  bool remember(watch_event& event) {
    version = std::max(version, event.resource_version);
    auto found = known.find(event.object);
    auto told = meta_of(*event.object).resource_version;
    auto before = found == known.end() ? 0 : meta_of(**found).resource_version;
    if (event.what == watch_event::type::deleted) {
      if (found == known.end() || told < before)
        return false;
      known.erase(found);
      return true;
    }
    if (told <= before)
      return false;
    event.what = found == known.end() ? watch_event::type::added : watch_event::type::modified;
    if (found == known.end()) {
      known.insert(event.object);
    } else {
      auto node = known.extract(found);
      node.value() = event.object;
      known.insert(std::move(node));
    }
    return true;
  }

  void on_closed(const watch_closed& closed) {
    if (closed.watch == watch && watch != 0)
      lose(closed.reason);
  }

  void on_retry(const retry_now& retry) {
    if (retry.attempt == attempt && watch == 0)
      start();
  }

  void on_idle_check(const idle_check& check) {
    if (check.attempt != attempt)
      return;
    auto silent = self->clock().now() - heard;
    if (silent < cfg.idle_timeout) {
      self->delayed_send(self, cfg.idle_timeout - std::chrono::floor<milliseconds>(silent), check);
      return;
    }
    self->send(env.kube, close_watch{watch});
    lose(ec::timeout);
  }

  void tell_synced() {
    self->send(sink, watch_synced{cfg.kind, env.anchor.at(self->clock().now())});
  }

  void register_metrics() {
    auto counter = [&](const char* name, const char* help) {
      auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(*env.registry);
      return &family.Add({{"kind", std::string(to_string(cfg.kind))}});
    };
    relists = counter("scaleops_watch_lists_total", "Full lists begun by watchers");
    breaks =
      counter("scaleops_watch_breaks_total", "Watches and attempts that ended and were retried");
    dropped =
      counter("scaleops_watch_events_dropped_total", "Stale or repeated watch events dropped");
  }
};

watcher_self::behavior_type watcher(watcher_self::stateful_pointer<watcher_state> self,
                                    watcher_config cfg, component_env env,
                                    objects_sink_actor sink) {
  auto& st = self->state;
  st.cfg = cfg;
  st.env = std::move(env);
  st.sink = std::move(sink);
  st.random = entropy{st.env.seed ^ (0x9e37u + uint64_t(cfg.kind) * 0x85ebca6bu)};
  st.register_metrics();
  st.start();
  return {[&st](watch_events& batch) { st.on_events(batch); },
          [&st](const watch_closed& closed) { st.on_closed(closed); },
          [&st](const retry_now& retry) { st.on_retry(retry); },
          [&st](const idle_check& check) { st.on_idle_check(check); }};
}

}  // namespace

void spawn_watcher(caf::local_actor* parent, watcher_config cfg, const component_env& env,
                   objects_sink_actor sink) {
  parent->spawn<caf::linked>(watcher, cfg, env, std::move(sink));
}

}  // namespace scaleops
