// Any bytes as evidence, sealed by whoever wrote them or by us: never a crash, in reading or in
// making the decision again; what is accepted is written so that it is read back the same.
#include <cstdlib>
#include <string_view>

#include "actors/recommender/logic/checksum.hpp"
#include "actors/recommender/logic/evidence.hpp"
#include "messages/wire/evidence.pb.h"

namespace {

void take(std::string_view bytes) {
  using namespace scaleops;
  std::string why;
  auto first = load_evidence(bytes, why);
  if (first.has_value() != why.empty())
    std::abort();
  if (!first)
    return;
  auto written = save_evidence(*first);
  auto second = load_evidence(written, why);
  if (!second || save_evidence(*second) != written)
    std::abort();
  if (remake(*first).input_digest != remake(*second).input_digest)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  take(bytes);
  // Past the checksum, which no mutation would meet.
  scaleops::wire::Evidence sealed;
  sealed.set_version(1);
  sealed.set_body(std::string{bytes});
  sealed.set_checksum(scaleops::recommender_logic::crc32(0, bytes));
  take(sealed.SerializeAsString());
  return 0;
}
