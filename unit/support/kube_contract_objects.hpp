// The contract's cases about objects: create, read, write, lists, watches.
#pragma once

#include "unit/support/kube_contract_tools.hpp"

namespace scaleops::test::contract {

inline void creates(contract_host& host) {
  need_namespace(host);
  auto made = create(host, policy_named("fresh"));
  CHECK(!made.meta.uid.empty());
  CHECK(made.meta.resource_version > 0);
  CHECK(made.meta.generation == 1);
  CHECK(made.meta.created > instant{});
  auto stored = get<policy>(host, key_of_policy("fresh"));
  CHECK(stored.meta == made.meta);
  CHECK(stored.spec == made.spec);
  CHECK(code_of(host.ask<object_ptr>(create_object{make_object(object{policy_named("fresh")})})) ==
        ec::already_exists);
}

inline void misses(contract_host& host) {
  need_namespace(host);
  CHECK(code_of(host.ask<object_ptr>(get_query{key_of_policy("nobody")})) == ec::not_found);
  CHECK(code_of(host.ask<write_done>(delete_object{key_of_policy("nobody"), {}})) == ec::not_found);
  CHECK(code_of(host.ask<object_ptr>(
          update_object{make_object(object{policy_named("nobody")}), false})) == ec::not_found);
  CHECK(code_of(host.ask<write_done>(evict_pod{{contract_namespace, "nobody"}, {}, false})) ==
        ec::not_found);
  CHECK(code_of(host.ask<object_ptr>(resize_pod{{contract_namespace, "nobody"}, {}, {}})) ==
        ec::not_found);
  auto lost = policy_named("lost");
  lost.meta.ns = "no-such-namespace";
  CHECK(code_of(host.ask<object_ptr>(create_object{make_object(object{lost})})) == ec::not_found);
}

inline void detects_conflicts(contract_host& host) {
  need_namespace(host);
  auto first = create(host, policy_named("contested"));
  auto mine = first, theirs = first;
  mine.spec.description = "mine";
  theirs.spec.description = "theirs";
  auto won = host.ask<object_ptr>(update_object{make_object(object{mine}), false});
  REQUIRE(won);
  CHECK(meta_of(**won).resource_version > first.meta.resource_version);
  CHECK(code_of(host.ask<object_ptr>(update_object{make_object(object{theirs}), false})) ==
        ec::conflict);
  CHECK(get<policy>(host, key_of_policy("contested")).spec.description == "mine");
}

inline void counts_generations(contract_host& host) {
  need_namespace(host);
  auto value = create(host, policy_named("counted"));
  value.spec.description = "changed";
  auto changed = host.ask<object_ptr>(update_object{make_object(object{value}), false});
  REQUIRE(changed);
  CHECK(meta_of(**changed).generation == 2);
  auto same = host.ask<object_ptr>(update_object{*changed, false});
  REQUIRE(same);
  CHECK(meta_of(**same).resource_version == meta_of(**changed).resource_version);
  patch_metadata label{key_of_policy("counted"), 0, {{"team", "a"}}, {}, {}};
  auto labelled = host.ask<object_ptr>(label);
  REQUIRE(labelled);
  CHECK(meta_of(**labelled).generation == 2);
  CHECK(meta_of(**labelled).resource_version > meta_of(**changed).resource_version);
}

inline void keeps_status_apart(contract_host& host) {
  need_namespace(host);
  recommendation value;
  value.meta.ns = contract_namespace;
  value.meta.name = "deployment-web";
  value.target = {contract_namespace, "Deployment", "web"};
  value.replicas = 7;
  auto made = create(host, value);
  CHECK(made.replicas == 0);  // creation takes the wish only
  made.replicas = 7;
  made.policy_override = "cost";
  auto status = host.ask<object_ptr>(update_object{make_object(object{made}), true});
  REQUIRE(status);
  auto after = std::get<recommendation>(**status);
  CHECK(after.replicas == 7);
  CHECK(after.policy_override.empty());
  CHECK(after.meta.generation == 1);
  after.replicas = 9;
  after.policy_override = "cost";
  auto spec = host.ask<object_ptr>(update_object{make_object(object{after}), false});
  REQUIRE(spec);
  auto last = std::get<recommendation>(**spec);
  CHECK(last.replicas == 7);
  CHECK(last.policy_override == "cost");
  CHECK(last.meta.generation == 2);
}

inline void patches_metadata(contract_host& host) {
  need_namespace(host);
  auto value = policy_named("patched");
  value.meta.labels = {{"keep", "1"}, {"drop", "1"}};
  auto made = create(host, value);
  patch_metadata change{key_of_policy("patched"),
                        made.meta.resource_version,
                        {{"drop", std::nullopt}, {"new", "2"}},
                        {{"note", "words"}},
                        {}};
  auto changed = host.ask<object_ptr>(change);
  REQUIRE(changed);
  CHECK(meta_of(**changed).labels == string_map{{"keep", "1"}, {"new", "2"}});
  CHECK(meta_of(**changed).annotations == string_map{{"note", "words"}});
  CHECK(code_of(host.ask<object_ptr>(change)) == ec::conflict);  // its version is old now
  patch_metadata another{key_of_policy("patched"), 0, {{"new", "3"}}, {}, {}, "another-uid"};
  CHECK(code_of(host.ask<object_ptr>(another)) == ec::conflict);
  patch_metadata bad{key_of_policy("patched"), 0, {{"new", "not a label!"}}, {}, {}};
  CHECK(code_of(host.ask<object_ptr>(bad)) == ec::invalid);
}

inline void deletes_with_precondition(contract_host& host) {
  need_namespace(host);
  auto made = create(host, policy_named("doomed"));
  CHECK(code_of(host.ask<write_done>(delete_object{key_of_policy("doomed"), "another-uid"})) ==
        ec::conflict);
  CHECK(host.ask<write_done>(delete_object{key_of_policy("doomed"), made.meta.uid}));
  CHECK(code_of(host.ask<object_ptr>(get_query{key_of_policy("doomed")})) == ec::not_found);
}

inline void lists_in_pages(contract_host& host) {
  need_namespace(host);
  for (auto name : {"page-1", "page-2", "page-3", "page-4", "page-5"})
    create(host, policy_named(name));
  std::vector<std::string> names;
  uint64_t version = 0;
  std::string token;
  size_t pages = 0;
  do {
    auto page =
      host.ask<object_list>(list_query{object_kind::policy, contract_namespace, 2, token});
    REQUIRE(page);
    CHECK(page->items.size() <= 2);
    for (auto& item : page->items)
      names.push_back(meta_of(*item).name);
    if (pages++ == 0) {
      version = page->resource_version;
      create(host, policy_named("page-6"));  // comes too late for this list
    }
    CHECK(page->resource_version == version);
    token = page->continue_token;
  } while (!token.empty());
  CHECK(pages == 3);
  CHECK(names == std::vector<std::string>{"page-1", "page-2", "page-3", "page-4", "page-5"});
  CHECK(list(host, object_kind::policy).items.size() == 6);
  CHECK(code_of(host.ask<object_list>(list_query{object_kind::policy, {}, 2, "no token"})) ==
        ec::invalid);
}

inline void old_pages_are_gone(contract_host& host) {
  need_namespace(host);
  for (auto name : {"page-1", "page-2", "page-3"})
    create(host, policy_named(name));
  auto page = host.ask<object_list>(list_query{object_kind::policy, contract_namespace, 1, {}});
  REQUIRE(page);
  if (!host.compact())
    return;
  CHECK(code_of(host.ask<object_list>(list_query{object_kind::policy, contract_namespace, 1,
                                                 page->continue_token})) == ec::gone);
}

inline void watches_in_order(contract_host& host) {
  need_namespace(host);
  create(host, policy_named("before"));
  auto listed = list(host, object_kind::policy);
  recorder watch{host};
  REQUIRE(watch.open(object_kind::policy, listed.resource_version) == ec::none);
  auto made = create(host, policy_named("watched"));
  made.spec.description = "changed";
  REQUIRE(host.ask<object_ptr>(update_object{make_object(object{made}), false}));
  REQUIRE(host.ask<write_done>(delete_object{key_of_policy("watched"), {}}));
  REQUIRE(watch.wait_for(3));
  std::vector<watch_event> events;
  for (auto& e : watch.events())
    if (e.object)
      events.push_back(e);
  REQUIRE(events.size() == 3);
  using type = watch_event::type;
  CHECK(events[0].what == type::added);
  CHECK(events[1].what == type::modified);
  CHECK(events[2].what == type::deleted);
  uint64_t last = listed.resource_version;
  for (auto& e : events) {
    CHECK(meta_of(*e.object).name == "watched");
    CHECK(e.resource_version > last);
    last = e.resource_version;
  }
  CHECK(std::get<policy>(*events[2].object).spec.description == "changed");
}

inline void waits_for_acknowledgement(contract_host& host) {
  need_namespace(host);
  auto listed = list(host, object_kind::policy);
  recorder watch{host, false};
  REQUIRE(watch.open(object_kind::policy, listed.resource_version) == ec::none);
  create(host, policy_named("ack-1"));
  REQUIRE(watch.wait_for(1));
  create(host, policy_named("ack-2"));
  create(host, policy_named("ack-3"));
  host.run_until([] { return false; }, std::chrono::seconds{2});
  CHECK(watch.batches() == 1);
  CHECK(watch.size() == 1);
  watch.acknowledge();
  REQUIRE(watch.wait_for(3));
  auto events = watch.events();
  CHECK(meta_of(*events.back().object).name == "ack-3");
}

inline void old_watches_are_gone(contract_host& host) {
  need_namespace(host);
  auto listed = list(host, object_kind::policy);
  create(host, policy_named("later"));
  // Where the history cannot be cut, the store's first version is long out of it.
  auto old = host.compact() ? listed.resource_version : 1;
  recorder watch{host};
  auto opened = watch.open(object_kind::policy, old);
  if (opened == ec::none)
    host.run_until([&] { return watch.closed() != ec::none; }, std::chrono::seconds{10});
  CHECK((opened == ec::gone || watch.closed() == ec::gone));
  // A fresh list is where one begins again.
  recorder again{host};
  CHECK(again.open(object_kind::policy, list(host, object_kind::policy).resource_version) ==
        ec::none);
  create(host, policy_named("latest"));
  CHECK(again.wait_for(1));
}

inline void bookmarks_idle_watches(contract_host& host) {
  need_namespace(host);
  recorder watch{host};
  REQUIRE(watch.open(object_kind::policy_rule,
                     list(host, object_kind::policy_rule).resource_version) == ec::none);
  auto noise = create(host, policy_named("noise"));
  auto marked = [&] {
    auto events = watch.events();
    return !events.empty() && events.back().what == watch_event::type::bookmark &&
           events.back().resource_version >= noise.meta.resource_version;
  };
  CHECK(host.run_until(marked, std::chrono::minutes{3}));
}

inline void leases_are_optimistic(contract_host& host) {
  need_namespace(host);
  lease value;
  value.meta.ns = contract_namespace;
  value.meta.name = "leader";
  value.holder = "one";
  auto made = create(host, value);
  auto renewed = made, stolen = made;
  renewed.renewed = made.meta.created + std::chrono::seconds{5};
  stolen.holder = "two";
  CHECK(host.ask<object_ptr>(update_object{make_object(object{renewed}), false}));
  CHECK(code_of(host.ask<object_ptr>(update_object{make_object(object{stolen}), false})) ==
        ec::conflict);
  CHECK(get<lease>(host, {object_kind::lease, contract_namespace, "leader", {}}).holder == "one");
}

inline void records_events(contract_host& host) {
  need_namespace(host);
  event value;
  value.meta.ns = contract_namespace;
  value.meta.name = "web.1";
  value.kind = "Deployment";
  value.object_ns = contract_namespace;
  value.object_name = "web";
  value.reason = "Resized";
  value.message = "for the first time";
  value.component = "contract";
  auto made = create(host, value);
  made.count = 2;
  made.message = "again";
  auto counted = host.ask<object_ptr>(update_object{make_object(object{made}), false});
  REQUIRE(counted);
  CHECK(std::get<event>(**counted).count == 2);
  CHECK(std::get<event>(**counted).message == "again");
}

inline void reviews_tokens(contract_host& host) {
  CHECK(code_of(host.ask<user_info>(token_query{"surely-not-a-token"})) == ec::unauthorized);
  CHECK(code_of(host.ask<user_info>(token_query{""})) == ec::unauthorized);
  if (auto token = host.good_token(); !token.empty()) {
    auto who = host.ask<user_info>(token_query{token});
    REQUIRE(who);
    CHECK(!who->name.empty());
    auto may =
      host.ask<access_answer>(access_query{{"nobody-at-all", {}}, "delete", "", "nodes", ""});
    REQUIRE(may);
    CHECK(!may->allowed);
  }
}

}  // namespace scaleops::test::contract
