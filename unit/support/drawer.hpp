// Objects of our own kinds, drawn at random.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "messages/entropy.hpp"
#include "messages/objects.hpp"

namespace scaleops {

/// Draws objects; small ranges, so that edges come up.
class drawer {
public:
  explicit drawer(uint64_t seed) : dice_{seed} {}

  template <class T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[dice_.below(values.size())];
  }
  template <class Enum>
  Enum any(size_t count) {
    return Enum(dice_.below(count));
  }
  std::string name() { return one_of<std::string>({"a", "web-1", "x.y", "0"}); }
  std::string text() {
    return one_of<std::string>(
      {"", "plain", "true", "12", "a: b", "ümläut", "\"quoted\"", "line\nbreak", "~"});
  }
  std::string filled() { return "x" + text(); }
  milliseconds span(int64_t low, int64_t high) {
    return milliseconds{low + int64_t(dice_.below(uint64_t(high - low) + 1))};
  }
  instant at() { return dice_.chance(0.2) ? instant{} : instant{span(1, int64_t{4} << 40)}; }
  std::optional<int64_t> amount() {
    if (dice_.chance(0.3))
      return std::nullopt;
    return int64_t(dice_.below(uint64_t{1} << dice_.below(54)));
  }
  string_map map() {
    string_map out;
    for (auto n = dice_.below(3); n > 0; --n)
      out[filled()] = text();
    return out;
  }
  std::vector<std::string> words() {
    std::vector<std::string> out;
    for (auto n = dice_.below(3); n > 0; --n)
      out.push_back(filled());
    return out;
  }
  template <class Draw>
  auto list(Draw draw) {
    std::vector<decltype(draw())> out;
    for (auto n = dice_.below(4); n > 0; --n)
      out.push_back(draw());
    return out;
  }
  bool coin() { return dice_.chance(0.5); }

  metadata meta(bool namespaced) {
    metadata m;
    m.name = name();
    m.ns = namespaced ? name() : "";
    m.uid = text();
    m.resource_version = dice_.next() >> dice_.below(64);
    m.generation = int64_t(dice_.below(9));
    m.created = at();
    if (coin())
      m.deleted = instant{span(1, 1'000'000)};
    m.labels = map();
    m.annotations = map();
    m.owners = list([this] { return owner_reference{filled(), filled(), text(), coin()}; });
    return m;
  }
  resource_policy resource(bool bounded = true) {
    resource_policy r;
    r.window = span(3'600'000, 90LL * 86'400'000);
    r.percentile = 1 - dice_.unit();
    r.headroom = dice_.between(0, 10);
    r.headroom_absolute = amount().value_or(0);
    if (bounded) {
      r.min = amount();
      r.max = amount();
      if (r.min && r.max && *r.max < *r.min)
        std::swap(r.min, r.max);
    }
    r.limit = any<limit_strategy>(5);
    r.limit_multiple = dice_.between(1, 100);
    return r;
  }
  schedule_window window() {
    schedule_window w;
    w.days = uint8_t(1 + dice_.below(127));
    w.from = std::chrono::minutes{dice_.below(24 * 60 + 1)};
    w.until = std::chrono::minutes{dice_.below(24 * 60 + 1)};
    w.time_zone = one_of<std::string>({"UTC", "Europe/Berlin", "Etc/GMT+3"});
    return w;
  }
  policy_spec spec() {
    policy_spec p;
    p.description = text();
    p.cpu = resource();
    p.memory = resource();
    p.containers = list([this] {
      container_policy c{filled(), coin(), {}, {}};
      if (coin())
        c.cpu = resource();
      if (coin())
        c.memory = resource();
      return c;
    });
    p.aggressiveness = dice_.unit();
    p.increase = any<update_mode>(4);
    p.decrease = any<update_mode>(4);
    p.increase_windows = list([this] { return window(); });
    p.decrease_windows = list([this] { return window(); });
    p.minimum_history = span(0, 90LL * 86'400'000);
    p.oom_healing = coin();
    p.burst_healing = coin();
    p.season = coin();
    p.disturb_single_replica = coin();
    p.cool_down = span(0, 30LL * 86'400'000);
    return p;
  }
  label_selector selector() {
    label_selector s;
    s.match_labels = map();
    s.expressions = list([this] {
      label_requirement r{filled(), any<label_requirement::op>(4), {}};
      if (r.operation == label_requirement::op::in || r.operation == label_requirement::op::not_in)
        r.values = {text(), text()};
      return r;
    });
    return s;
  }
  container_resources both() { return {{amount(), amount()}, {amount(), amount()}}; }
  double number() {
    return one_of<double>(
      {0, -1.5, 1e-310, 1.7976931348623157e308, 0.1, dice_.unit(), 1e15 + dice_.unit()});
  }
  container_recommendation container() {
    container_recommendation c;
    c.name = one_of<std::string>({"app", "side-car"});
    c.current = both();
    c.target = both();
    c.lower = {amount(), amount()};
    c.upper = {amount(), amount()};
    c.confidence = dice_.unit();
    c.reasons = list([this] {
      return reason{any<resource_kind>(2), any<reason_code>(size_t(reason_code::stale_input) + 1),
                    number(), number()};
    });
    c.urgent = coin();
    return c;
  }
  automation_grant grant() { return {filled(), instant{span(1, int64_t{4} << 40)}}; }

  object draw(object_kind kind) {
    switch (kind) {
      case object_kind::policy:
        return policy{meta(true), spec()};
      case object_kind::policy_rule: {
        policy_rule r{meta(true), {}};
        r.spec.priority = int32_t(dice_.next());
        r.spec.selector = {words(), selector(), words(), words(), selector(), map(), words()};
        r.spec.policy = name();
        return r;
      }
      case object_kind::recommendation: {
        recommendation r;
        r.meta = meta(true);
        r.target = {r.meta.ns, filled(), name()};
        r.policy_override = coin() ? name() : "";
        r.excluded = coin();
        if (coin())
          r.automation = grant();
        r.status = {r.target,
                    at(),
                    coin() ? name() : "",
                    text(),
                    list([this] { return container(); }),
                    dice_.next() >> dice_.below(64),
                    coin() ? "0123abcdef" : ""};
        r.replicas = int32_t(dice_.below(1u << 31));
        r.coverage = dice_.unit();
        if (coin())
          r.last = last_action{filled(), text(), at()};
        return r;
      }
      case object_kind::automated_namespace:
        return automated_namespace{meta(false), grant(), coin() ? name() : ""};
      case object_kind::custom_owner_grouping: {
        bool by_label = coin();
        return custom_owner_grouping{meta(false), by_label ? filled() : "",
                                     by_label ? "" : filled(), filled()};
      }
      case object_kind::checkpoint: {
        checkpoint c{meta(true), at(), nullptr};
        if (coin())
          c.data = std::make_shared<const std::string>("\0\xff bytes" + text());
        return c;
      }
      default:
        return health_report{meta(true), coin(), list([this] {
                               return health_check{filled(), any<check_result>(3), text(), at()};
                             }),
                             at()};
    }
  }

private:
  entropy dice_;
};

}  // namespace scaleops
