#include "messages/wire/codec.hpp"

#include <fmt/format.h>

#include "messages/wire/body.hpp"
#include "messages/wire/envelope.pb.h"

namespace scaleops::wire {

std::optional<std::string> encode(const envelope& message) {
  Envelope out;
  out.set_version(version);
  out.set_id(message.id);
  if (!write_body(message.what, out) || out.ByteSizeLong() > most_bytes)
    return std::nullopt;
  return out.SerializeAsString();
}

decoded decode(std::string_view bytes) {
  if (bytes.size() > most_bytes)
    return {std::nullopt, fmt::format("{} bytes, more than {}", bytes.size(), most_bytes)};
  Envelope in;
  if (!in.ParseFromArray(bytes.data(), int(bytes.size())))
    return {std::nullopt, "bytes that are no envelope"};
  if (in.version() == 0)
    return {std::nullopt, "an envelope without a version"};
  decoded out;
  if (auto what = read_body(in, out.problem))
    out.value = envelope{in.id(), std::move(*what)};
  return out;
}

}  // namespace scaleops::wire
