#include <catch2/catch.hpp>

#include <deque>
#include <map>

#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <nlohmann/json.hpp>

#include "runtime/admission/registrar.hpp"
#include "unit/runtime/admission/document_store.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace scaleops::webhook;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr auto day = std::chrono::hours{24};
constexpr instant t0{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};
struct replica {
  instant now = t0;
  prometheus::Registry registry;
  std::shared_ptr<tls::server_tls> shown = std::make_shared<tls::server_tls>();
  std::shared_ptr<registrar> x;
  std::optional<milliseconds> wait;

  explicit replica(document_store& api) {
    registrar_config config;
    config.certificate.names = {"admissions", {"admissions.scaleops-system.svc"}, {}};
    config.now = [this] { return now; };
    x = std::make_shared<registrar>(config, api.port(), shown, registry);
  }
  void begin() {
    wait.reset();
    x->round([this](milliseconds next) { wait = next; });
  }
  milliseconds round(document_store& api) {
    begin();
    while (!wait && api.let_one_through()) {
    }
    REQUIRE(wait);
    return *wait;
  }
  double heals() {
    double sum = 0;
    for (auto& family : registry.Collect())
      if (family.name == "scaleops_admissions_registration_heals_total")
        for (auto& metric : family.metric)
          sum += metric.counter.value;
    return sum;
  }
};

}  // namespace

TEST_CASE("the first round fills the Secret, shows the certificate and registers its authority") {
  document_store api;
  replica one{api};
  CHECK_FALSE(one.x->ready());
  CHECK(one.round(api) == 30s);
  CHECK(one.x->ready());
  CHECK(one.x->trouble().empty());
  CHECK(one.shown->current() != nullptr);
  CHECK(api.bundle() == api.stored("ca.crt"));
  CHECK(tls::is_signed_by(api.stored("tls.crt"), api.bundle()));
  CHECK(api.entry()["failurePolicy"] == "Ignore");
  auto version = api.version;
  one.round(api);
  CHECK(api.version == version);  // nothing is written twice
}

TEST_CASE("of two replicas that begin at once the loser takes the winner's certificate") {
  document_store api;
  replica one{api}, two{api};
  one.begin();
  two.begin();
  while (api.let_one_through()) {  // in turn: both read before either writes
  }
  REQUIRE(one.wait);
  REQUIRE(two.wait);
  CHECK(one.x->ready());
  CHECK(two.x->ready());
  CHECK(api.bundle() == api.stored("ca.crt"));
  CHECK(one.heals() + two.heals() == 1);  // the entry was made once
  auto version = api.version;
  one.round(api);
  two.round(api);
  CHECK(api.version == version);
}

TEST_CASE("what is altered is healed in the next round and counted") {
  document_store api;
  replica one{api};
  one.round(api);
  auto before = one.heals();
  api.entry()["timeoutSeconds"] = 30;
  api.entry()["clientConfig"]["caBundle"] = encode_base64("other");
  one.round(api);
  CHECK(api.entry()["timeoutSeconds"] == 2);
  CHECK(api.bundle() == api.stored("ca.crt"));
  CHECK(one.heals() == before + 2);
}

TEST_CASE("a certificate is renewed in time, and a new authority is registered before it signs") {
  document_store api;
  replica one{api};
  one.round(api);
  auto first = api.stored("tls.crt");
  one.now += 61 * day;
  one.round(api);
  auto second = api.stored("tls.crt");
  CHECK(second != first);
  CHECK(api.bundle() == api.stored("ca.crt"));

  auto old_authority = api.stored("ca.crt");
  while (api.stored("ca.crt") == old_authority) {
    one.now += 10 * day;
    REQUIRE(one.now < t0 + 1230 * day);  // two thirds of five years
    one.round(api);
  }
  auto serving = api.stored("tls.crt");
  CHECK(api.bundle() == api.stored("ca.crt"));
  CHECK(api.bundle().ends_with(old_authority));
  CHECK(tls::is_signed_by(serving, old_authority));
  one.now += 59min;
  one.round(api);
  CHECK(api.stored("tls.crt") == serving);
  one.now += 1min;
  one.round(api);
  CHECK(api.stored("tls.crt") != serving);
  CHECK(tls::is_signed_by(api.stored("tls.crt"), api.bundle()));  // by the first of them
}

TEST_CASE("a replica that cannot read the Secret leaves the bundle of the others alone") {
  document_store api;
  replica one{api}, two{api};
  one.round(api);
  two.round(api);
  api.refusals["GET " + secret_path] = {ec::forbidden, "not allowed; give it the right", {}};
  api.entry()["clientConfig"]["caBundle"] = encode_base64("newer");
  api.entry()["timeoutSeconds"] = 9;
  CHECK(two.round(api) == 1s);
  CHECK(api.bundle() == "newer");
  CHECK(api.entry()["timeoutSeconds"] == 2);
  CHECK(two.x->ready());  // what was shown goes on to be shown
  CHECK(two.x->trouble() ==
        "read Secret scaleops-system/admissions-certificate: not allowed; give it the right");
  api.refusals.clear();
  CHECK(two.round(api) == 30s);
  CHECK(two.x->trouble().empty());
  CHECK(api.bundle() == api.stored("ca.crt"));
}

TEST_CASE("what cannot be written is said, and tried again ever more seldom") {
  document_store api;
  replica one{api};
  api.refusals["PATCH " + secret_path] = {ec::forbidden, "no right", {}};
  CHECK(one.round(api) == 1s);
  CHECK_FALSE(one.x->ready());
  CHECK(one.shown->current() == nullptr);
  CHECK(one.x->trouble().starts_with("write Secret scaleops-system/admissions-certificate"));
  CHECK(one.round(api) == 2s);
  CHECK(one.round(api) == 4s);
  for (int i = 0; i < 12; ++i)
    one.round(api);
  CHECK(one.round(api) == 1min);
  api.refusals.clear();
  CHECK(one.round(api) == 30s);
  CHECK(one.x->ready());

  api.refusals["PATCH " + hook_path] = {ec::forbidden, "no right", {}};
  api.entry()["failurePolicy"] = "Fail";
  CHECK(one.round(api) == 1s);
  CHECK_FALSE(one.x->ready());
  CHECK(one.x->trouble() == "heal MutatingWebhookConfiguration scaleops-admissions: no right");
}

TEST_CASE("an answer that is no Secret or no registration is a trouble, not a crash") {
  document_store api;
  replica one{api};
  api.objects[secret_path] = json::array();
  api.objects[hook_path] = "text";
  CHECK(one.round(api) == 1s);
  CHECK(one.x->trouble() ==
        "read Secret scaleops-system/admissions-certificate: the answer is no Secret; read "
        "MutatingWebhookConfiguration scaleops-admissions: the answer is no "
        "MutatingWebhookConfiguration");
}
