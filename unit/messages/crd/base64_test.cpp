#include "messages/crd/base64.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;

// The vectors of RFC 4648, section 10.
TEST_CASE("base64 reads and writes RFC 4648's vectors") {
  auto [bytes, text] = GENERATE(table<const char*, const char*>({{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg=="},
                                                                 {"fooba", "Zm9vYmE="},
                                                                 {"foobar", "Zm9vYmFy"}}));
  CHECK(encode_base64(bytes) == text);
  CHECK(decode_base64(text) == std::string(bytes));
}

TEST_CASE("base64 keeps every byte") {
  std::string all;
  for (int i = 0; i < 256; ++i)
    all += char(i);
  CHECK(decode_base64(encode_base64(all)) == all);
}

TEST_CASE("malformed base64 is refused") {
  for (auto text :
       {"Z", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm9*", "Zh==", "Zm9=", "Zg==\n", "Z=g="})
    CHECK_FALSE(decode_base64(text));
}
