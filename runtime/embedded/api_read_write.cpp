// The API server's generic verbs: get, create, update, patch of metadata, delete.
#include <algorithm>

#include <fmt/format.h>

#include "runtime/embedded/parts.hpp"
#include "runtime/embedded/pod_rules.hpp"

namespace scaleops::embedded {

namespace {

api_error not_found(const object_key& key) {
  return {ec::not_found, fmt::format("{} {}/{} not found", to_string(key.kind), key.ns, key.name)};
}

bool cluster_scoped(object_kind kind) {
  switch (kind) {
    case object_kind::node:
    case object_kind::namespace_object:
    case object_kind::automated_namespace:
    case object_kind::custom_owner_grouping:
      return true;
    default:
      return false;
  }
}

/// Parts that only the status subresource writes.
void take_status(object& to, const object& from) {
  if (auto* x = std::get_if<recommendation>(&to)) {
    auto& y = std::get<recommendation>(from);
    x->status = y.status;
    x->replicas = y.replicas;
    x->coverage = y.coverage;
    x->last = y.last;
  } else if (auto* h = std::get_if<horizontal_pod_autoscaler>(&to)) {
    auto& y = std::get<horizontal_pod_autoscaler>(from);
    h->current_replicas = y.current_replicas;
    h->desired_replicas = y.desired_replicas;
  } else if (auto* b = std::get_if<pod_disruption_budget>(&to)) {
    auto& y = std::get<pod_disruption_budget>(from);
    b->disruptions_allowed = y.disruptions_allowed;
    b->current_healthy = y.current_healthy;
    b->desired_healthy = y.desired_healthy;
    b->expected_pods = y.expected_pods;
    b->observed_generation = y.observed_generation;
  }
}

void clear_status(object& value) {
  std::visit(
    [&](const auto& typed) { take_status(value, object{std::decay_t<decltype(typed)>{}}); },
    object{value});
}

bool has_status(object_kind kind) {
  return kind == object_kind::recommendation || kind == object_kind::horizontal_pod_autoscaler ||
         kind == object_kind::pod_disruption_budget;
}

/// Whether two objects of a kind wish the same: decides if the generation rises.
bool same_spec(const object& a, const object& b) {
  if (auto* x = std::get_if<policy>(&a))
    return x->spec == std::get<policy>(b).spec;
  if (auto* x = std::get_if<policy_rule>(&a))
    return x->spec == std::get<policy_rule>(b).spec;
  if (auto* x = std::get_if<recommendation>(&a)) {
    auto& y = std::get<recommendation>(b);
    return x->target == y.target && x->policy_override == y.policy_override &&
           x->excluded == y.excluded && x->automation == y.automation;
  }
  if (auto* x = std::get_if<automated_namespace>(&a)) {
    auto& y = std::get<automated_namespace>(b);
    return x->grant == y.grant && x->policy == y.policy;
  }
  if (auto* x = std::get_if<horizontal_pod_autoscaler>(&a)) {
    auto& y = std::get<horizontal_pod_autoscaler>(b);
    return x->target == y.target && x->min_replicas == y.min_replicas &&
           x->max_replicas == y.max_replicas && x->metrics == y.metrics &&
           x->external_metrics == y.external_metrics;
  }
  return false;
}

/// Whether an update would change nothing: then the server writes nothing and no watch hears of it.
bool same_content(const object& a, const object& b) {
  auto mine = meta_of(a), theirs = meta_of(b);
  mine.resource_version = theirs.resource_version = 0;
  if (mine != theirs)
    return false;
  if (auto* x = std::get_if<recommendation>(&a)) {
    auto& y = std::get<recommendation>(b);
    return same_spec(a, b) && x->status == y.status && x->replicas == y.replicas &&
           x->coverage == y.coverage && x->last == y.last;
  }
  if (auto* x = std::get_if<horizontal_pod_autoscaler>(&a)) {
    auto& y = std::get<horizontal_pod_autoscaler>(b);
    return same_spec(a, b) && x->current_replicas == y.current_replicas &&
           x->desired_replicas == y.desired_replicas;
  }
  if (auto* x = std::get_if<lease>(&a)) {
    auto& y = std::get<lease>(b);
    return x->holder == y.holder && x->duration == y.duration && x->acquired == y.acquired &&
           x->renewed == y.renewed && x->transitions == y.transitions;
  }
  return same_spec(a, b);
}

bool replaceable(object_kind kind) {
  return kind == object_kind::lease || kind == object_kind::event ||
         kind == object_kind::horizontal_pod_autoscaler || kind >= object_kind::policy;
}

/// Everything in a namespace goes with it.
void empty_namespace(cluster_state& s, const std::string& ns) {
  for (size_t kind = 0; kind < object_kind_count; ++kind) {
    std::vector<object_key> keys;
    s.store.each(object_kind(kind), ns, [&](handle e) { keys.push_back(key_of(*e->value)); });
    for (auto& key : keys)  // one may take others with it
      if (s.store.find(key))
        remove(s, {key, {}});
  }
}

using edits = std::map<std::string, std::optional<std::string>>;

template <class Map>
bool apply(Map& to, const edits& changes) {
  bool changed = false;
  for (auto& [key, value] : changes) {
    auto found = to.find(key);
    if (value) {
      if (found == to.end() || found->second != *value) {
        to[key] = *value;
        changed = true;
      }
    } else if (found != to.end()) {
      to.erase(key);
      changed = true;
    }
  }
  return changed;
}

}  // namespace

outcome<object_ptr> get(const cluster_state& s, const object_key& key) {
  auto at = s.store.find(key);
  return at ? outcome<object_ptr>{at->value} : not_found(key);
}

void create(cluster_state& s, const create_object& request,
            std::function<void(outcome<object_ptr>)> done) {
  if (!request.object)
    return done(api_error{ec::invalid, "there is no object"});
  auto key = key_of(*request.object);
  bool is_pod = key.kind == object_kind::pod;
  if (key.name.empty() && !is_pod)
    return done(api_error{ec::invalid, "metadata.name: is required"});
  if (cluster_scoped(key.kind) != key.ns.empty())
    return done(
      api_error{ec::invalid, fmt::format("metadata.namespace: {} {} one", to_string(key.kind),
                                         cluster_scoped(key.kind) ? "takes no" : "needs")});
  if (!key.ns.empty() && !s.store.find(object_kind::namespace_object, {}, key.ns))
    return done(api_error{ec::not_found, fmt::format("namespaces \"{}\" not found", key.ns)});
  if (!key.name.empty() && s.store.find(key))
    return done(api_error{ec::already_exists,
                          fmt::format("{} \"{}\" already exists", to_string(key.kind), key.name)});
  object fresh = *request.object;
  meta_of(fresh).uid.clear();
  if (is_pod) {
    creation what;
    what.value = std::get<pod>(std::move(fresh));
    what.generate_name = "pod-";
    return create_pod(s, std::move(what), std::move(done));
  }
  clear_status(fresh);
  if (auto* owner = std::get_if<workload>(&fresh)) {
    owner->ready_replicas = owner->updated_replicas = owner->current_replicas = 0;
    owner->observed_generation = 0;
    owner->revision.clear();
  }
  done(add_object(s, std::move(fresh))->value);
}

outcome<object_ptr> update(cluster_state& s, const update_object& request) {
  if (!request.object)
    return api_error{ec::invalid, "there is no object"};
  auto key = key_of(*request.object);
  if (!replaceable(key.kind))
    return api_error{ec::invalid,
                     fmt::format("{} is not replaced through this port", to_string(key.kind))};
  auto at = s.store.find(key);
  if (!at)
    return not_found(key);
  auto& now = meta_of(*at->value);
  auto& asked = meta_of(*request.object);
  if (!asked.uid.empty() && asked.uid != now.uid)
    return api_error{ec::conflict, fmt::format("{} \"{}\" is another object by now",
                                               to_string(key.kind), key.name)};
  if (asked.resource_version != 0 && asked.resource_version != now.resource_version)
    return api_error{ec::conflict, fmt::format("{} \"{}\": the object has been modified",
                                               to_string(key.kind), key.name)};
  if (request.status && !has_status(key.kind))
    return api_error{ec::not_found,
                     fmt::format("{} has no status subresource", to_string(key.kind))};
  object next = request.status ? *at->value : *request.object;
  if (request.status) {
    take_status(next, *request.object);
  } else {
    take_status(next, *at->value);
    auto& meta = meta_of(next);
    meta.uid = now.uid;
    meta.created = now.created;
    meta.deleted = now.deleted;
    meta.generation = now.generation + (same_spec(next, *at->value) ? 0 : 1);
  }
  if (same_content(next, *at->value))
    return at->value;
  return s.store.replace(at, std::move(next), s.now);
}

outcome<object_ptr> patch(cluster_state& s, const patch_metadata& request) {
  auto at = s.store.find(request.key);
  if (!at)
    return not_found(request.key);
  if (request.resource_version != 0 &&
      request.resource_version != meta_of(*at->value).resource_version)
    return api_error{ec::conflict, fmt::format("{} \"{}\": the object has been modified",
                                               to_string(request.key.kind), request.key.name)};
  if (!request.uid.empty() && request.uid != meta_of(*at->value).uid)
    return api_error{ec::conflict, fmt::format("{} \"{}\": it is another one of this name",
                                               to_string(request.key.kind), request.key.name)};
  for (auto& [key, value] : request.labels)
    if (value && (!valid_label_key(key) || !valid_label_value(*value)))
      return api_error{ec::invalid,
                       fmt::format("metadata.labels: {}={} is not a label", key, *value)};
  object next = *at->value;
  bool changed = apply(meta_of(next).labels, request.labels);
  changed |= apply(meta_of(next).annotations, request.annotations);
  if (!request.template_annotations.empty()) {
    auto* owner = std::get_if<workload>(&next);
    if (!owner)
      return api_error{ec::invalid, fmt::format("{} has no template", to_string(request.key.kind))};
    if (apply(owner->template_annotations, request.template_annotations)) {
      changed = true;
      ++owner->meta.generation;
    }
  }
  if (!changed)
    return at->value;
  if (request.key.kind == object_kind::pod)
    change_pod(s, at->row, [&](pod& p) { p.meta = std::get<pod>(next).meta; });
  else
    s.store.replace(at, std::move(next), s.now);
  if (request.key.kind == object_kind::workload)
    s.dirty_owners.insert(at->row);
  return at->value;
}

outcome<nothing> remove(cluster_state& s, const delete_object& request) {
  auto at = s.store.find(request.key);
  if (!at)
    return not_found(request.key);
  if (!request.uid.empty() && request.uid != meta_of(*at->value).uid)
    return api_error{ec::conflict, fmt::format("{} \"{}\" is another object by now",
                                               to_string(request.key.kind), request.key.name)};
  switch (request.key.kind) {
    case object_kind::pod:
      delete_pod(s, at->row);
      break;
    case object_kind::workload:
      collect_owner(s, at->row);
      break;
    case object_kind::namespace_object:
      empty_namespace(s, request.key.name);
      remove_object(s, at);
      break;
    case object_kind::node:
      remove_node(s, at->row);
      break;
    default:
      remove_object(s, at);
      break;
  }
  return nothing{};
}

}  // namespace scaleops::embedded
