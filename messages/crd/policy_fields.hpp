// The fields of Policy and PolicyRule: one description for reading and writing (A is reader or
// writer).
#pragma once

#include <array>
#include <chrono>
#include <limits>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "messages/crd/range.hpp"
#include "messages/objects.hpp"

namespace scaleops::crd {

inline constexpr std::array<std::string_view, 5> limit_strategies = {
  "Keep", "KeepRatio", "EqualToRequest", "Multiple", "None"};
inline constexpr std::array<std::string_view, 4> update_modes = {"Never", "OnCreate", "InPlace",
                                                                 "Recreate"};
inline constexpr std::array<std::string_view, 7> week_days = {"Mon", "Tue", "Wed", "Thu",
                                                              "Fri", "Sat", "Sun"};
inline constexpr std::array<std::string_view, 4> operators = {"In", "NotIn", "Exists",
                                                              "DoesNotExist"};

/// A quantity of the given resource.
template <class A>
void amount(A& a, std::string_view name, resource_kind kind,
            typename A::template ref<std::optional<int64_t>> value) {
  if (kind == resource_kind::cpu)
    a.cpu(name, value);
  else
    a.memory(name, value);
}

/// The same for one that is always there. Written even when zero: a container's zero must not turn
/// into its policy's.
template <class A>
void amount(A& a, std::string_view name, resource_kind kind,
            typename A::template ref<int64_t> value) {
  std::optional<int64_t> held = value;
  amount<A>(a, name, kind, held);
  if constexpr (!A::writes)
    value = *held;
}

template <class A>
void resource_policy_fields(A& a, resource_kind kind, typename A::template ref<resource_policy> p) {
  using std::chrono::hours;
  a.duration("window", p.window, {hours{1}, hours{24 * 90}});
  a.number("percentile", p.percentile, {0, 1, true, "as a fraction: 0.95 is the 95th percentile"});
  a.number("headroom", p.headroom, {0, 10, false, "as a fraction: 0.1 adds 10 %"});
  amount<A>(a, "headroomAbsolute", kind, p.headroom_absolute);
  amount<A>(a, "min", kind, p.min);
  amount<A>(a, "max", kind, p.max);
  a.choice("limitStrategy", p.limit, limit_strategies);
  a.number("limitMultiple", p.limit_multiple, {1, 100, false, "times the request"});
  a.rule(
    "!has(self.min) || !has(self.max) || "
    "quantity(string(self.max)).compareTo(quantity(string(self.min))) >= 0",
    "max is below min");
  if (p.min && p.max && *p.max < *p.min)
    a.refuse("max", "is below min");
}

template <class A>
void window_fields(A& a, typename A::template ref<schedule_window> w) {
  a.choices("days", w.days, week_days);
  a.time_of_day("from", w.from);
  a.time_of_day("until", w.until);  // not after `from`: on the next day
  a.text("timeZone", w.time_zone, text_form::zone);
}

/// Settings that a container does not have of its own are its policy's; bounds are never inherited,
/// because they were chosen for other containers.
inline resource_policy unbounded(resource_policy p) {
  p.min = p.max = std::nullopt;
  return p;
}

template <class A>
void policy_fields(A& a, typename A::template ref<policy_spec> p) {
  using std::chrono::hours;
  a.text("description", p.description);
  a.object("cpu", [&](auto& b) { resource_policy_fields(b, resource_kind::cpu, p.cpu); });
  a.object("memory", [&](auto& b) { resource_policy_fields(b, resource_kind::memory, p.memory); });
  a.list("containers", p.containers, [&](auto& b, auto& c) {
    b.text("name", c.name, text_form::required);
    b.boolean("off", c.off);
    b.optional_object("cpu", c.cpu, unbounded(p.cpu),
                      [](auto& d, auto& r) { resource_policy_fields(d, resource_kind::cpu, r); });
    b.optional_object("memory", c.memory, unbounded(p.memory), [](auto& d, auto& r) {
      resource_policy_fields(d, resource_kind::memory, r);
    });
  });
  a.number("aggressiveness", p.aggressiveness, {0, 1, false, "0 is safest, 1 leanest"});
  a.choice("increaseMode", p.increase, update_modes);
  a.choice("decreaseMode", p.decrease, update_modes);
  a.list("increaseWindows", p.increase_windows, [](auto& b, auto& w) { window_fields(b, w); });
  a.list("decreaseWindows", p.decrease_windows, [](auto& b, auto& w) { window_fields(b, w); });
  a.duration("minimumHistory", p.minimum_history, {milliseconds{0}, hours{24 * 90}});
  a.boolean("oomHealing", p.oom_healing);
  a.boolean("burstHealing", p.burst_healing);
  a.boolean("season", p.season);
  a.boolean("disturbSingleReplica", p.disturb_single_replica);
  a.duration("coolDown", p.cool_down, {milliseconds{0}, hours{24 * 30}});
}

/// Whether a requirement's values fit its operator.
inline bool values_fit(const label_requirement& r) {
  using op = label_requirement::op;
  return (r.operation == op::in || r.operation == op::not_in) != r.values.empty();
}

template <class A>
void label_selector_fields(A& a, typename A::template ref<label_selector> s) {
  a.text_map("matchLabels", s.match_labels);
  a.list("matchExpressions", s.expressions, [](auto& b, auto& r) {
    b.text("key", r.key, text_form::required);
    b.require("operator");
    b.choice("operator", r.operation, operators);
    b.texts("values", r.values, text_form::any);
    b.rule("(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
           "In and NotIn need values, Exists and DoesNotExist take none");
    if (!values_fit(r))
      b.refuse("values", r.values.empty() ? "is empty: In and NotIn need values"
                                          : "is not empty: Exists and DoesNotExist take none");
  });
}

template <class A>
void policy_rule_fields(A& a, typename A::template ref<policy_rule_spec> r) {
  a.integer("priority", r.priority,
            {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()});
  a.object("selector", [&](auto& b) {
    b.texts("namespaces", r.selector.namespaces);
    b.object("namespaceLabels",
             [&](auto& c) { label_selector_fields(c, r.selector.namespace_labels); });
    b.texts("kinds", r.selector.kinds);
    b.texts("names", r.selector.names);
    b.object("labels", [&](auto& c) { label_selector_fields(c, r.selector.labels); });
    b.text_map("annotations", r.selector.annotations);
    b.texts("images", r.selector.images);
  });
  a.text("policy", r.policy, text_form::name);
}

}  // namespace scaleops::crd
