#include "runtime/kube/watch_table.hpp"

#include <iterator>

namespace scaleops::kube {

watch_table::watch_table(std::shared_ptr<client_core> core, std::shared_ptr<streamed_lists> lists,
                         caf::event_based_actor& self)
    : core_{std::move(core)},
      lists_{std::move(lists)},
      self_{self},
      last_{core_->config.first_watch - 1} {
  // A watcher that ends without closing must not leave its streams open.
  self_.set_down_handler([this](caf::down_msg& down) { on_down(down.source); });
}

void watch_table::open(caf::typed_response_promise<watch_opened> answer, const open_watch& wish) {
  auto id = ++last_;
  follower::news news;
  auto weak = weak_from_this();
  news.on_opened = [weak, id, answer] {
    if (auto self = weak.lock())
      self->on_opened(id, answer);
  };
  news.on_batch = [weak, id](std::vector<watch_event> events) {
    if (auto self = weak.lock())
      self->on_batch(id, std::move(events));
  };
  news.on_over = [weak, id, answer](const api_failure& why) {
    if (auto self = weak.lock())
      self->on_over(id, answer, why);
  };
  news.on_trouble = [core = core_](const std::string& type, const api_failure& why) {
    if (why.code == ec::invalid)
      core->note_unreadable(type, why.text);
    else
      core->note("watch " + type, why);
  };
  auto listed = lists_->claim(wish.kind, wish.resource_version);
  auto watch =
    listed ? listed : std::make_shared<follower>(*core_, wish.kind, wish.resource_version, news);
  entries_[id] = {watch, wish.sink, wish.kind};
  self_.monitor(wish.sink);
  listed ? watch->take_over(std::move(news)) : watch->start();
}

void watch_table::acknowledge(uint64_t id) {
  if (auto found = entries_.find(id); found != entries_.end())
    std::shared_ptr {
      found->second.watch
      } -> acknowledge();
}

void watch_table::close(uint64_t id) {
  if (auto found = entries_.find(id); found != entries_.end())
    forget(found);
}

void watch_table::stop() {
  self_.set_down_handler([](caf::down_msg&) {});
  for (auto& [id, each] : entries_)
    each.watch->close();
  entries_.clear();
}

void watch_table::on_opened(uint64_t id, caf::typed_response_promise<watch_opened> answer) {
  auto found = entries_.find(id);
  if (found == entries_.end())
    return;
  if (found->second.kind == object_kind::pod)
    ++core_->pod_watches;
  core_->troubles.over("watch " + std::string(to_string(found->second.kind)));
  answer.deliver(watch_opened{id});
}

void watch_table::on_batch(uint64_t id, std::vector<watch_event> events) {
  auto found = entries_.find(id);
  if (found == entries_.end())
    return;
  if (found->second.kind == object_kind::pod)
    for (auto& event : events)
      core_->pods.apply(event);
  self_.send(found->second.sink, watch_events{id, std::move(events)});
}

void watch_table::on_over(uint64_t id, caf::typed_response_promise<watch_opened> answer,
                          const api_failure& why) {
  auto found = entries_.find(id);
  if (found == entries_.end())
    return;
  core_->note("watch " + std::string(to_string(found->second.kind)), why);
  auto sink = found->second.sink;
  if (forget(found))
    self_.send(sink, watch_closed{id, why.code});
  else
    answer.deliver(fail(why.code, why.text));
}

void watch_table::on_down(const caf::actor_addr& who) {
  for (auto it = entries_.begin(); it != entries_.end();) {
    auto next = std::next(it);
    if (it->second.sink.address() == who)
      forget(it);
    it = next;
  }
}

/// Whether it had been opened.
bool watch_table::forget(std::map<uint64_t, entry>::iterator which) {
  auto gone = std::move(which->second);
  entries_.erase(which);
  bool opened = gone.watch->opened();
  if (opened && gone.kind == object_kind::pod)
    --core_->pod_watches;
  self_.demonitor(gone.sink.address());
  gone.watch->close();
  return opened;
}

}  // namespace scaleops::kube
