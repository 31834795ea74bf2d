#include "actors/dashboards/change_writer.hpp"

#include <deque>

#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/common/logic/unheard.hpp"

namespace scaleops::dashboards {

namespace {

/// One bulk change; lives until its last write is answered.
struct batch {
  write_changes wish;
  changes_written result;
  size_t open = 0;
  caf::typed_response_promise<changes_written> reply;
};

struct job {
  std::shared_ptr<batch> of;
  size_t index = 0;
  int attempt = 0;
  bool unsure = false;  // a write was sent, and nobody heard what became of it
};

using change_writer_self =
  change_writer_actor::extend<caf::reacts_to<caf::tick_atom>>;  // own ticks stay private

struct change_writer_state {
  static inline const char* name = "change_writer";
  explicit change_writer_state(change_writer_self::pointer self) : self{self} {}

  change_writer_self::pointer self;
  change_writer_config cfg;
  component_env env;
  std::deque<job> waiting;
  size_t under_way = 0;

  caf::result<changes_written> on_write(write_changes& wish) {
    auto fresh = std::make_shared<batch>();
    fresh->wish = std::move(wish);
    fresh->open = fresh->wish.items.size();
    fresh->reply = self->make_response_promise<changes_written>();
    for (auto& item : fresh->wish.items)
      fresh->result.items.push_back({item.workload, false, {}, {}, {}});
    auto promise = fresh->reply;
    if (fresh->open == 0)
      promise.deliver(changes_written{});
    for (size_t i = 0; i < fresh->wish.items.size(); ++i)
      waiting.push_back({fresh, i, 0});
    pump();
    return promise;
  }

  void pump() {
    while (under_way < cfg.at_once && !waiting.empty()) {
      auto next = std::move(waiting.front());
      waiting.pop_front();
      ++under_way;
      write(std::move(next));
    }
  }

  void write(job what) {
    auto& item = what.of->wish.items[what.index];
    auto& wish = what.of->wish;
    auto now = env.anchor.at(self->clock().now());
    auto change =
      logic::apply_change(item.known.get(), item.workload, wish.kind, wish.policy, wish.who, now);
    auto& told = what.of->result.items[what.index];
    if (what.unsure && !change.differs)
      return finish(what, {});  // it was done: what was told of it stands
    told.before = std::move(change.before);
    told.after = std::move(change.after);
    told.differs = change.differs;
    if (!change.differs)
      return finish(what, {});
    auto object = std::make_shared<const scaleops::object>(std::move(change.object));
    auto done = [this, what](object_ptr&) { finish(what, {}); };
    auto failed = [this, what](caf::error& error) { on_failure(what, error); };
    if (change.fresh)
      self->request(env.kube, cfg.request_timeout, create_object{std::move(object)})
        .then(done, failed);
    else
      self->request(env.kube, cfg.request_timeout, update_object{std::move(object), false})
        .then(done, failed);
  }

  void on_failure(job what, const caf::error& error) {
    auto code = code_of(error);
    bool raced = code == ec::conflict || code == ec::already_exists || code == ec::not_found;
    bool unheard = may_be_done(code);
    what.unsure |= unheard;
    if (!(raced || unheard) || ++what.attempt >= cfg.attempts)
      return finish(what, text_of(error));
    read_again(std::move(what));
  }

  void read_again(job what) {
    auto& item = what.of->wish.items[what.index];
    get_query query{
      {object_kind::recommendation, item.workload.ns, item.workload.object_name(), {}}};
    self->request(env.kube, cfg.request_timeout, std::move(query))
      .then(
        [this, what](object_ptr& now) {
          what.of->wish.items[what.index].known = object_cast<recommendation>(now);
          write(what);
        },
        [this, what](caf::error& error) {
          if (code_of(error) != ec::not_found)
            return finish(what, text_of(error));
          what.of->wish.items[what.index].known = nullptr;
          write(what);
        });
  }

  void finish(const job& what, std::string failure) {
    --under_way;
    auto& of = *what.of;
    of.result.items[what.index].failure = std::move(failure);
    if (--of.open == 0)
      of.reply.deliver(std::move(of.result));
    // Leave this stack first: thousands of wishes that change nothing would pile up on it.
    if (!waiting.empty() && under_way < cfg.at_once)
      self->send(self, caf::tick_atom_v);
  }
};

change_writer_self::behavior_type change_writer(
  change_writer_self::stateful_pointer<change_writer_state> self, change_writer_config cfg,
  component_env env) {
  auto& st = self->state;
  st.cfg = cfg;
  st.env = std::move(env);
  return {[&st](write_changes& wish) { return st.on_write(wish); },
          [&st](caf::tick_atom) { st.pump(); }};
}

}  // namespace

change_writer_actor spawn_change_writer(caf::local_actor* parent, change_writer_config cfg,
                                        const component_env& env) {
  return parent->spawn<caf::linked>(change_writer, cfg, env);
}

}  // namespace scaleops::dashboards
