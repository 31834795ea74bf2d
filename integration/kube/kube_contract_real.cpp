// The contract of the kube port against a real API server. Every case gets a namespace of its own.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "integration/kube/real_host.hpp"
#include "runtime/kube/kubeconfig.hpp"
#include "unit/support/kube_contract_cases.hpp"

using namespace scaleops;

namespace {

test::real_host::cluster cluster;

std::vector<std::string> homes;  // namespaces of the cases so far

/// Once all cases are over: what goes in one namespace is heard by the watches of the next case.
void clean_up() {
  test::real_host host{cluster};
  for (auto& name : homes)
    host.ask<write_done>(delete_object{{object_kind::namespace_object, {}, name, {}}, {}});
}

}  // namespace

TEST_CASE("the real API server keeps the contract of the kube port") {
  static auto run = std::chrono::system_clock::now().time_since_epoch().count() / 1'000'000;
  static int number = 0;
  for (auto& one : test::kube_contract())
    DYNAMIC_SECTION(one.promise) {
      test::contract_namespace = fmt::format("scaleops-contract-{}-{}", run, ++number);
      homes.push_back(test::contract_namespace);
      test::real_host host{cluster};
      one.check(host);
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
  int result = session.run();
  clean_up();
  return result;
}
