// What every maker of the kube port must keep, embedded or real: one list of cases, each a promise
// in words. A host gives the cases a cluster of theirs and lets its time pass.
//
//   for (auto& one : test::kube_contract())  // unit/support/kube_contract_cases.hpp
//     DYNAMIC_SECTION(one.promise) { my_host host; one.check(host); }
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include "messages/kube.hpp"

namespace scaleops::test {

class contract_host {
public:
  virtual ~contract_host() = default;
  virtual caf::actor_system& sys() = 0;
  virtual kube_actor kube() = 0;
  /// Lets the cluster's time pass until `done`, `most` at the longest. Whether it was done.
  virtual bool run_until(const std::function<bool()>& done, milliseconds most) = 0;
  /// Makes all resource versions so far too old; false where the host cannot.
  virtual bool compact() = 0;
  /// Whether a resize that no node can hold is refused (1.36) or accepted and marked (until 1.35).
  virtual bool refuses_infeasible() { return true; }
  /// A token that the cluster accepts; empty: unknown.
  virtual std::string good_token() { return {}; }

  /// Sends a request and waits for its answer.
  template <class Result, class Message>
  caf::expected<Result> ask(Message message) {
    caf::scoped_actor self{sys()};
    caf::expected<Result> result{fail(ec::timeout, "no answer")};
    auto pending = self->request(kube(), caf::infinite, std::move(message));
    if (!run_until([&] { return self->has_next_message(); }, std::chrono::seconds{30}))
      return result;
    pending.receive([&](Result& value) { result = std::move(value); },
                    [&](caf::error& error) { result = std::move(error); });
    return result;
  }
};

struct contract_case {
  const char* promise;
  void (*check)(contract_host&);
};
}  // namespace scaleops::test
