#include "runtime/embedded/object_store.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

#include <fmt/format.h>

namespace scaleops::embedded {

object_store::object_store(history_limits limits, uint64_t seed) : limits_(limits), seed_(seed) {}

object_store::key_view object_store::by_key::view(const entry& e) {
  auto& meta = meta_of(*e.value);
  auto* owner = std::get_if<workload>(e.value.get());
  return {meta.ns, meta.name, owner ? std::string_view{owner->kind} : std::string_view{}};
}

object_store::handle object_store::find(const object_key& key) const {
  return find(key.kind, key.ns, key.name, key.subkind);
}

object_store::handle object_store::find(object_kind kind, std::string_view ns,
                                        std::string_view name, std::string_view subkind) const {
  auto& table = tables_[size_t(kind)];
  auto it = table.find(key_view{ns, name, subkind});
  return it == table.end() ? nullptr : &*it;
}

// 15 characters: fits into std::string without an allocation, which counts at 100,000 pods with
// owner references.
std::string object_store::next_uid() {
  ++uids_;
  return fmt::format("{:07x}-{:07x}", mix(seed_ ^ uids_) & 0xfffffff, uids_ & 0xfffffff);
}

object_store::handle object_store::insert(object value, instant now) {
  auto kind = kind_of(value);
  auto& meta = meta_of(value);
  if (meta.uid.empty())
    meta.uid = next_uid();
  meta.created = now;
  meta.generation = 1;
  meta.deleted.reset();
  meta.resource_version = ++version_;
  auto [it, fresh] =
    tables_[size_t(kind)].insert(entry{std::make_shared<const object>(std::move(value))});
  assert(fresh);
  remember(watch_event::type::added, it->value, version_, now);
  return &*it;
}

const object_ptr& object_store::replace(handle at, object value, instant now) {
  meta_of(value).resource_version = ++version_;
  at->value = std::make_shared<const object>(std::move(value));
  remember(watch_event::type::modified, at->value, version_, now);
  return at->value;
}

void object_store::erase(handle at, instant now) {
  auto last = at->value;
  auto kind = kind_of(*last);
  auto& table = tables_[size_t(kind)];
  table.erase(table.find(*at));
  // As the real server does, the last object carries the version of its deletion.
  object gone = *last;
  meta_of(gone).resource_version = ++version_;
  remember(watch_event::type::deleted, std::make_shared<const object>(std::move(gone)), version_,
           now);
}

outcome<object_list> object_store::list(const list_query& query, instant now) {
  object_list out;
  if (query.continue_token.empty() && query.limit == 0) {
    if (query.ns.empty())
      out.items.reserve(size(query.kind));
    each(query.kind, query.ns, [&](handle e) { out.items.push_back(e->value); });
    out.resource_version = version_;
    return out;
  }
  uint64_t id = 0, offset = 0;
  if (query.continue_token.empty()) {
    id = ++snapshots_made_;
    auto& fresh = snapshots_[id];
    each(query.kind, query.ns, [&](handle e) { fresh.items.push_back(e->value); });
    fresh.version = version_;
    fresh.made = now;
  } else {
    auto& token = query.continue_token;
    auto* end = token.data() + token.size();
    auto first = std::from_chars(token.data(), end, id);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.' ||
        std::from_chars(first.ptr + 1, end, offset).ptr != end)
      return api_error{ec::invalid, "the continue token is malformed"};
  }
  auto found = snapshots_.find(id);
  if (found == snapshots_.end() || now - found->second.made > limits_.page_ttl)
    return api_error{ec::gone, "the continue token is too old, list anew"};
  auto& from = found->second.items;
  offset = std::min<uint64_t>(offset, from.size());
  auto count =
    query.limit ? std::min<uint64_t>(query.limit, from.size() - offset) : from.size() - offset;
  out.items.assign(from.begin() + ptrdiff_t(offset), from.begin() + ptrdiff_t(offset + count));
  out.resource_version = found->second.version;
  if (offset + count < from.size())
    out.continue_token = fmt::format("{}.{}", id, offset + count);
  else
    snapshots_.erase(found);
  return out;
}

std::optional<uint64_t> object_store::changes_after(object_kind kind, uint64_t version) const {
  auto& p = past_[size_t(kind)];
  if (version < p.compacted_version)
    return std::nullopt;
  auto it =
    std::upper_bound(p.changes.begin(), p.changes.end(), version,
                     [](uint64_t v, const change& c) { return v < c.event.resource_version; });
  return p.dropped + uint64_t(it - p.changes.begin());
}

void object_store::remember(watch_event::type what, const object_ptr& value, uint64_t version,
                            instant now) {
  auto& p = past_[size_t(kind_of(*value))];
  p.changes.push_back({{what, value, version}, now});
  if (p.changes.size() > limits_.events)
    drop_first(p);
}

void object_store::drop_first(past& p) {
  p.compacted_version = p.changes.front().event.resource_version;
  p.changes.pop_front();
  ++p.dropped;
}

void object_store::forget_old(instant now) {
  for (auto& p : past_)
    while (!p.changes.empty() && now - p.changes.front().at > limits_.age)
      drop_first(p);
  std::erase_if(snapshots_, [&](auto& s) { return now - s.second.made > limits_.page_ttl; });
}

void object_store::compact() {
  for (auto& p : past_) {
    while (!p.changes.empty())
      drop_first(p);
    p.compacted_version = version_;
  }
  snapshots_.clear();
}

}  // namespace scaleops::embedded
