// The way of a new pod through the API server's admission chain.
#include <fmt/format.h>

#include "runtime/embedded/limits.hpp"
#include "runtime/embedded/parts.hpp"

namespace scaleops::embedded {

namespace {

std::string random_suffix(entropy& dice) {
  // The alphabet of Kubernetes' rand.String: no vowels, nothing that looks like another letter.
  static constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
  std::string out;
  for (int i = 0; i < 5; ++i)
    out += letters[dice.below(letters.size())];
  return out;
}

/// False when the answer cannot be laid over the pod: then the call counts as failed.
bool apply_answer(pod& value, const admission_response& answer) {
  for (auto& change : answer.containers)
    if (!find_container(value, change.container))
      return false;
  for (auto& change : answer.containers)
    value.containers[*find_container(value, change.container)].resources = change.resources;
  for (auto& [key, text] : answer.labels)
    value.meta.labels[key] = text;
  for (auto& [key, text] : answer.annotations)
    value.meta.annotations[key] = text;
  return true;
}

void store_pod(cluster_state& s, pending_creation& what, pod value) {
  auto refuse = [&](ec code, std::string text) {
    ++s.truth.pods_rejected;
    what.done(api_error{code, std::move(text)});
  };
  if (auto text = invalid_reason(value); !text.empty())
    return refuse(ec::invalid, text);
  if (auto text = range_violation(value, limit_ranges(s, value.meta.ns)); !text.empty())
    return refuse(ec::forbidden, text);
  if (auto text = quota_refusal(s, value, {}, {}); !text.empty())
    return refuse(ec::forbidden, text);
  if (value.meta.name.empty())
    do
      value.meta.name = what.generate_name + random_suffix(s.dice);
    while (s.store.find(object_kind::pod, value.meta.ns, value.meta.name));
  else if (s.store.find(object_kind::pod, value.meta.ns, value.meta.name))
    return refuse(ec::already_exists, fmt::format("pods \"{}\" already exists", value.meta.name));
  auto at = add_object(s, object{std::move(value)});
  s.pods[at->row].wanted = what.wanted_node;
  s.pending.insert(at->row);
  s.room_changed = true;
  what.done(at->value);
}

}  // namespace

std::vector<const limit_range*> limit_ranges(const cluster_state& s, const std::string& ns) {
  std::vector<const limit_range*> out;
  s.store.each(object_kind::limit_range, ns,
               [&](handle e) { out.push_back(&e->as<limit_range>()); });
  return out;
}

std::string quota_refusal(const cluster_state& s, const pod& value, pod_sum before_requests,
                          pod_sum before_limits) {
  std::string why;
  s.store.each(object_kind::resource_quota, value.meta.ns, [&](handle e) {
    auto& quota = e->as<resource_quota>();
    if (why.empty())
      if (auto text = quota_violation(value, quota, before_requests, before_limits); !text.empty())
        why = fmt::format("exceeded quota: {}, {}", quota.meta.name, text);
  });
  return why;
}

void update_quotas(cluster_state& s, const std::string& ns) {
  std::vector<handle> quotas;
  s.store.each(object_kind::resource_quota, ns, [&](handle e) { quotas.push_back(e); });
  if (quotas.empty())
    return;
  pod_sum requests, limits;
  s.store.each(object_kind::pod, ns, [&](handle e) {
    auto& value = e->as<pod>();
    if (value.phase == pod_phase::succeeded || value.phase == pod_phase::failed)
      return;
    auto sum = limit_sum(value);
    requests.cpu += s.pods[e->row].cpu;
    requests.memory += s.pods[e->row].memory;
    limits.cpu += sum.cpu;
    limits.memory += sum.memory;
  });
  for (auto e : quotas) {
    resources used_requests{requests.cpu, requests.memory}, used_limits{limits.cpu, limits.memory};
    auto& quota = e->as<resource_quota>();
    if (quota.used_requests != used_requests || quota.used_limits != used_limits)
      s.store.mutate<resource_quota>(e, s.now, [&](resource_quota& q) {
        q.used_requests = used_requests;
        q.used_limits = used_limits;
      });
  }
}

void create_pod(cluster_state& s, creation what, std::function<void(outcome<object_ptr>)> done) {
  auto& value = what.value;
  default_requests(value);
  apply_defaults(value, limit_ranges(s, value.meta.ns));
  value.phase = pod_phase::pending;
  value.ready = false;
  value.node.clear();
  value.resize = {};
  value.statuses.clear();
  value.statuses.resize(value.containers.size());
  for (size_t i = 0; i < value.containers.size(); ++i)
    value.statuses[i].name = value.containers[i].name;
  pending_creation waiting{{},
                           what.owner,
                           what.owner == no_row ? 0 : s.owners[what.owner].serial,
                           what.wanted_node,
                           std::move(what.generate_name),
                           std::move(done)};
  if (s.webhook && s.webhook_down)
    ++s.truth.webhook_failures;
  if (!s.webhook || s.webhook_down)
    return store_pod(s, waiting, std::move(value));
  auto ticket = ++s.tickets;
  waiting.value = object{value};
  admission_review review;
  review.uid = fmt::format("review-{}", ticket);
  review.ns = value.meta.ns;
  review.object = std::make_shared<const pod>(std::move(value));
  s.creations.emplace(ticket, std::move(waiting));
  s.webhook(ticket, review);
}

void answer_admission(cluster_state& s, uint64_t ticket,
                      const std::optional<admission_response>& answer) {
  auto found = s.creations.extract(ticket);
  if (!found)
    return;
  auto& waiting = found.mapped();
  auto value = std::get<pod>(std::move(waiting.value));
  if (!answer || !apply_answer(value, *answer))
    ++s.truth.webhook_failures;
  else if (!answer->containers.empty() || !answer->labels.empty() || !answer->annotations.empty())
    ++s.truth.pods_patched;
  default_requests(value);
  store_pod(s, waiting, std::move(value));
}

}  // namespace scaleops::embedded
