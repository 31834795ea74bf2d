#include "actors/common/logic/stamps.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "actors/common/logic/small_map.hpp"
#include "messages/labels.hpp"

namespace scaleops {

namespace {

const std::string* annotation(const metadata& meta, std::string_view key) {
  return value_at(meta.annotations, key);
}

bool contains_all(const string_map& all, const string_map& part) {
  return std::all_of(part.begin(), part.end(), [&](auto& entry) {
    auto* value = value_at(all, entry.first);
    return value && *value == entry.second;
  });
}

}  // namespace

bool pod_stamps::stands_on(const metadata& meta) const {
  return contains_all(meta.labels, labels) && contains_all(meta.annotations, annotations);
}

pod_stamps stamps_for(const metadata& meta, const stamp_inputs& in) {
  auto names = managed_containers_of(meta);
  for (auto& [name, value] : in.applied)
    names.insert(name);
  std::string list;
  for (auto& name : names) {
    if (!list.empty())
      list += ',';
    list += name;
  }
  pod_stamps out;
  out.labels.emplace(labels::managed, "true");
  out.labels.emplace(labels::applied_recommendation, std::to_string(in.revision));
  out.annotations.emplace(labels::admission, in.admission);
  out.annotations.emplace(labels::applied_policy, in.policy);
  out.annotations.emplace(labels::last_applied_resources, write_resources(in.applied));
  out.annotations.emplace(labels::managed_containers, std::move(list));
  auto known = origin_of(meta);
  if (!known) {
    out.annotations.emplace(labels::origin_resources, write_resources(in.origin));
    return out;
  }
  // Other webhooks add containers after us: what an origin does not know yet, it learns.
  auto origin = *known;
  origin.insert(in.origin.begin(), in.origin.end());
  if (origin != *known)
    out.annotations.emplace(labels::origin_resources, write_resources(origin));
  return out;
}

std::optional<named_resources> origin_of(const metadata& meta) {
  auto* text = annotation(meta, labels::origin_resources);
  return text ? read_resources(*text) : std::nullopt;
}

namespace {

/// What is written on a pod. Each text is read once, and only if it is asked for: the updater looks
/// at every pod again and again.
class written_resources {
public:
  explicit written_resources(const metadata& meta) : meta_{meta} {}

  const container_resources* of(const std::string& container) {
    for (auto* part : {&applied_, &origin_})
      if (auto* found = part->find(meta_, container))
        return found;
    return nullptr;
  }

private:
  struct part {
    std::string_view key;
    bool read = false;
    std::optional<named_resources> value = {};

    const container_resources* find(const metadata& meta, const std::string& container) {
      if (!std::exchange(read, true))
        if (auto* text = annotation(meta, key))
          value = read_resources(*text);
      if (!value)
        return nullptr;
      auto found = value->find(container);
      return found == value->end() ? nullptr : &found->second;
    }
  };

  const metadata& meta_;
  part applied_{labels::last_applied_resources};
  part origin_{labels::origin_resources};
};

}  // namespace

std::optional<container_resources> stamped_resources(const metadata& meta,
                                                     const std::string& container) {
  written_resources written{meta};
  auto* found = written.of(container);
  return found ? std::optional{*found} : std::nullopt;
}

named_resources unstamped(const pod& touched) {
  named_resources result;
  if (!annotation(touched.meta, labels::origin_resources))
    return result;
  written_resources written{touched.meta};
  for (auto& container : touched.containers) {
    if (container.role == container_role::init)
      continue;
    auto* known = written.of(container.name);
    if (known && *known != container.resources)
      result.emplace(container.name, container.resources);
  }
  if (!result.empty() && !origin_of(touched.meta))
    result.clear();  // unreadable: who touched it is not known
  return result;
}

std::set<std::string> managed_containers_of(const metadata& meta) {
  std::set<std::string> names;
  auto* text = annotation(meta, labels::managed_containers);
  if (!text)
    return names;
  for (size_t at = 0; at < text->size();) {
    auto end = std::min(text->find(',', at), text->size());
    if (end > at)
      names.insert(text->substr(at, end - at));
    at = end + 1;
  }
  return names;
}

}  // namespace scaleops
