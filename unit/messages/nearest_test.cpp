#include "messages/nearest.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;

TEST_CASE("edits count insertions, deletions, replacements and swaps of neighbours") {
  CHECK(edit_distance("speed", "speed") == 0);
  CHECK(edit_distance("sped", "speed") == 1);
  CHECK(edit_distance("spede", "speed") == 1);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest word has the fewest edits, then the longest common beginning") {
  std::vector<std::string> known{"speed", "seed", "scrape-interval", "up"};
  CHECK(nearest("sped", known) == "speed");
  CHECK(nearest("seeed", known) == "seed");
  CHECK(nearest("upp", known) == "up");
  CHECK(nearest("zzzzzzzzzzz", known) != "");
  CHECK(nearest("x", {}) == "");
}

TEST_CASE("a word that is only begun leads to the whole one") {
  CHECK(nearest("scrape", {"speed", "shape", "scrape-interval"}) == "scrape-interval");
}
