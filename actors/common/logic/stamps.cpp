#include "actors/common/logic/stamps.hpp"

#include <algorithm>

#include "messages/labels.hpp"

namespace scaleops {

namespace {

const std::string* find(const string_map& map, std::string_view key) {
  auto found = map.find(std::string(key));
  return found == map.end() ? nullptr : &found->second;
}

bool contains_all(const string_map& all, const string_map& part) {
  return std::all_of(part.begin(), part.end(), [&](auto& entry) {
    auto* value = find(all, entry.first);
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
  for (auto& name : names)
    list += (list.empty() ? "" : ",") + name;
  pod_stamps out;
  out.labels = {{std::string(labels::managed), "true"},
                {std::string(labels::applied_recommendation), std::to_string(in.revision)}};
  out.annotations = {{std::string(labels::admission), in.admission},
                     {std::string(labels::applied_policy), in.policy},
                     {std::string(labels::last_applied_resources), write_resources(in.applied)},
                     {std::string(labels::managed_containers), list}};
  if (!origin_of(meta))
    out.annotations.emplace(labels::origin_resources, write_resources(in.origin));
  return out;
}

std::optional<named_resources> origin_of(const metadata& meta) {
  auto* text = find(meta.annotations, labels::origin_resources);
  return text ? read_resources(*text) : std::nullopt;
}

std::optional<container_resources> stamped_resources(const metadata& meta,
                                                     const std::string& container) {
  auto* applied = find(meta.annotations, labels::last_applied_resources);
  for (auto& written : {applied ? read_resources(*applied) : std::nullopt, origin_of(meta)}) {
    if (!written)
      continue;
    if (auto found = written->find(container); found != written->end())
      return found->second;
  }
  return std::nullopt;
}

named_resources unstamped(const pod& touched) {
  named_resources result;
  if (!origin_of(touched.meta))
    return result;
  for (auto& container : touched.containers) {
    if (container.role == container_role::init)
      continue;
    auto written = stamped_resources(touched.meta, container.name);
    if (written && *written != container.resources)
      result.emplace(container.name, container.resources);
  }
  return result;
}

std::set<std::string> managed_containers_of(const metadata& meta) {
  std::set<std::string> names;
  auto* text = find(meta.annotations, labels::managed_containers);
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
