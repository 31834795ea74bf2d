// The whole contract of the kube port, as a list.
#pragma once

#include <array>

#include "unit/support/kube_contract_objects.hpp"
#include "unit/support/kube_contract_pods.hpp"

namespace scaleops::test {

inline const auto& kube_contract() {
  using namespace contract;
  static constexpr std::array cases = {
    contract_case{"a created object has an identity and can be read", creates},
    contract_case{"what is not there is not found", misses},
    contract_case{"the second of two writers is told of the conflict", detects_conflicts},
    contract_case{
      "the generation counts changes of the wish only, and writing nothing writes nothing",
      counts_generations},
    contract_case{"wish and status are written apart", keeps_status_apart},
    contract_case{"a metadata patch touches only what it names", patches_metadata},
    contract_case{"a delete may name the object it means", deletes_with_precondition},
    contract_case{"a list in pages shows one moment", lists_in_pages},
    contract_case{"an old continue token is gone", old_pages_are_gone},
    contract_case{"a watch tells all changes after its version in order", watches_in_order},
    contract_case{"a watch sends nothing before the last batch is acknowledged",
                  waits_for_acknowledgement},
    contract_case{"a watch from too old a version is gone", old_watches_are_gone},
    contract_case{"an idle watch gets bookmarks", bookmarks_idle_watches},
    contract_case{"a lease has one winner", leases_are_optimistic},
    contract_case{"events are counted", records_events},
    contract_case{"tokens are reviewed", reviews_tokens},
    contract_case{"a wrong resize is refused with its reason", refuses_wrong_resizes},
    contract_case{"a resize comes into force without a restart", resizes_in_place},
    contract_case{"evictions keep the disruption budget", evicts_within_budgets},
    contract_case{"two budgets for one pod are an error", refuses_two_budgets},
    contract_case{"a changed template annotation rolls the pods", rolls_out},
    contract_case{"what a deleted owner owned goes with it", collects_garbage},
    contract_case{"a pod leads to its workload by its owners", owners_make_a_chain},
  };
  return cases;
}

}  // namespace scaleops::test
