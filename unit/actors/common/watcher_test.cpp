#include "actors/common/watcher.hpp"

#include <map>

#include <prometheus/registry.h>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <catch2/catch.hpp>

#include "unit/support/fake_kube.hpp"
#include "unit/support/world.hpp"

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

struct heard {
  std::map<std::string, uint64_t> cache;  // name to resource version, as the sink would keep it
  std::vector<std::string> log;
  int synced = 0;
  std::vector<ec> lost;
};

objects_sink_actor::behavior_type sink(objects_sink_actor::pointer self, component_env env,
                                       watcher_config cfg, std::shared_ptr<heard> into) {
  spawn_watcher(self, cfg, env, caf::actor_cast<objects_sink_actor>(self));
  return {[into](objects_changed& news) {
            for (auto& event : news.events) {
              auto& meta = meta_of(*event.object);
              if (event.what == watch_event::type::deleted)
                into->cache.erase(meta.name);
              else
                into->cache[meta.name] = meta.resource_version;
              into->log.push_back((event.what == watch_event::type::added      ? "+"
                                   : event.what == watch_event::type::modified ? "~"
                                                                               : "-") +
                                  meta.name);
            }
          },
          [into](const watch_synced&) { ++into->synced; },
          [into](const watch_lost& lost) { into->lost.push_back(lost.reason); }};
}

struct fixture {
  test::world w;
  test::fake_kube kube{w};
  std::shared_ptr<heard> got = std::make_shared<heard>();

  fixture() {
    put("a");
    put("b");
    component_env env{kube.handle(), w.anchor(), std::make_shared<prometheus::Registry>(), "test",
                      1};
    watcher_config cfg;
    cfg.kind = object_kind::node;
    w.own(w.sys().spawn(sink, env, cfg, got));
    w.run_for(1s);
  }
  void put(const std::string& name) {
    node value;
    value.meta.name = name;
    value.meta.uid = "uid-" + name;  // the same object when put again
    kube.put(std::move(value));
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "a watcher tells what is there, then every change") {
  CHECK(got->cache.size() == 2);
  CHECK(got->synced >= 1);
  put("c");
  put("a");
  kube.remove({object_kind::node, "", "b", ""});
  w.run_for(1s);
  CHECK(got->log == std::vector<std::string>{"+a", "+b", "+c", "~a", "-b"});
}

TEST_CASE_METHOD(fixture, "a lost watch is opened again and nothing is told twice") {
  kube.break_watches(object_kind::node, ec::unavailable);
  w.run_for(1min);
  put("c");
  w.run_for(1s);
  CHECK(got->lost == std::vector<ec>{ec::unavailable});
  CHECK(got->cache.size() == 3);
  CHECK(got->log == std::vector<std::string>{"+a", "+b", "+c"});
}

TEST_CASE_METHOD(fixture, "after 'gone' a relist tells the difference, deletions included") {
  kube.break_watches(object_kind::node, ec::gone);
  put("c");
  put("a");
  kube.remove({object_kind::node, "", "b", ""});
  w.run_for(1min);
  CHECK(got->lost == std::vector<ec>{ec::gone});
  std::vector<std::string> tail(got->log.begin() + 2, got->log.end());
  CHECK(tail == std::vector<std::string>{"~a", "+c", "-b"});
  put("d");
  w.run_for(1s);
  CHECK(got->cache.contains("d"));
}
