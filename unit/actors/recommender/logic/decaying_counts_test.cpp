#include "actors/recommender/logic/decaying_counts.hpp"

#include <catch2/catch.hpp>

#include "messages/entropy.hpp"

using namespace scaleops;
using recommender_logic::decaying_counts;

namespace {

/// The definition, bucket by bucket.
template <size_t buckets>
float walked(const decaying_counts<buckets>& what, float q) {
  float wanted = q * float(what.total()), sum = 0, end = -1;
  for (size_t i = 0; i < buckets; ++i) {
    float count = what.counts[i];
    if (count == 0)
      continue;
    if (sum + count >= wanted)
      return float(i) + std::clamp((wanted - sum) / count, 0.0f, 1.0f);
    sum += count;
    end = float(i + 1);
  }
  return end;
}

template <size_t buckets>
void compare(entropy& dice) {
  decaying_counts<buckets> counts;
  auto filled = 1 + dice.below(buckets);
  for (size_t i = 0; i < filled; ++i)
    counts.counts[dice.below(buckets)] = uint16_t(dice.below(dice.below(2) ? 0x10000 : 4));
  for (float q : {0.0f, 0.01f, 0.5f, 0.88f, 0.95f, 0.999f, 1.0f, 1.1f})
    REQUIRE(counts.position(q) == walked(counts, q));
}

}  // namespace

TEST_CASE("a quantile's position is the one that walking all buckets gives, to the bit") {
  entropy dice{1};
  for (int i = 0; i < 2'000; ++i) {
    compare<128>(dice);
    compare<48>(dice);
  }
}

TEST_CASE("an empty histogram has no quantile") {
  CHECK(decaying_counts<48>{}.position(0.5f) < 0);
}

TEST_CASE("full counters do not overflow the sums") {
  decaying_counts<128> counts;
  counts.counts.fill(0xffff);
  CHECK(counts.position(0.5f) == walked(counts, 0.5f));
  CHECK(counts.position(1.0f) == 128);
}
