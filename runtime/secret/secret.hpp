// Secrets that nobody can guess.
#pragma once

#include <string>

namespace scaleops {

/// `bytes` random bytes from the operating system by OpenSSL, as lower-case hex. Throws
/// std::runtime_error where the system has no randomness.
std::string random_hex(size_t bytes);

}  // namespace scaleops
