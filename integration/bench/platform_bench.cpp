#include "integration/bench/platform_bench.hpp"

#include <array>
#include <chrono>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "integration/bench/accounting.hpp"
#include "integration/bench/isolated.hpp"
#include "integration/bench/scene.hpp"

namespace scaleops::bench {

namespace {

/// A counter of a component, summed over its labels.
double counter(scene& stage, component which, std::string_view name) {
  double sum = 0;
  for (auto& family : stage.components().registry(which)->Collect())
    if (family.name == name)
      for (auto& metric : family.metric)
        sum += metric.counter.value;
  return sum;
}

/// Bytes of all objects of each kind, as a component would hold them that had decoded them itself.
std::map<std::string, int64_t> object_bytes(scene& stage) {
  constexpr uint8_t scratch = 127;
  std::map<std::string, int64_t> out;
  auto before_part = std::exchange(running_part, scratch);
  for (size_t kind = 0; kind < object_kind_count; ++kind) {
    int64_t sum = 0;
    stage.model().state().store.each(object_kind(kind), {}, [&](embedded::object_store::handle at) {
      auto before = held_by(scratch).bytes;
      auto copy = std::make_shared<const object>(*at->value);
      sum += held_by(scratch).bytes - before;
    });
    running_part = before_part;
    out[std::string(to_string(object_kind(kind)))] = sum;
    running_part = scratch;
  }
  running_part = before_part;
  return out;
}

/// Its watchers say what a component follows.
int64_t followed_by(scene& stage, component which, const std::map<std::string, int64_t>& bytes) {
  int64_t sum = 0;
  for (auto& family : stage.components().registry(which)->Collect())
    if (family.name == "scaleops_watch_lists_total")
      for (auto& metric : family.metric)
        for (auto& label : metric.label)
          if (auto found = bytes.find(label.value); label.name == "kind" && found != bytes.end())
            sum += found->second;
  return sum;
}

/// A written Checkpoint lives in the API server; in one process its bytes are still the writer's.
void hand_over_checkpoints(scene& stage) {
  auto cluster = stage.part(cluster_part);
  stage.model().state().store.each(
    object_kind::checkpoint, {}, [&](embedded::object_store::handle at) {
      if (auto& data = at->as<checkpoint>().data; data && data->capacity() > 15)
        hand_over(data->data(), cluster);
    });
}

struct counters {
  double samples, decisions, resizes, answers, created;
};

counters read_counters(scene& stage) {
  auto& truth = stage.model().statistics();
  return {counter(stage, component::recommender, "scaleops_recommender_samples_total"),
          counter(stage, component::recommender, "scaleops_recommender_decisions_total"),
          double(truth.resizes_done),
          counter(stage, component::dashboards, "scaleops_dashboards_answers_total"),
          double(truth.pods_created)};
}

platform_cost measure(const platform_size& size, const platform_load& load) {
  scene stage{size, load};
  for (int i = 0; i < load.warm_minutes; ++i)
    stage.run_minute();
  auto usage_before = stage.loop().usage();
  std::vector<uint64_t> taken_before;
  for (size_t i = 0; i < usage_before.size(); ++i)
    taken_before.push_back(taken_by(uint8_t(i)));
  auto before = read_counters(stage);
  auto real_before = std::chrono::steady_clock::now();
  for (int i = 0; i < load.minutes; ++i)
    stage.run_minute();

  platform_cost cost;
  cost.size = size;
  cost.simulated_s = load.minutes * 60.0;
  cost.real_s =
    std::chrono::duration<double>(std::chrono::steady_clock::now() - real_before).count();
  auto after = read_counters(stage);
  auto a_second = [&](double counters::*what) {
    return (after.*what - before.*what) / cost.simulated_s;
  };
  cost.samples = a_second(&counters::samples);
  cost.decisions = a_second(&counters::decisions);
  cost.resizes = a_second(&counters::resizes);
  cost.api_answers = a_second(&counters::answers);
  cost.admissions = a_second(&counters::created);
  cost.resident = resident_bytes();
  auto& store = stage.model().state().store;
  cost.pods = store.size(object_kind::pod);
  cost.nodes = store.size(object_kind::node);

  hand_over_checkpoints(stage);
  auto bytes = object_bytes(stage);
  auto& usage = stage.loop().usage();
  for (size_t i = 0; i < usage.size(); ++i) {
    part_cost part;
    part.name = usage[i].name;
    bool known = i < usage_before.size();
    auto busy = usage[i].busy - (known ? usage_before[i].busy : run_loop::duration{});
    part.cpu = std::chrono::duration<double>(busy).count() / cost.simulated_s;
    part.messages =
      double(usage[i].messages - (known ? usage_before[i].messages : 0)) / cost.simulated_s;
    part.allocations =
      double(taken_by(uint8_t(i)) - (known ? taken_before[i] : 0)) / cost.simulated_s;
    part.held = held_by(uint8_t(i)).bytes;
    for (auto which : all_components)
      if (part.name == to_string(which)) {
        part.component = true;
        part.followed = followed_by(stage, which, bytes);
      }
    cost.parts.push_back(std::move(part));
  }
  return cost;
}

platform_cost from_json(const nlohmann::json& in) {
  platform_cost cost;
  cost.size = {in.at("workloads"), in.at("containers")};
  cost.pods = in.at("pods");
  cost.nodes = in.at("nodes");
  cost.simulated_s = in.at("simulated_s");
  cost.real_s = in.at("real_s");
  cost.resident = in.at("resident_bytes");
  cost.samples = in.at("samples_per_s");
  cost.decisions = in.at("decisions_per_s");
  cost.resizes = in.at("resizes_per_s");
  cost.api_answers = in.at("api_answers_per_s");
  cost.admissions = in.at("pods_created_per_s");
  for (auto& one : in.at("parts")) {
    part_cost part;
    part.name = one.at("name");
    part.cpu = one.at("cores");
    part.messages = one.at("messages_per_s");
    part.allocations = one.at("allocations_per_s");
    part.held = one.at("held_bytes");
    part.followed = one.at("followed_bytes");
    part.component = one.at("component");
    cost.parts.push_back(std::move(part));
  }
  return cost;
}

}  // namespace

nlohmann::json to_json(const platform_cost& cost) {
  nlohmann::json parts = nlohmann::json::array();
  for (auto& part : cost.parts)
    parts.push_back({{"name", part.name},
                     {"cores", part.cpu},
                     {"messages_per_s", part.messages},
                     {"allocations_per_s", part.allocations},
                     {"held_bytes", part.held},
                     {"followed_bytes", part.followed},
                     {"component", part.component}});
  return {{"workloads", cost.size.workloads},
          {"containers", cost.size.containers},
          {"pods", cost.pods},
          {"nodes", cost.nodes},
          {"simulated_s", cost.simulated_s},
          {"real_s", cost.real_s},
          {"resident_bytes", cost.resident},
          {"samples_per_s", cost.samples},
          {"decisions_per_s", cost.decisions},
          {"resizes_per_s", cost.resizes},
          {"api_answers_per_s", cost.api_answers},
          {"pods_created_per_s", cost.admissions},
          {"parts", std::move(parts)}};
}

platform_cost measure_platform(const platform_size& size, const platform_load& load) {
  return from_json(
    nlohmann::json::parse(run_isolated([&] { return to_json(measure(size, load)).dump(); })));
}

}  // namespace scaleops::bench
