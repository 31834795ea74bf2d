// Any bytes as an AdmissionReview: the answer always allows, and its patch fits the pod and leaves
// nothing to do when the API server asks again.
#include <cstdlib>
#include <string>
#include <string_view>

#include <prometheus/registry.h>
#include <nlohmann/json.hpp>

#include "messages/crd/base64.hpp"
#include "runtime/admission/review_desk.hpp"
#include "unit/runtime/admission/shop.hpp"

namespace {

using namespace scaleops;
using nlohmann::json;

webhook::review_desk& desk() {
  static prometheus::Registry registry;
  static webhook::desk_config config = [] {
    webhook::desk_config out;
    out.now = [] { return test::t0; };
    return out;
  }();
  static webhook::review_desk one{config, std::make_shared<webhook::review_counts>(registry)};
  static bool filled = (one.take(test::shop()), true);
  (void)filled;
  return one;
}

json ask(std::string_view body) {
  auto answer = json::parse(desk().answer(body), nullptr, false);
  if (!answer.is_object() || answer["response"]["allowed"] != true)
    std::abort();
  return answer["response"];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  ask(bytes);
  // Members that stand twice are read differently by different readers; the API server sends none.
  auto review = json::parse(bytes, nullptr, false);
  if (!review.is_object())
    return 0;
  auto response = ask(review.dump(-1, ' ', false, json::error_handler_t::replace));
  if (!response.contains("patch"))
    return 0;
  auto text = decode_base64(response["patch"].get<std::string>());
  auto patch = json::parse(*text);
  review["request"]["object"] = review["request"]["object"].patch(patch);  // throws: a finding
  if (ask(review.dump()).contains("patch"))
    std::abort();
  return 0;
}
