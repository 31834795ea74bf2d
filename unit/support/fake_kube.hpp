// A Kubernetes for actor tests: keeps objects in a map, tells watches of changes, records every
// write, and fails where a test says so. It runs no controllers: tests move pods along by `put`.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "messages/kube.hpp"
#include "unit/support/world.hpp"

namespace scaleops::test {

class fake_kube {
public:
  /// What the actor and the test share: under the test scheduler only one of them runs at a time.
  struct store {
    std::map<object_key, object_ptr> objects;
    std::map<std::string, node_metrics_ptr> metrics;  // by node
    std::map<std::string, user_info> tokens;
    uint64_t version = 100;
    uint64_t last_watch = 0;

    struct open {
      object_kind kind;
      watch_sink_actor sink;
      std::deque<watch_event> waiting;
      bool unacked = false;
    };
    std::map<uint64_t, open> watches;

    // Every write in the order of arrival, failed ones included.
    std::vector<create_object> created;
    std::vector<update_object> updated;
    std::vector<patch_metadata> patched;
    std::vector<delete_object> deleted;
    std::vector<resize_pod> resized;
    std::vector<evict_pod> evicted;     // dry runs included
    std::vector<std::string> measured;  // nodes asked for metrics

    // Failures by choice of the test; ec::none lets the request pass.
    std::set<object_kind> denied;  // to be listed
    std::function<ec(const resize_pod&)> fail_resize;
    std::function<ec(const evict_pod&)> fail_evict;
    std::function<ec(const patch_metadata&)> fail_patch;
    std::function<ec(const update_object&)> fail_update;
    std::function<ec(const create_object&)> fail_create;
    // The request is carried out, but the answer is lost: its sender's time is up.
    std::function<bool(const resize_pod&)> lose_resize;
    std::function<bool(const evict_pod&)> lose_evict;
    std::function<bool(const patch_metadata&)> lose_patch;
    std::function<bool(const update_object&)> lose_update;
    std::function<bool(const create_object&)> lose_create;
    std::function<bool(const get_query&)> lose_get;
    bool enforce_resizes =
      true;  // a resize is in force at once; otherwise the test plays the kubelet
  };

  explicit fake_kube(world& w) : store_{std::make_shared<store>()} {
    handle_ = w.own(w.sys().spawn(behavior, store_));
  }

  const kube_actor& handle() const { return handle_; }
  store& data() { return *store_; }

  /// Creates or replaces an object and tells the watches. Gives back what was stored.
  object_ptr put(object value) { return put(*store_, std::move(value)); }

  void remove(const object_key& key) { remove(*store_, key); }

  template <class T>
  std::shared_ptr<const T> find(const object_key& key) const {
    auto found = store_->objects.find(key);
    return found == store_->objects.end() ? nullptr : object_cast<T>(found->second);
  }

  /// Tells every watch that it is up to date, as the API server does about once a minute: without
  /// it watchers take a quiet watch for a dead one.
  void bookmark() {
    for (auto& [id, watch] : store_->watches) {
      watch.waiting.push_back({watch_event::type::bookmark, nullptr, store_->version});
      flush(id, watch);
    }
  }

  /// Ends all open watches of a kind for the given reason.
  void break_watches(object_kind kind, ec reason) {
    for (auto it = store_->watches.begin(); it != store_->watches.end();) {
      if (it->second.kind == kind) {
        caf::anon_send(it->second.sink, watch_closed{it->first, reason});
        it = store_->watches.erase(it);
      } else {
        ++it;
      }
    }
  }

  /// All created objects of one type, as recorded.
  template <class T>
  std::vector<T> created() const {
    std::vector<T> result;
    for (auto& request : store_->created)
      if (auto value = object_cast<T>(request.object))
        result.push_back(*value);
    return result;
  }

private:
  static void flush(uint64_t id, store::open& watch) {
    if (watch.unacked || watch.waiting.empty())
      return;
    watch_events batch{id, {watch.waiting.begin(), watch.waiting.end()}};
    watch.waiting.clear();
    watch.unacked = true;
    caf::anon_send(watch.sink, std::move(batch));
  }

  static void tell(store& st, watch_event::type what, const object_ptr& value) {
    for (auto& [id, watch] : st.watches) {
      if (watch.kind != kind_of(*value))
        continue;
      watch.waiting.push_back({what, value, st.version});
      flush(id, watch);
    }
  }

  static object_ptr put(store& st, object value) {
    auto& meta = meta_of(value);
    meta.resource_version = ++st.version;
    auto key = key_of(value);
    if (meta.uid.empty())
      meta.uid = "uid-" + std::to_string(st.version);
    auto stored = std::make_shared<const object>(std::move(value));
    bool fresh = !st.objects.contains(key);
    st.objects.insert_or_assign(key, stored);
    tell(st, fresh ? watch_event::type::added : watch_event::type::modified, stored);
    return stored;
  }

  static void remove(store& st, const object_key& key) {
    auto found = st.objects.find(key);
    if (found == st.objects.end())
      return;
    auto gone = found->second;
    st.objects.erase(found);
    ++st.version;
    tell(st, watch_event::type::deleted, gone);
  }

  static caf::error no(ec code) {
    return fail(code, "the test says " + std::string(to_string(code)));
  }

  template <class Answer, class Request>
  static caf::result<Answer> unless_lost(const std::function<bool(const Request&)>& lost,
                                         const Request& wish, Answer answer) {
    if (lost && lost(wish))
      return no(ec::timeout);
    return answer;
  }

  static caf::result<object_ptr> resize(store& st, const resize_pod& wish) {
    st.resized.push_back(wish);
    if (auto code = st.fail_resize ? st.fail_resize(wish) : ec::none; code != ec::none)
      return no(code);
    auto found = st.objects.find({object_kind::pod, wish.pod.ns, wish.pod.name, {}});
    if (found == st.objects.end())
      return no(ec::not_found);
    auto changed = std::get<pod>(*found->second);
    if (!wish.uid.empty() && wish.uid != changed.meta.uid)
      return no(ec::conflict);
    for (auto& part : wish.containers)
      for (size_t i = 0; i < changed.containers.size(); ++i)
        if (changed.containers[i].name == part.container) {
          changed.containers[i].resources = part.resources;
          if (st.enforce_resizes && i < changed.statuses.size()) {
            changed.statuses[i].actual = part.resources;
            changed.statuses[i].allocated = part.resources.requests;
          }
        }
    ++changed.meta.generation;
    if (st.enforce_resizes)
      changed.resize.observed_generation = changed.meta.generation;
    return unless_lost(st.lose_resize, wish, put(st, std::move(changed)));
  }

  static caf::result<write_done> evict(store& st, const evict_pod& wish) {
    st.evicted.push_back(wish);
    if (auto code = st.fail_evict ? st.fail_evict(wish) : ec::none; code != ec::none)
      return no(code);
    object_key key{object_kind::pod, wish.pod.ns, wish.pod.name, {}};
    auto found = st.objects.find(key);
    if (found == st.objects.end())
      return no(ec::not_found);
    if (!wish.uid.empty() && wish.uid != meta_of(*found->second).uid)
      return no(ec::conflict);
    if (!wish.dry_run)
      remove(st, key);
    return unless_lost(st.lose_evict, wish, write_done{});
  }

  static caf::result<object_ptr> update(store& st, const update_object& wish) {
    st.updated.push_back(wish);
    if (auto code = st.fail_update ? st.fail_update(wish) : ec::none; code != ec::none)
      return no(code);
    auto found = st.objects.find(key_of(*wish.object));
    if (found == st.objects.end())
      return no(ec::not_found);
    auto version = meta_of(*wish.object).resource_version;
    if (version != 0 && version != meta_of(*found->second).resource_version)
      return no(ec::conflict);
    return unless_lost(st.lose_update, wish, put(st, *wish.object));
  }

  static caf::result<object_ptr> patch(store& st, const patch_metadata& wish) {
    st.patched.push_back(wish);
    if (auto code = st.fail_patch ? st.fail_patch(wish) : ec::none; code != ec::none)
      return no(code);
    auto found = st.objects.find(wish.key);
    if (found == st.objects.end())
      return no(ec::not_found);
    if (wish.resource_version != 0 &&
        wish.resource_version != meta_of(*found->second).resource_version)
      return no(ec::conflict);
    if (!wish.uid.empty() && wish.uid != meta_of(*found->second).uid)
      return no(ec::conflict);
    auto changed = *found->second;
    auto apply = [](auto& map, const std::map<std::string, std::optional<std::string>>& parts) {
      for (auto& [key, value] : parts) {
        if (value)
          map[key] = *value;
        else
          map.erase(key);
      }
    };
    apply(meta_of(changed).labels, wish.labels);
    apply(meta_of(changed).annotations, wish.annotations);
    if (auto* owner = std::get_if<workload>(&changed))
      apply(owner->template_annotations, wish.template_annotations);
    return unless_lost(st.lose_patch, wish, put(st, std::move(changed)));
  }

  static kube_actor::behavior_type behavior(kube_actor::pointer, std::shared_ptr<store> st) {
    return {
      [st](const list_query& query) -> caf::result<object_list> {
        if (st->denied.contains(query.kind))
          return fail(ec::forbidden, "not to be listed");
        object_list answer;
        for (auto& [key, value] : st->objects)
          if (key.kind == query.kind && (query.ns.empty() || query.ns == key.ns))
            answer.items.push_back(value);
        answer.resource_version = st->version;
        return answer;
      },
      [st](const get_query& query) -> caf::result<object_ptr> {
        auto found = st->objects.find(query.key);
        if (found == st->objects.end())
          return no(ec::not_found);
        return unless_lost(st->lose_get, query, found->second);
      },
      [st](const open_watch& wish) {
        auto id = ++st->last_watch;
        st->watches[id] = {wish.kind, wish.sink, {}, false};
        return watch_opened{id};
      },
      [st](watch_ack ack) {
        if (auto found = st->watches.find(ack.watch); found != st->watches.end()) {
          found->second.unacked = false;
          flush(found->first, found->second);
        }
      },
      [st](close_watch wish) { st->watches.erase(wish.watch); },
      [st](const node_metrics_query& query) -> caf::result<node_metrics_ptr> {
        st->measured.push_back(query.node);
        auto found = st->metrics.find(query.node);
        if (found == st->metrics.end())
          return no(ec::not_found);
        return found->second;
      },
      [st](const create_object& wish) -> caf::result<object_ptr> {
        st->created.push_back(wish);
        if (auto code = st->fail_create ? st->fail_create(wish) : ec::none; code != ec::none)
          return no(code);
        if (st->objects.contains(key_of(*wish.object)))
          return no(ec::already_exists);
        return unless_lost(st->lose_create, wish, put(*st, *wish.object));
      },
      [st](const update_object& wish) { return update(*st, wish); },
      [st](const patch_metadata& wish) { return patch(*st, wish); },
      [st](const delete_object& wish) -> caf::result<write_done> {
        st->deleted.push_back(wish);
        if (!st->objects.contains(wish.key))
          return no(ec::not_found);
        remove(*st, wish.key);
        return write_done{};
      },
      [st](const resize_pod& wish) { return resize(*st, wish); },
      [st](const evict_pod& wish) { return evict(*st, wish); },
      [st](const token_query& query) -> caf::result<user_info> {
        auto found = st->tokens.find(query.token);
        if (found == st->tokens.end())
          return no(ec::unauthorized);
        return found->second;
      },
      [](const access_query&) {
        return access_answer{true, {}};
      },
    };
  }

  std::shared_ptr<store> store_;
  kube_actor handle_;
};

}  // namespace scaleops::test
