// Kubernetes resource quantities, read exactly and written canonically.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace scaleops {

inline constexpr int64_t mebi = 1 << 20;  // bytes of a mebibyte

/// Why a quantity was refused.
enum class quantity_error : uint8_t {
  none,
  empty,
  malformed,
  unknown_suffix,
  out_of_range,
  too_precise
};

/// Words for people: "is empty", "has the unknown suffix ...".
std::string_view describe(quantity_error error);

/// Reads a CPU quantity ("250m", "1.5", "2e1") as millicores. As the API server does, a finer value
/// is rounded up to the next millicore ("100u" is 1m). Range: 0 to 2^53 millicores. Source:
/// k8s.io/apimachinery/pkg/api/resource, quantity.go (ScaledValue rounds up).
quantity_error parse_cpu(std::string_view text, int64_t& millicores);

/// Reads a memory quantity ("128Mi", "1.5G", "1e9", "128974848000m") as bytes, fractions rounded
/// up.
quantity_error parse_memory(std::string_view text, int64_t& bytes);

/// Canonical forms: "250m", "2"; "128Mi", "1536Mi", "1000" (bytes).
std::string format_cpu(int64_t millicores);
std::string format_memory(int64_t bytes);

}  // namespace scaleops
