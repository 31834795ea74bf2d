// Components that do what they should not: their writes are altered on the way out.
#include "actors/recommender/checkpoint_slot.hpp"
#include "integration/sim/mutants/mutant.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

/// Alters the updater's resizes.
class resize_mutant : public mutant {
public:
  void setup(plan& what) override {
    mutant::setup(what);
    what.mutations[component::updater] = [this](kube_write write) -> std::optional<kube_write> {
      if (auto* resize = std::get_if<resize_pod>(&write); resize && !alter(*resize))
        return std::nullopt;
      return write;
    };
  }
  /// False: swallow it.
  virtual bool alter(resize_pod& resize) = 0;
};

struct resizes_whom_nobody_granted final : resize_mutant {
  bool alter(resize_pod& resize) override {
    resize.pod = {"lab", "db-0"};
    resize.uid.clear();
    return true;
  }
};

struct starves_memory final : resize_mutant {
  bool alter(resize_pod& resize) override {
    for (auto& part : resize.containers)
      if (part.resources.requests.memory)
        *part.resources.requests.memory = int64_t{20} << 20;
    return true;
  }
};

struct asks_for_more_than_a_node final : resize_mutant {
  bool alter(resize_pod& resize) override {
    for (auto& part : resize.containers) {
      part.resources.requests.cpu = 1'000'000;
      part.resources.limits.cpu.reset();
    }
    return true;
  }
};

struct resizes_nothing final : resize_mutant {
  bool alter(resize_pod&) override { return false; }
};

/// Evictions instead of resizes, carried out by plain deletion.
struct deletes_instead_of_evicting final : mutant {
  void setup(plan& what) override {
    mutant::setup(what);
    what.config.platform.updater.rules.in_place = false;
    what.mutations[component::updater] = [](kube_write write) -> std::optional<kube_write> {
      auto* evict = std::get_if<evict_pod>(&write);
      if (!evict || evict->dry_run)
        return write;
      return delete_object{{object_kind::pod, evict->pod.ns, evict->pod.name, {}}, {}};
    };
  }
};

/// Evictions that are only asked for: the updater takes them for done.
struct only_asks_to_evict final : mutant {
  void setup(plan& what) override {
    mutant::setup(what);
    what.config.platform.updater.rules.in_place = false;
    what.mutations[component::updater] = [](kube_write write) -> std::optional<kube_write> {
      if (auto* evict = std::get_if<evict_pod>(&write))
        evict->dry_run = true;
      return write;
    };
  }
};

/// Pods are resized, but never say so.
struct stamps_nothing final : mutant {
  void setup(plan& what) override {
    mutant::setup(what);
    what.mutations[component::updater] = [](kube_write write) -> std::optional<kube_write> {
      auto* patch = std::get_if<patch_metadata>(&write);
      if (patch && !patch->labels.empty())
        return std::nullopt;
      return write;
    };
  }
};

bool is_checkpoint(const kube_write& write) {
  auto of = [](const object_ptr& value) {
    return value && kind_of(*value) == object_kind::checkpoint;
  };
  if (auto* create = std::get_if<create_object>(&write))
    return of(create->object);
  auto* update = std::get_if<update_object>(&write);
  return update && of(update->object);
}

struct never_saves final : mutant {
  void setup(plan& what) override {
    mutant::setup(what);
    what.mutations[component::recommender] = [](kube_write write) -> std::optional<kube_write> {
      if (is_checkpoint(write))
        return std::nullopt;
      return write;
    };
  }
};

/// Saves properly for two hours, then nothing but an empty list.
struct saves_emptiness final : mutant {
  void setup(plan& what) override {
    mutant::setup(what);
    auto until = what.config.cluster.start + 2h;
    what.mutations[component::recommender] =
      [until](kube_write write) -> std::optional<kube_write> {
      auto* update = std::get_if<update_object>(&write);
      if (!update || !is_checkpoint(write))
        return write;
      auto altered = std::get<checkpoint>(*update->object);
      if (altered.written < until)
        return write;
      altered.data = std::make_shared<const std::string>(encode_slot({}));
      return update_object{std::make_shared<const object>(std::move(altered)), update->status};
    };
  }
};

struct reports_nothing final : mutant {
  void setup(plan& what) override {
    mutant::setup(what);
    what.mutations[component::healthcheck] = [](kube_write) -> std::optional<kube_write> {
      return std::nullopt;
    };
  }
};

}  // namespace

std::vector<mutant_card> component_mutants() {
  return {
    made<resizes_whom_nobody_granted>("resizes_whom_nobody_granted", "grant"),
    made<starves_memory>("starves_memory", "live_memory"),
    made<asks_for_more_than_a_node>("asks_for_more_than_a_node", "node_room"),
    made<resizes_nothing>("resizes_nothing", "convergence"),
    made<deletes_instead_of_evicting>("deletes_instead_of_evicting", "disruption"),
    made<only_asks_to_evict>("only_asks_to_evict", "account"),
    made<stamps_nothing>("stamps_nothing", "account"),
    made<never_saves>("never_saves", "learned"),
    made<saves_emptiness>("saves_emptiness", "learned"),
    made<reports_nothing>("reports_nothing", "convergence"),
  };
}

}  // namespace scaleops::sim
