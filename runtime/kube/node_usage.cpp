#include "runtime/kube/node_usage.hpp"

#include <charconv>
#include <cmath>
#include <set>

#include <nlohmann/json.hpp>

#include "messages/quantity.hpp"
#include "runtime/kube/metrics_text.hpp"

namespace scaleops::kube {

namespace {

constexpr double most_seconds = 1e10;  // of CPU: three centuries; more is no counter
constexpr double most_memory = 1e15;

usage_table::key key_of(const metric_sample& sample) {
  return {std::string(sample.label("namespace")), std::string(sample.label("pod")),
          std::string(sample.label("container"))};
}

/// When a container was started, by its pod.
instant started(const pod& of, const std::string& container) {
  for (auto& status : of.statuses)
    if (status.name == container)
      return status.started;
  return {};
}

/// Cores from a quantity, nanocores included: rounding them up to millicores would double the use
/// of what idles.
double cores(const std::string& text) {
  if (text.ends_with('n') || text.ends_with('u')) {
    double value = 0;
    auto* end = text.data() + text.size() - 1;
    auto [at, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || at != end || !(value >= 0))
      return -1;
    return value * (text.back() == 'n' ? 1e-9 : 1e-6);
  }
  int64_t milli = 0;
  return parse_cpu(text, milli) == quantity_error::none ? double(milli) / 1000 : -1;
}

}  // namespace

size_t usage_table::add_resource_metrics(std::string_view text, instant now) {
  auto wanted = [](std::string_view name) {
    return name == "container_cpu_usage_seconds_total" ||
           name == "container_memory_working_set_bytes" || name == "container_start_time_seconds";
  };
  return read_metrics(text, wanted, [&](const metric_sample& sample) {
    if (!std::isfinite(sample.value) || sample.value < 0 || sample.label("pod").empty())
      return;
    auto& row = rows_[key_of(sample)];
    constexpr int64_t sane_ms = 253'402'300'800'000;  // year 10000
    auto at = sample.at_ms && *sample.at_ms > 0 && *sample.at_ms < sane_ms
                ? instant{milliseconds{*sample.at_ms}}
                : now;
    if (sample.name == "container_start_time_seconds") {
      if (sample.value < double(sane_ms) / 1000)
        row.started = instant{milliseconds{int64_t(sample.value * 1000)}};
    } else if (sample.name == "container_cpu_usage_seconds_total") {
      if (sample.value > most_seconds)
        return;
      row.cpu_seconds = sample.value;
      row.at = at;
    } else {
      if (sample.value > most_memory)
        return;
      row.working_set = int64_t(sample.value);
      if (row.at == instant{})
        row.at = at;
    }
  });
}

size_t usage_table::add_cadvisor_metrics(std::string_view text) {
  auto wanted = [](std::string_view name) {
    return name == "container_cpu_cfs_periods_total" ||
           name == "container_cpu_cfs_throttled_periods_total";
  };
  return read_metrics(text, wanted, [&](const metric_sample& sample) {
    if (!(sample.value >= 0) || sample.value > 1e18 || sample.label("container").empty())
      return;
    auto found = rows_.find(key_of(sample));
    if (found == rows_.end())
      return;
    bool all = sample.name == "container_cpu_cfs_periods_total";
    (all ? found->second.periods : found->second.throttled) = uint64_t(sample.value);
  });
}

std::vector<container_metrics> usage_table::join(const pod_index& pods) const {
  std::vector<container_metrics> out;
  for (auto& [key, row] : rows_) {
    auto& [ns, name, container] = key;
    if (row.cpu_seconds < 0 || row.working_set < 0)
      continue;
    auto found = pods.find({ns, name});
    if (!found)
      continue;
    container_metrics one;
    one.container = container;
    one.at = row.at;
    // The kubelet knows best; the status's whole seconds serve where it does not tell.
    one.started =
      row.started != instant{} ? row.started : started(std::get<pod>(*found), container);
    one.cpu_seconds = row.cpu_seconds;
    one.working_set = row.working_set;
    one.periods = row.periods;
    one.throttled_periods = row.throttled;
    one.pod = std::move(found);
    out.push_back(std::move(one));
  }
  return out;
}

bool rate_counters::add(std::string_view text) {
  auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("items") || !document["items"].is_array())
    return false;
  std::set<usage_table::key> present;
  auto text_at = [](const nlohmann::json& node, const char* name) {
    auto found = node.is_object() ? node.find(name) : node.end();
    return node.is_object() && found != node.end() && found->is_string() ? found->get<std::string>()
                                                                         : std::string{};
  };
  for (auto& item : document["items"]) {
    if (!item.is_object() || !item.contains("containers") || !item["containers"].is_array())
      continue;
    instant at;
    if (!parse_rfc3339(text_at(item, "timestamp"), at))
      continue;
    auto meta = item.value("metadata", nlohmann::json::object());
    for (auto& container : item["containers"]) {
      if (!container.is_object())
        continue;
      auto usage = container.value("usage", nlohmann::json::object());
      auto rate = cores(text_at(usage, "cpu"));
      int64_t bytes = -1;
      if (rate < 0 || parse_memory(text_at(usage, "memory"), bytes) != quantity_error::none)
        continue;
      usage_table::key key{text_at(meta, "namespace"), text_at(meta, "name"),
                           text_at(container, "name")};
      auto& counter = counters_[key];
      present.insert(std::move(key));
      if (counter.at != instant{} && at > counter.at)
        counter.cpu_seconds += rate * std::chrono::duration<double>(at - counter.at).count();
      counter.at = std::max(counter.at, at);
      counter.working_set = bytes;
    }
  }
  std::erase_if(counters_, [&](auto& entry) { return !present.contains(entry.first); });
  return true;
}

std::vector<container_metrics> rate_counters::of_node(const std::string& node,
                                                      const pod_index& pods) const {
  std::vector<container_metrics> out;
  pods.each_on(node, [&](const object_ptr& object) {
    auto& value = std::get<pod>(*object);
    for (auto& container : value.containers) {
      auto found = counters_.find({value.meta.ns, value.meta.name, container.name});
      if (found == counters_.end())
        continue;
      container_metrics one;
      one.pod = object;
      one.container = container.name;
      one.at = found->second.at;
      one.started = started(value, container.name);
      one.cpu_seconds = found->second.cpu_seconds;
      one.working_set = found->second.working_set;
      out.push_back(std::move(one));
    }
  });
  return out;
}

}  // namespace scaleops::kube
