#include "actors/recommender/logic/container_state.hpp"

#include <limits>

#include <catch2/catch.hpp>

#include "actors/recommender/logic/checksum.hpp"
#include "messages/wire/checkpoint.pb.h"

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

const instant monday{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};

container_state busy() {
  container_state state;
  for (int i = 0; i < 600; ++i)
    state.observe(
      {monday + i * 5min, float(100 + i % 37 * 10), 0.1f, int64_t{1} << (28 + i % 3), true}, 0);
  oom_event kill;
  kill.at = monday + 30h;
  kill.memory_limit = 1 << 30;
  state.observe_oom(kill);
  state.start_revision("abc", monday + 10h);
  return state;
}

}  // namespace

TEST_CASE("a saved state comes back bit for bit") {
  auto state = busy();
  std::string why;
  auto back = container_state::load(state.save(), why);
  REQUIRE(back);
  CHECK(*back == state);
  CHECK(back->save() == state.save());
}

TEST_CASE("every damaged byte of a checkpoint is refused with a reason or read unchanged") {
  auto state = busy();
  auto bytes = state.save();
  for (size_t i = 0; i < bytes.size(); i += 7) {
    auto damaged = bytes;
    damaged[i] = char(damaged[i] ^ 0x40);
    std::string why;
    auto back = container_state::load(damaged, why);
    if (back)
      CHECK(*back == state);
    else
      CHECK_FALSE(why.empty());
  }
  std::string why;
  CHECK_FALSE(container_state::load(bytes.substr(0, bytes.size() / 2), why));
  CHECK_FALSE(container_state::load("", why));
  CHECK_FALSE(why.empty());
}

TEST_CASE("a state whose checksum holds but whose values cannot be is refused") {
  using recommender_logic::crc32;
  auto refusal = [](size_t from_end, char value) {
    wire::ContainerState saved;
    REQUIRE(saved.ParseFromString(busy().save()));
    auto& blob = *saved.mutable_memory();
    blob[blob.size() - from_end] = value;
    std::string head;
    auto pack = [&](auto... fields) {
      (head.append(reinterpret_cast<const char*>(&fields), sizeof fields), ...);
    };
    pack(saved.first_s(), saved.last_s(), saved.covered_s(), saved.revision_s(), saved.revision(),
         saved.throttled(), saved.cpu_debt(), saved.memory_debt(), saved.cpu_debt_s(),
         saved.memory_debt_s());
    saved.set_checksum(crc32(crc32(crc32(0, head), saved.cpu()), saved.memory()));
    std::string why;
    return container_state::load(saved.SerializeAsString(), why) ? std::string{} : why;
  };
  CHECK(refusal(2, 1).empty());  // healing is on anyhow
  CHECK(refusal(3, 47).empty());
  CHECK(refusal(3, 48) == "is damaged: it holds impossible values");  // 4 spans × 12 margins
  CHECK_FALSE(refusal(2, 2).empty());                                 // a bool
}

TEST_CASE("a newer version is refused by name") {
  std::string why;
  CHECK_FALSE(container_state::load(std::string("\x08\x63", 2), why));
  CHECK(why == "has version 99, known are 1 to 3");
}

TEST_CASE("nonsense samples are ignored") {
  auto state = busy();
  auto before = state.cpu();
  state.observe({monday + 51h, -5.0f, 0, -1, true}, 0);
  state.observe({monday + 51h, std::numeric_limits<float>::quiet_NaN(), 0, -1, true}, 0);
  CHECK(state.cpu() == before);
}
