// The fields of our other kinds and of metadata: one description for reading and writing (A is
// reader or writer).
#pragma once

#include <array>
#include <limits>
#include <string_view>

#include "messages/crd/policy_fields.hpp"
#include "messages/objects.hpp"

namespace scaleops::crd {

inline constexpr std::array<std::string_view, 2> resource_names = {"cpu", "memory"};
inline constexpr std::array<std::string_view, 3> check_results = {"pass", "warn", "fail"};
inline constexpr number_range any_number = {std::numeric_limits<double>::lowest(),
                                            std::numeric_limits<double>::max(), false, ""};

/// The reasons' names, from their one list.
inline const auto reason_names = [] {
  std::array<std::string_view, size_t(reason_code::stale_input) + 1> names;
  for (size_t i = 0; i < names.size(); ++i)
    names[i] = to_string(reason_code(i));
  return names;
}();

template <class A>
void metadata_fields(A& a, typename A::template ref<metadata> m) {
  a.text("name", m.name, text_form::name);
  a.text("namespace", m.ns, text_form::optional_name);
  a.text("uid", m.uid);
  a.version("resourceVersion", m.resource_version);
  a.integer("generation", m.generation, {});
  a.time("creationTimestamp", m.created);
  if constexpr (A::writes) {
    if (m.deleted)
      a.time("deletionTimestamp", *m.deleted);
  } else {
    if (!a.absent("deletionTimestamp"))
      a.time("deletionTimestamp", m.deleted.emplace());
  }
  a.text_map("labels", m.labels);
  a.text_map("annotations", m.annotations);
  a.list("ownerReferences", m.owners, [](auto& b, auto& o) {
    b.text("kind", o.kind, text_form::required);
    b.text("name", o.name, text_form::required);
    b.text("uid", o.uid);
    b.boolean("controller", o.controller);
    b.skip({"apiVersion", "blockOwnerDeletion"});
  });
  // What the API server adds and we have no use for.
  a.skip({"managedFields", "finalizers", "selfLink", "generateName", "deletionGracePeriodSeconds"});
}

template <class A>
void resources_fields(A& a, typename A::template ref<resources> r) {
  a.cpu("cpu", r.cpu);
  a.memory("memory", r.memory);
}

template <class A>
void container_resources_fields(A& a, typename A::template ref<container_resources> r) {
  a.object("requests", [&](auto& b) { resources_fields(b, r.requests); });
  a.object("limits", [&](auto& b) { resources_fields(b, r.limits); });
}

template <class A>
void grant_fields(A& a, typename A::template ref<automation_grant> g) {
  a.text("grantedBy", g.granted_by, text_form::required);
  a.require("grantedAt");
  a.time("grantedAt", g.granted_at);
}

template <class A>
void container_recommendation_fields(A& a, typename A::template ref<container_recommendation> c) {
  a.text("name", c.name, text_form::label_name);
  a.object("current", [&](auto& b) { container_resources_fields(b, c.current); });
  a.object("target", [&](auto& b) { container_resources_fields(b, c.target); });
  a.object("lower", [&](auto& b) { resources_fields(b, c.lower); });
  a.object("upper", [&](auto& b) { resources_fields(b, c.upper); });
  a.number("confidence", c.confidence, {0, 1, false, ""});
  a.list("reasons", c.reasons, [](auto& b, auto& r) {
    b.require("resource");
    b.choice("resource", r.resource, resource_names);
    b.require("code");
    b.choice("code", r.code, reason_names);
    b.number("value", r.value, any_number);
    b.number("reference", r.reference, any_number);
  });
  a.boolean("urgent", c.urgent);
}

/// The workload lives in the object's own namespace and stands in the spec, so the status does not
/// repeat it.
template <class A>
void recommendation_fields(A& a, typename A::template ref<recommendation> r) {
  a.require("spec");
  a.object("spec", [&](auto& b) {
    b.require("target");
    b.object("target", [&](auto& c) {
      c.text("kind", r.target.kind, text_form::required);
      c.text("name", r.target.name, text_form::name);
      c.rule("self == oldSelf", "target cannot change: it is what the object is named after");
    });
    b.text("policy", r.policy_override, text_form::optional_name);
    b.boolean("excluded", r.excluded);
    b.optional_object("automation", r.automation, automation_grant{},
                      [](auto& c, auto& g) { grant_fields(c, g); });
  });
  a.object("status", [&](auto& b) {
    b.time("decidedAt", r.status.decided_at);
    b.text("policy", r.status.policy, text_form::optional_name);
    b.text("policyReason", r.status.policy_reason);
    b.version("revision", r.status.revision);
    b.text("inputDigest", r.status.input_digest, text_form::hex);
    b.integer("replicas", r.replicas, {0, std::numeric_limits<int32_t>::max()});
    b.number("coverage", r.coverage, {0, 1, false, ""});
    b.list("containers", r.status.containers,
           [](auto& c, auto& x) { container_recommendation_fields(c, x); });
    b.optional_object("lastAction", r.last, last_action{}, [](auto& c, auto& l) {
      c.text("action", l.action, text_form::required);
      c.text("detail", l.detail);
      c.time("at", l.at);
    });
  });
}

template <class A>
void automated_namespace_fields(A& a, typename A::template ref<automated_namespace> n) {
  a.require("spec");
  a.object("spec", [&](auto& b) {
    b.require("automation");
    b.object("automation", [&](auto& c) { grant_fields(c, n.grant); });
    b.text("policy", n.policy, text_form::optional_name);
  });
}

template <class A>
void custom_owner_grouping_fields(A& a, typename A::template ref<custom_owner_grouping> g) {
  a.require("spec");
  a.object("spec", [&](auto& b) {
    b.text("label", g.label);
    b.text("ownerKind", g.owner_kind);
    b.text("kind", g.kind, text_form::required);
    b.rule("(has(self.label) && self.label != '') != (has(self.ownerKind) && self.ownerKind != '')",
           "give either label or ownerKind");
    if (g.label.empty() == g.owner_kind.empty())
      b.refuse("label", "give either label or ownerKind");
  });
}

template <class A>
void checkpoint_fields(A& a, typename A::template ref<checkpoint> c) {
  a.object("spec", [&](auto& b) {
    b.time("written", c.written);
    b.blob("data", c.data);
  });
}

template <class A>
void health_report_fields(A& a, typename A::template ref<health_report> h) {
  a.object("status", [&](auto& b) {
    b.boolean("gateOpen", h.gate_open);
    b.time("at", h.at);
    b.list("checks", h.checks, [](auto& c, auto& x) {
      c.text("name", x.name, text_form::required);
      c.require("result");
      c.choice("result", x.result, check_results);
      c.text("detail", x.detail);
      c.time("at", x.at);
    });
  });
}

}  // namespace scaleops::crd
