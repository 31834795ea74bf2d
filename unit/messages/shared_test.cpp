#include "messages/shared.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;

namespace {

const std::map<std::string, std::string>* block_of(const shared_map& value) {
  return &value.get();
}

}  // namespace

TEST_CASE("copies share their block until one is written to") {
  shared_map one{{"app", "web"}, {"team", "a"}};
  auto other = one;
  CHECK(block_of(one) == block_of(other));
  other["app"] = "db";
  CHECK(block_of(one) != block_of(other));
  CHECK(one.at("app") == "web");
  CHECK(other.at("app") == "db");
  CHECK(other.at("team") == "a");
  auto* own = block_of(other);
  other["team"] = "b";  // alone by now: written in place
  CHECK(block_of(other) == own);
}

TEST_CASE("to erase what is not there is no writing") {
  shared_map one{{"app", "web"}};
  auto other = one;
  other.erase("team");
  CHECK(block_of(one) == block_of(other));
  other.erase("app");
  CHECK(other.empty());
  CHECK(one.contains("app"));
}

TEST_CASE("equal values are equal whether they share or not, and empty has no need of a block") {
  shared_map one{{"app", "web"}}, other{{"app", "web"}};
  CHECK(one == other);
  CHECK(one == std::map<std::string, std::string>{{"app", "web"}});
  other.erase("app");
  CHECK(other == shared_map{});
  CHECK(shared_map{std::map<std::string, std::string>{}}.block() == nullptr);
  CHECK(shared_map{}.find("app") == shared_map{}.end());
}

TEST_CASE("a list is read through one block and written through its own") {
  shared_list<int> one{1, 2, 3};
  auto other = one;
  const auto& seen = other;
  CHECK(&seen[0] == &std::as_const(one)[0]);
  for (auto& each : other)
    each *= 2;
  CHECK(std::as_const(one)[1] == 2);
  CHECK(seen[1] == 4);
  other.push_back(8);
  CHECK(other == std::vector<int>{2, 4, 6, 8});
  CHECK(std::vector<int>(one) == std::vector<int>{1, 2, 3});
}
