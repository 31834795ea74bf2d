#include <catch2/catch.hpp>

#include "messages/quantity.hpp"
#include "unit/support/property.hpp"

using namespace scaleops;
using namespace scaleops::test;

namespace {

rc::Gen<int64_t> amounts() {
  // All sizes alike: the exponent is drawn first.
  return rc::gen::exec([] {
    auto bits = *rc::gen::inRange(0, 54);
    auto any = *rc::gen::resize(100, rc::gen::arbitrary<uint64_t>());
    return bits == 53 ? int64_t{1} << 53 : int64_t(any & ((uint64_t{1} << bits) - 1));
  });
}

}  // namespace

TEST_CASE("every amount of CPU is read back as it was written") {
  holds("CPU round trip", 1000, [] {
    auto before = *amounts();
    int64_t after = -1;
    RC_ASSERT(parse_cpu(format_cpu(before), after) == quantity_error::none);
    RC_ASSERT(after == before);
  });
}

TEST_CASE("every amount of memory is read back as it was written") {
  holds("memory round trip", 1000, [] {
    auto before = *amounts();
    if (*rc::gen::arbitrary<bool>())
      before = before >> 30 << 30;  // with a suffix
    int64_t after = -1;
    RC_ASSERT(parse_memory(format_memory(before), after) == quantity_error::none);
    RC_ASSERT(after == before);
  });
}

TEST_CASE("written quantities are canonical: reading and writing again changes nothing") {
  holds("canonical form", 500, [] {
    auto text = format_memory(*amounts());
    int64_t value = 0;
    RC_ASSERT(parse_memory(text, value) == quantity_error::none);
    RC_ASSERT(format_memory(value) == text);
  });
}

TEST_CASE("the same amount in every unit reads alike") {
  holds("units agree", 500, [] {
    auto cores = *rc::gen::inRange<int64_t>(0, 1'000'000);
    for (auto& text : {std::to_string(cores), std::to_string(cores * 1000) + "m",
                       std::to_string(cores * 1'000'000) + "u", std::to_string(cores) + ".000",
                       std::to_string(cores) + "e0", std::to_string(cores) + "000e-3"}) {
      int64_t value = -1;
      RC_ASSERT(parse_cpu(text, value) == quantity_error::none);
      RC_ASSERT(value == cores * 1000);
    }
  });
}

TEST_CASE("no text makes the parser accept what is negative or above 2^53") {
  holds("accepted amounts are in range", 2000, [] {
    auto text = *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string{"0123456789.-+eEmkMGTPinu "}));
    for (auto* parse : {&parse_cpu, &parse_memory}) {
      int64_t value = -7;
      if (parse(text, value) == quantity_error::none)
        RC_ASSERT(value >= 0 && value <= int64_t{1} << 53);
      else
        RC_ASSERT(value == -7);  // refused: nothing was written
    }
  });
}
