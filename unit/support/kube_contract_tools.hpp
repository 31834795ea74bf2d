// What the contract's cases share: objects to begin with, a watcher that records, short ways to
// ask.
#pragma once

#include <mutex>

#include <catch2/catch.hpp>

#include <caf/typed_event_based_actor.hpp>

#include "unit/support/kube_contract.hpp"

namespace scaleops::test {

/// Where the cases work; a host whose cluster outlives a case names another one for each.
inline std::string contract_namespace = "scaleops-contract";

inline object_ptr make_object(object value) {
  return std::make_shared<const object>(std::move(value));
}

template <class Result>
ec code_of(const caf::expected<Result>& result) {
  return result ? ec::none : scaleops::code_of(result.error());
}

/// Creates the namespace that the cases work in, unless it is there.
inline void need_namespace(contract_host& host) {
  namespace_object home;
  home.meta.name = contract_namespace;
  auto made = host.ask<object_ptr>(create_object{make_object(object{home})});
  REQUIRE((made || code_of(made) == ec::already_exists));
}

inline policy policy_named(const std::string& name) {
  policy value;
  value.meta.ns = contract_namespace;
  value.meta.name = name;
  value.spec.description = "made by the contract suite";
  return value;
}

inline object_key key_of_policy(const std::string& name) {
  return {object_kind::policy, contract_namespace, name, {}};
}

/// Creates and requires success; gives back what is stored.
template <class T>
T create(contract_host& host, const T& value) {
  auto made = host.ask<object_ptr>(create_object{make_object(object{value})});
  if (!made)
    FAIL("create " << value.meta.name << ": " << text_of(made.error()));
  return std::get<T>(**made);
}

template <class T>
T get(contract_host& host, const object_key& key) {
  auto found = host.ask<object_ptr>(get_query{key});
  if (!found)
    FAIL("get " << key.name << ": " << text_of(found.error()));
  return std::get<T>(**found);
}

inline object_list list(contract_host& host, object_kind kind) {
  auto found = host.ask<object_list>(list_query{kind, contract_namespace, 0, {}});
  if (!found)
    FAIL("list: " << text_of(found.error()));
  return std::move(*found);
}

/// A Deployment of small pods, all ready when this returns.
inline workload ready_deployment(contract_host& host, const std::string& name, int32_t replicas,
                                 const container_resources& resources) {
  workload value;
  value.kind = "Deployment";
  value.meta.ns = contract_namespace;
  value.meta.name = name;
  value.replicas = replicas;
  value.selector = {{"app", name}};
  value.template_labels = value.selector;
  container_spec c;
  c.name = "main";
  c.image = "pause:3.9";
  c.resources = resources;
  value.containers.push_back(std::move(c));
  create(host, value);
  object_key key{object_kind::workload, contract_namespace, name, "Deployment"};
  auto ready = [&] { return get<workload>(host, key).ready_replicas == replicas; };
  for (int i = 0; i < 120 && !ready(); ++i)
    host.run_until([] { return false; }, std::chrono::seconds{1});
  REQUIRE(ready());
  return get<workload>(host, key);
}

/// Pods of an app, in order of name.
inline std::vector<pod> pods_of(contract_host& host, const std::string& app) {
  std::vector<pod> out;
  for (auto& item : list(host, object_kind::pod).items) {
    auto& value = std::get<pod>(*item);
    auto label = value.meta.labels.find("app");
    if (label != value.meta.labels.end() && label->second == app)
      out.push_back(value);
  }
  return out;
}

/// A watcher that records all that it is told and acknowledges while it is asked to.
class recorder {
public:
  struct log {
    std::mutex lock;  // a real client's threads write here
    std::vector<watch_event> events;
    std::vector<size_t> batches;
    ec closed = ec::none;
    bool acknowledge = true;
    uint64_t watch = 0;
  };

  recorder(contract_host& host, bool acknowledge = true)
      : host_(host), log_(std::make_shared<log>()) {
    log_->acknowledge = acknowledge;
    sink_ = host.sys().spawn(behavior, log_, host.kube());
  }
  ~recorder() {
    if (log_->watch != 0)
      caf::anon_send(host_.kube(), close_watch{log_->watch});
    caf::anon_send_exit(sink_, caf::exit_reason::user_shutdown);
    host_.run_until([] { return false; }, std::chrono::milliseconds{10});
  }

  ec open(object_kind kind, uint64_t version) {
    auto opened = host_.ask<watch_opened>(open_watch{kind, version, sink_});
    if (opened)
      log_->watch = opened->watch;
    return code_of(opened);
  }

  void acknowledge() {
    log_->acknowledge = true;
    caf::anon_send(host_.kube(), watch_ack{log_->watch});
  }

  /// Waits for so many events about objects (bookmarks do not count).
  bool wait_for(size_t count) {
    return host_.run_until([&] { return size() >= count; }, std::chrono::seconds{20});
  }
  size_t size() {
    std::lock_guard guard{log_->lock};
    return size_t(std::count_if(log_->events.begin(), log_->events.end(),
                                [](auto& e) { return e.object != nullptr; }));
  }
  std::vector<watch_event> events() {
    std::lock_guard guard{log_->lock};
    return log_->events;
  }
  size_t batches() {
    std::lock_guard guard{log_->lock};
    return log_->batches.size();
  }
  ec closed() {
    std::lock_guard guard{log_->lock};
    return log_->closed;
  }

private:
  static watch_sink_actor::behavior_type behavior(watch_sink_actor::pointer self,
                                                  std::shared_ptr<log> out, kube_actor kube) {
    return {[=](const watch_events& batch) {
              std::lock_guard guard{out->lock};
              out->events.insert(out->events.end(), batch.events.begin(), batch.events.end());
              out->batches.push_back(batch.events.size());
              if (out->acknowledge)
                self->send(kube, watch_ack{batch.watch});
            },
            [=](const watch_closed& closed) {
              std::lock_guard guard{out->lock};
              out->closed = closed.reason;
            }};
  }

  contract_host& host_;
  std::shared_ptr<log> log_;
  watch_sink_actor sink_;
};

}  // namespace scaleops::test
