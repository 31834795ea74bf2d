// Kubernetes Events: one object per subject and reason, counted when repeated, gone after their
// time.
#include <fmt/format.h>

#include "runtime/embedded/cluster_state.hpp"

namespace scaleops::embedded {

void tell(cluster_state& s, std::string_view kind, const metadata& about, std::string_view reason,
          std::string message, std::string_view component, bool warning) {
  auto ns = about.ns.empty() ? std::string("default") : about.ns;
  auto name = fmt::format("{}.{:x}", about.name, mix(fingerprint(reason)) & 0xffffff);
  if (auto found = s.store.find(object_kind::event, ns, name)) {
    s.store.mutate<event>(found, s.now, [&](event& e) {
      ++e.count;
      e.last_seen = s.now;
      e.message = std::move(message);
    });
    return;
  }
  event fresh;
  fresh.meta.ns = std::move(ns);
  fresh.meta.name = std::move(name);
  fresh.kind = kind;
  fresh.object_ns = about.ns;
  fresh.object_name = about.name;
  fresh.reason = reason;
  fresh.message = std::move(message);
  fresh.component = component;
  fresh.warning = warning;
  fresh.last_seen = s.now;
  add_object(s, object{std::move(fresh)});
}

void forget_old_events(cluster_state& s) {
  std::vector<handle> old;
  s.store.each(object_kind::event, {}, [&](handle e) {
    if (s.now - e->as<event>().last_seen > s.cfg.event_ttl)
      old.push_back(e);
  });
  for (auto e : old)
    s.store.erase(e, s.now);
}

}  // namespace scaleops::embedded
