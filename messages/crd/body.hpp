// What stands beside metadata in each of our kinds (A is reader, writer or describer).
#pragma once

#include <array>

#include "messages/crd/object_fields.hpp"
#include "messages/crd/policy_fields.hpp"

namespace scaleops::crd {

inline constexpr std::array own_kinds = {object_kind::policy,
                                         object_kind::policy_rule,
                                         object_kind::recommendation,
                                         object_kind::automated_namespace,
                                         object_kind::custom_owner_grouping,
                                         object_kind::checkpoint,
                                         object_kind::health_report};

template <class A>
void body(A& a, typename A::template ref<policy> o) {
  a.require("spec");
  a.object("spec", [&](auto& b) { policy_fields(b, o.spec); });
}
template <class A>
void body(A& a, typename A::template ref<policy_rule> o) {
  a.require("spec");
  a.object("spec", [&](auto& b) { policy_rule_fields(b, o.spec); });
}
template <class A>
void body(A& a, typename A::template ref<recommendation> o) {
  a.rule("self.metadata.name == self.spec.target.kind.lowerAscii() + '-' + self.spec.target.name",
         "metadata.name is not <kind>-<name> of spec.target in lower case");
  recommendation_fields(a, o);
}
template <class A>
void body(A& a, typename A::template ref<automated_namespace> o) {
  a.rule("size(self.metadata.name) <= 63 && !self.metadata.name.contains('.')",
         "metadata.name is not the name of a namespace");
  automated_namespace_fields(a, o);
}
template <class A>
void body(A& a, typename A::template ref<custom_owner_grouping> o) {
  custom_owner_grouping_fields(a, o);
}
template <class A>
void body(A& a, typename A::template ref<checkpoint> o) {
  checkpoint_fields(a, o);
}
template <class A>
void body(A& a, typename A::template ref<health_report> o) {
  health_report_fields(a, o);
}

}  // namespace scaleops::crd
