// Container states as versioned Protobuf. A blob is the concatenation of a model's fields,
// little-endian.
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "actors/recommender/logic/checksum.hpp"
#include "actors/recommender/logic/container_state.hpp"
#include "actors/recommender/logic/old_checkpoints.hpp"
#include "messages/wire/checkpoint.pb.h"

namespace scaleops {

namespace {

using recommender_logic::crc32;

static_assert(std::endian::native == std::endian::little,
              "the checkpoint's blobs are copied as they are");

constexpr uint32_t version = 3;

struct packer {
  std::string& out;
  template <class... Fields>
  void operator()(const Fields&... fields) {
    (out.append(reinterpret_cast<const char*>(&fields), sizeof(fields)), ...);
  }
};

struct unpacker {
  std::string_view in;
  bool ok = true;
  template <class... Fields>
  void operator()(Fields&... fields) {
    static_assert((std::is_trivially_copyable_v<Fields> && ...));
    ok = in.size() == (sizeof(fields) + ...);
    if (ok)
      (take(fields), ...);
  }
  template <class Field>
  void take(Field& to) {
    if constexpr (std::is_same_v<Field, bool>) {
      ok = ok && uint8_t(in[0]) <= 1;
      to = in[0] == 1;
    } else {
      std::memcpy(&to, in.data(), sizeof(to));
    }
    in.remove_prefix(sizeof(to));
  }
};

template <class Layout, class Model>
bool unpack(std::string_view bytes, Model& out) {
  Layout layout{};
  unpacker from{bytes};
  layout.visit(from);
  if (from.ok)
    out = Model{layout};
  return from.ok;
}

uint32_t checksum_of(const wire::ContainerState& saved) {
  std::string head;
  packer{head}(saved.first_s(), saved.last_s(), saved.covered_s(), saved.revision_s(),
               saved.revision(), saved.throttled(), saved.cpu_debt(), saved.memory_debt(),
               saved.cpu_debt_s(), saved.memory_debt_s());
  return crc32(crc32(crc32(0, head), saved.cpu()), saved.memory());
}

}  // namespace

std::string container_state::save() const {
  wire::ContainerState out;
  out.set_version(version);
  out.set_first_s(first_s_);
  out.set_last_s(last_s_);
  out.set_covered_s(covered_s_);
  out.set_revision_s(revision_s_);
  out.set_revision(revision_);
  out.set_throttled(throttled_);
  out.set_cpu_debt(debt_[0]);
  out.set_memory_debt(debt_[1]);
  out.set_cpu_debt_s(debt_s_[0]);
  out.set_memory_debt_s(debt_s_[1]);
  cpu_.visit(packer{*out.mutable_cpu()});
  memory_.visit(packer{*out.mutable_memory()});
  out.set_checksum(checksum_of(out));
  return out.SerializeAsString();
}

std::optional<container_state> container_state::load(std::string_view bytes, std::string& why) {
  wire::ContainerState saved;
  if (!saved.ParseFromArray(bytes.data(), int(bytes.size()))) {
    why = "is not a container state";
    return std::nullopt;
  }
  if (saved.version() == 0 || saved.version() > version) {
    why = "has version " + std::to_string(saved.version()) + ", known are 1 to " +
          std::to_string(version);
    return std::nullopt;
  }
  if (saved.checksum() != checksum_of(saved)) {
    why = "is damaged: its checksum does not match";
    return std::nullopt;
  }
  container_state state;
  bool whole = saved.version() == 1   ? unpack<cpu_model::layout_v1>(saved.cpu(), state.cpu_)
               : saved.version() == 2 ? unpack<cpu_model::layout_v2>(saved.cpu(), state.cpu_)
                                      : unpack<cpu_model>(saved.cpu(), state.cpu_);
  whole =
    whole && (saved.version() == 1 ? unpack<memory_model::layout_v1>(saved.memory(), state.memory_)
                                   : unpack<memory_model>(saved.memory(), state.memory_));
  if (!whole || saved.last_s() < saved.first_s()) {
    why = "is damaged: its parts have the wrong size";
    return std::nullopt;
  }
  if (!state.cpu_.sane() || !state.memory_.sane() || !(saved.throttled() >= 0) ||
      !(saved.cpu_debt() >= 0) || !(saved.memory_debt() >= 0)) {
    why = "is damaged: it holds impossible values";
    return std::nullopt;
  }
  state.first_s_ = saved.first_s();
  state.last_s_ = saved.last_s();
  state.covered_s_ = saved.covered_s();
  state.revision_s_ = saved.revision_s();
  state.revision_ = saved.revision();
  state.throttled_ = saved.throttled();
  state.debt_ = {saved.cpu_debt(), saved.memory_debt()};
  state.debt_s_ = {saved.cpu_debt_s(), saved.memory_debt_s()};
  return state;
}

}  // namespace scaleops
