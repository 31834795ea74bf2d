#include "messages/quantity.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;

TEST_CASE("CPU quantities are read exactly and finer parts round up, as the API server does") {
  auto [text, expected] = GENERATE(table<const char*, int64_t>({{"250m", 250},
                                                                {"1", 1000},
                                                                {"1.5", 1500},
                                                                {"0.1", 100},
                                                                {"100u", 1},
                                                                {"1n", 1},
                                                                {"2e1", 20000},
                                                                {"2k", 2000000},
                                                                {"0", 0},
                                                                {".5", 500},
                                                                {"1.", 1000},
                                                                {"+3", 3000}}));
  int64_t value = -1;
  CHECK(parse_cpu(text, value) == quantity_error::none);
  CHECK(value == expected);
}

TEST_CASE("memory quantities know binary, decimal and milli suffixes") {
  auto [text, expected] = GENERATE(table<const char*, int64_t>({{"128Mi", 134217728},
                                                                {"1.5Gi", 1610612736},
                                                                {"1G", 1000000000},
                                                                {"1e9", 1000000000},
                                                                {"1E3", 1000},
                                                                {"128974848000m", 128974848},
                                                                {"1500m", 2},
                                                                {"1Pi", 1125899906842624}}));
  int64_t value = -1;
  CHECK(parse_memory(text, value) == quantity_error::none);
  CHECK(value == expected);
}

TEST_CASE("what is no quantity is refused with its cause and leaves the value alone") {
  auto [text, expected] =
    GENERATE(table<const char*, quantity_error>({{"", quantity_error::empty},
                                                 {"abc", quantity_error::malformed},
                                                 {".", quantity_error::malformed},
                                                 {"1.2.3", quantity_error::unknown_suffix},
                                                 {"1Q", quantity_error::unknown_suffix},
                                                 {"1 Mi", quantity_error::unknown_suffix},
                                                 {"-1", quantity_error::out_of_range},
                                                 {"9Ei", quantity_error::out_of_range},
                                                 {"1e999", quantity_error::out_of_range},
                                                 {"1e", quantity_error::unknown_suffix},
                                                 {"1e+", quantity_error::malformed}}));
  int64_t value = -7;
  CHECK(parse_memory(text, value) == expected);
  CHECK(value == -7);
  CHECK_FALSE(describe(expected).empty());
}

TEST_CASE("canonical forms are read back to the same value") {
  for (int64_t v : {0LL, 1LL, 999LL, 1000LL, 1500LL, 123456LL}) {
    int64_t back = -1;
    CHECK(parse_cpu(format_cpu(v), back) == quantity_error::none);
    CHECK(back == v);
  }
  for (int64_t v : {0LL, 1LL, 1023LL, 1024LL, 1536LL << 20, 5LL << 40, 123456789LL}) {
    int64_t back = -1;
    CHECK(parse_memory(format_memory(v), back) == quantity_error::none);
    CHECK(back == v);
  }
  CHECK(format_memory(1536LL << 20) == "1536Mi");
  CHECK(format_cpu(250) == "250m");
  CHECK(format_cpu(2000) == "2");
}
