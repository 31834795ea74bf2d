#include <catch2/catch.hpp>

#include "runtime/tls/authority.hpp"

using namespace scaleops;
using namespace scaleops::tls;
using namespace std::chrono_literals;

namespace {

constexpr auto day = std::chrono::hours{24};
constexpr instant t0{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};

certificate_wish wish() {
  return {"scaleops admissions",
          {"admissions", {"admissions.scaleops-system.svc"}, {"127.0.0.1"}},
          certificate_use::server};
}

renewal keep(const certificate_set& held, instant now) {
  return renew(held, wish(), {}, now);
}

}  // namespace

TEST_CASE("a certificate bears the names and the life that it was asked for") {
  std::string problem;
  auto authority = make_authority("scaleops test", {t0, t0 + 100 * day}, problem);
  REQUIRE(authority);
  certificate_names names{"web", {"b.svc", "a.svc"}, {"10.0.0.7", "::1"}};
  auto leaf = issue(*authority, names, certificate_use::both, {t0, t0 + 900 * day}, problem);
  REQUIRE(leaf);
  auto read = read_certificates(leaf->certificate);
  REQUIRE(read.size() == 1);
  CHECK(read[0].common_name == "web");
  CHECK(read[0].dns == std::vector<std::string>{"a.svc", "b.svc"});
  CHECK(read[0].addresses == std::vector<std::string>{"10.0.0.7", "::1"});
  CHECK(read[0].life.from == t0);
  CHECK(read[0].life.until == t0 + 100 * day);  // no longer than the authority's
  CHECK_FALSE(read[0].authority);
  CHECK(read_certificates(authority->certificate).at(0).authority);
  CHECK(bears(read[0], {"", {"a.svc", "b.svc"}, {"0:0::1", "10.0.0.7"}}));
  CHECK_FALSE(bears(read[0], {"", {"a.svc"}, {"10.0.0.7", "::1"}}));
  CHECK(is_signed_by(leaf->certificate, authority->certificate));
  CHECK(belongs(leaf->key, leaf->certificate));
  CHECK_FALSE(belongs(authority->key, leaf->certificate));
  auto stranger = make_authority("scaleops test", {t0, t0 + 100 * day}, problem);
  CHECK_FALSE(is_signed_by(leaf->certificate, stranger->certificate));
}

TEST_CASE("names that would say something else in a certificate are refused with a line") {
  std::string problem;
  auto authority = make_authority("scaleops test", {t0, t0 + day}, problem);
  auto asked = [&](const certificate_names& names) {
    problem.clear();
    CHECK_FALSE(issue(*authority, names, certificate_use::server, {t0, t0 + day}, problem));
    return problem;
  };
  CHECK(asked({"x", {"a.svc,DNS:b.svc"}, {}}) ==
        "issue a certificate: \"a.svc,DNS:b.svc\" is no DNS name or address");
  CHECK(asked({"x", {}, {"no-address"}}).starts_with("issue a certificate: "));
  CHECK(asked({"x", {}, {}}) ==
        "issue a certificate: a certificate needs a DNS name or an address");
  auto stranger = make_authority("other", {t0, t0 + day}, problem);
  CHECK_FALSE(issue({authority->certificate, stranger->key}, wish().names, certificate_use::server,
                    {t0, t0 + day}, problem));
  CHECK(problem.find("cannot be read or differ") != std::string::npos);
}

TEST_CASE("an empty set is filled, and a full one stays as it is") {
  auto first = keep({}, t0);
  REQUIRE(first.problem.empty());
  CHECK(first.changed);
  CHECK(is_signed_by(first.set.serving.certificate, first.set.bundle));
  CHECK(belongs(first.set.authority_key, first.set.bundle));
  auto again = keep(first.set, t0 + day);
  CHECK_FALSE(again.changed);
  CHECK(again.set == first.set);
  CHECK(again.next > t0 + 59 * day);
}

TEST_CASE("a damaged set is replaced by a good one") {
  auto good = keep({}, t0).set;
  auto damaged = good;
  SECTION("bundle") {
    damaged.bundle = "-----BEGIN CERTIFICATE-----\nAAAA";
  }
  SECTION("key of the authority") {
    damaged.authority_key = "nonsense";
  }
  SECTION("certificate") {
    damaged.serving.certificate = damaged.bundle;
  }
  SECTION("key of the certificate") {
    damaged.serving.key = damaged.authority_key;
  }
  auto mended = keep(damaged, t0 + day);
  CHECK(mended.changed);
  CHECK_FALSE(keep(mended.set, t0 + day + 1min).changed);
  CHECK(belongs(mended.set.serving.key, mended.set.serving.certificate));
}

TEST_CASE("over nine years what is served is trusted by those who learn of a bundle an hour late") {
  certificate_set held;
  std::vector<std::pair<instant, std::string>> told;  // bundles, oldest first
  size_t servings = 0, authorities = 0;
  for (instant now = t0; now < t0 + 9 * 365 * day;) {
    auto done = keep(held, now);
    REQUIRE(done.problem.empty());
    servings += done.set.serving.certificate != held.serving.certificate;
    authorities += done.set.authority_key != held.authority_key;
    held = done.set;
    told.emplace_back(now, held.bundle);
    auto known = told.front().second;
    for (auto& [at, bundle] : told)
      if (at <= now - 1h)
        known = bundle;
    auto leaf = read_certificates(held.serving.certificate).at(0);
    CHECK(leaf.life.holds(now));
    bool trusted = false;
    for (auto& each : read_certificates(known))
      trusted = trusted || (each.life.holds(now) && is_signed_by(leaf.pem, each.pem));
    CHECK(trusted);
    REQUIRE(done.next > now);
    now = done.next;
  }
  CHECK(authorities == 3);  // at 0, 3.3 and 6.7 years
  CHECK(servings >= 9 * 365 / 61);
  CHECK(servings <= 9 * 365 / 59 + 3);
  CHECK(read_certificates(held.bundle).size() == 1);  // the others have expired
}
