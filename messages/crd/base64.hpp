// Base64 with padding (RFC 4648), as Kubernetes writes bytes into JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace scaleops {

std::string encode_base64(std::string_view bytes);

/// Absent when the text is malformed: foreign characters, wrong length, bits left over.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace scaleops
