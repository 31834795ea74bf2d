// Usage histories drawn by rapidcheck: they shrink to short and small ones.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "actors/recommender/logic/recommend.hpp"
#include "messages/quantity.hpp"
#include "unit/support/property.hpp"

namespace scaleops::test {

inline const instant monday{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};
inline constexpr milliseconds slot_length = std::chrono::minutes{5};

/// A staircase of usage: each level lasts `stretch` slots of 5 minutes.
struct history {
  std::vector<std::pair<int, int>> levels;  // millicores, MiB
  int stretch = 1;
  int first_slot = 0;

  int slots() const { return int(levels.size()) * stretch; }
  instant end() const { return monday + (first_slot + slots()) * slot_length; }
  container_state learn() const {
    container_state state;
    for (int i = 0; i < slots(); ++i) {
      auto [cpu, memory] = levels[size_t(i / stretch)];
      state.observe({monday + (first_slot + i) * slot_length, float(cpu), 0, memory * mebi, true});
    }
    return state;
  }
};

/// `longest` levels at most, the last slot at most `spread` slots after the others'.
inline rc::Gen<history> histories(int longest = 60, int spread = 1) {
  return rc::gen::exec([longest, spread] {
    history out;
    auto length = *rc::gen::inRange(2, longest);
    out.levels = *rc::gen::container<std::vector<std::pair<int, int>>>(
      size_t(length), rc::gen::pair(rc::gen::inRange(1, 4000), rc::gen::inRange(16, 4096)));
    out.stretch = *rc::gen::inRange(1, 13);
    out.first_slot = *rc::gen::inRange(0, spread);
    return out;
  });
}

inline void showValue(const history& value, std::ostream& out) {
  out << "from slot " << value.first_slot << ", " << value.stretch << " slots each:";
  for (auto& [cpu, memory] : value.levels)
    out << " " << cpu << "m/" << memory << "Mi";
}

inline container_input input_of(const container_state& state, int64_t cpu, int64_t memory) {
  container_input out;
  out.name = "app";
  out.current.requests = {cpu, memory};
  out.state = &state;
  return out;
}

inline container_recommendation recommend_one(const container_input& input,
                                              const policy_spec& policy, const sizing_facts& facts,
                                              instant now) {
  return recommend(std::span{&input, 1}, policy, facts, now).at(0);
}

}  // namespace scaleops::test
