#include "runtime/embedded/watch_hub.hpp"

#include <algorithm>

namespace scaleops::embedded {

outcome<uint64_t> watch_hub::open(object_kind kind, uint64_t version, instant now) {
  if (version > store_.version())
    return api_error{ec::invalid, "the resource version lies in the future"};
  watch fresh;
  fresh.kind = kind;
  fresh.told = now;
  if (version == 0) {
    fresh.cursor = store_.next_change(kind);
    store_.each(kind, {}, [&](auto e) { fresh.initial.push_back(e->value); });
    std::reverse(fresh.initial.begin(), fresh.initial.end());
  } else if (auto at = store_.changes_after(kind, version)) {
    fresh.cursor = *at;
  } else {
    return api_error{ec::gone, "the resource version is too old, list anew"};
  }
  watches_.emplace(++opened_, std::move(fresh));
  quiet_.reset();
  return opened_;
}

void watch_hub::ack(uint64_t watch) {
  auto found = watches_.find(watch);
  if (found == watches_.end())
    return;
  auto& w = found->second;
  w.unacknowledged = false;
  if (!w.initial.empty() || w.cursor < store_.next_change(w.kind))
    quiet_.reset();
  else if (quiet_)
    quiet_->bookmark = std::min(quiet_->bookmark, w.told + bookmark_every_);
}

std::vector<watch_delivery> watch_hub::collect(instant now) {
  std::vector<watch_delivery> out;
  quiet fresh{store_.version(), store_.forgotten(), instant::max()};
  if (quiet_ && quiet_->version == fresh.version && quiet_->forgotten == fresh.forgotten &&
      now < quiet_->bookmark)
    return out;
  quiet_ = fresh;
  auto idle = [&](const watch& w) {
    quiet_->bookmark = std::min(quiet_->bookmark, w.told + bookmark_every_);
  };
  for (auto it = watches_.begin(); it != watches_.end();) {
    auto& [id, w] = *it;
    if (w.dropped != ec::none || (w.initial.empty() && w.cursor < store_.first_change(w.kind))) {
      out.push_back({id, {}, w.dropped != ec::none ? w.dropped : ec::gone});
      it = watches_.erase(it);
      continue;
    }
    ++it;
    if (w.unacknowledged)
      continue;
    std::vector<watch_event> events;
    while (!w.initial.empty() && events.size() < batch_limit) {
      events.push_back(
        {watch_event::type::added, w.initial.back(), meta_of(*w.initial.back()).resource_version});
      w.initial.pop_back();
    }
    if (w.initial.empty())
      for (auto end = store_.next_change(w.kind); w.cursor < end && events.size() < batch_limit;
           ++w.cursor)
        events.push_back(store_.change_at(w.kind, w.cursor).event);
    if (events.empty() && now - w.told >= bookmark_every_)
      events.push_back({watch_event::type::bookmark, nullptr, store_.version()});
    if (events.empty()) {
      idle(w);
      continue;
    }
    w.unacknowledged = true;
    w.told = now;
    out.push_back({id, std::move(events), ec::none});
  }
  return out;
}

void watch_hub::rewind(size_t changes) {
  quiet_.reset();
  for (auto& [id, w] : watches_)
    if (w.initial.empty())
      w.cursor -=
        std::min<uint64_t>(changes, w.cursor - std::min(w.cursor, store_.first_change(w.kind)));
}

void watch_hub::drop(std::optional<object_kind> kind, ec reason) {
  quiet_.reset();
  for (auto& [id, w] : watches_)
    if (!kind || w.kind == *kind)
      w.dropped = reason;
}

}  // namespace scaleops::embedded
