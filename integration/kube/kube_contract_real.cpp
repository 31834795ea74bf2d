// The contract of the kube port against a real API server. Every case gets a namespace of its own.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include <iostream>

#include <fmt/format.h>

#include "integration/kube/real_host.hpp"
#include "runtime/kube/kubeconfig.hpp"
#include "unit/support/kube_contract_cases.hpp"

using namespace scaleops;

namespace {

test::real_host::cluster cluster;

/// The namespace and all in it; not waited for: the next case has another one.
void clean_up(test::contract_host& host) {
  object_key home{object_kind::namespace_object, {}, test::contract_namespace, {}};
  host.ask<write_done>(delete_object{home, {}});
}

}  // namespace

TEST_CASE("the real API server keeps the contract of the kube port") {
  static auto run = std::chrono::system_clock::now().time_since_epoch().count() / 1'000'000;
  static int number = 0;
  for (auto& one : test::kube_contract())
    DYNAMIC_SECTION(one.promise) {
      test::contract_namespace = fmt::format("scaleops-contract-{}-{}", run, ++number);
      test::real_host host{cluster};
      one.check(host);
      clean_up(host);
    }
}

int main(int argc, char** argv) {
  Catch::Session session;
  std::string kubeconfig, context;
  using namespace Catch::clara;
  session.cli(session.cli() | Opt(kubeconfig, "FILE")["--kubeconfig"]("how to reach the cluster") |
              Opt(context, "NAME")["--context"]("its context; not given: the current one"));
  if (int wrong = session.applyCommandLine(argc, argv); wrong != 0)
    return wrong;
  auto loaded = kube::load_kubeconfig(kubeconfig, context);
  if (!loaded.access) {
    std::cerr << loaded.problem << "\n";
    return 2;
  }
  cluster.access = *loaded.access;
  cluster.token = cluster.access.token;
  return session.run();
}
