#include "runtime/secret/secret.hpp"

#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <openssl/rand.h>

namespace scaleops {

std::string random_hex(size_t bytes) {
  std::vector<unsigned char> raw(bytes);
  if (RAND_bytes(raw.data(), int(raw.size())) != 1)
    throw std::runtime_error("the operating system gave no random bytes");
  std::string out;
  for (auto byte : raw)
    out += fmt::format("{:02x}", byte);
  return out;
}

}  // namespace scaleops
