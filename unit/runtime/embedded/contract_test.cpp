#include <catch2/catch.hpp>

#include "runtime/embedded/cluster.hpp"
#include "unit/support/kube_contract_cases.hpp"
#include "unit/support/world.hpp"

using namespace scaleops;
using namespace scaleops::embedded;

namespace {

class embedded_host final : public scaleops::test::contract_host {
public:
  embedded_host() {
    embedded_config cfg;
    cfg.start = world_.wall();
    cfg.tokens["secret"] = {"alice", {"admins"}};
    cluster_spec spec;
    for (auto name : {"node-1", "node-2", "node-3"})
      spec.nodes.push_back(make_node(name, 8000, 32LL << 30));
    model_ = std::make_shared<cluster_model>(cfg, std::move(spec));
    kube_ = world_.own(spawn_embedded_cluster(world_.sys(), world_.anchor(), model_));
  }

  caf::actor_system& sys() override { return world_.sys(); }
  kube_actor kube() override { return kube_; }
  bool compact() override {
    model_->compact_history();
    return true;
  }
  std::string good_token() override { return "secret"; }

  bool run_until(const std::function<bool()>& done, milliseconds most) override {
    auto end = world_.now() + most;
    world_.settle();
    while (!done()) {
      if (world_.now() >= end)
        return false;
      world_.run_for(std::min<caf::timespan>(std::chrono::milliseconds{100}, end - world_.now()));
    }
    return true;
  }

private:
  scaleops::test::world world_;
  std::shared_ptr<cluster_model> model_;
  kube_actor kube_;
};

}  // namespace

TEST_CASE("the embedded cluster keeps the contract of the kube port") {
  for (auto& one : scaleops::test::kube_contract())
    DYNAMIC_SECTION(one.promise) {
      embedded_host host;
      one.check(host);
    }
}
