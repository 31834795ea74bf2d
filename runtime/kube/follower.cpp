#include "runtime/kube/follower.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace scaleops::kube {

namespace {

constexpr size_t batch_most = 1000;    // events
constexpr size_t hold_back_at = 5000;  // waiting events: the streams are paused
constexpr size_t let_go_at = 1000;

}  // namespace

follower::follower(client_core& core, object_kind kind, uint64_t version, news news)
    : way_{core.way},
      kind_{kind},
      timeout_{core.watch_seconds()},
      news_{std::move(news)},
      decoder_{core.blocks} {
  for (auto& type : core.catalog.types_of(kind)) {
    auto& fresh = parts_.emplace_back();
    fresh.type = type;
    fresh.position = version;
  }
}

void follower::start() {
  for (size_t i = 0; i < parts_.size() && !over_; ++i)
    open(i);
}

void follower::start_with_list(initial list) {
  list_ = std::move(list);
  taken_ = false;
  parts_.front().listing = true;
  start();
}

void follower::take_over(news news) {
  news_ = std::move(news);
  taken_ = true;
  hold(false);
  tell_opened();
}

void follower::hold(bool on) {
  pause(held_, on);
}

std::string follower::target_of(const part& of) const {
  auto from =
    of.listing ? std::string{"&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"} : "";
  return fmt::format("{}?watch=1&allowWatchBookmarks=true{}&resourceVersion={}&timeoutSeconds={}",
                     of.type.collection({}), from, of.listing ? "" : std::to_string(of.position),
                     timeout_);
}

void follower::open(size_t index) {
  auto& of = parts_[index];
  of.events.clear();
  api_call call;
  call.target = target_of(of);
  call.verb = of.listing ? "watch-list" : "watch";
  call.resource = of.type.plural;
  if (of.type.speaks_protobuf())
    call.accept = "application/vnd.kubernetes.protobuf;stream=watch, application/json";
  stream_events events;
  auto weak = weak_from_this();
  events.on_open = [weak, index] {
    if (auto self = weak.lock())
      self->on_opened(index);
  };
  events.on_bytes = [weak, index](std::string_view bytes) {
    if (auto self = weak.lock())
      self->on_bytes(index, bytes);
  };
  events.on_end = [weak, index](api_answer answer) {
    if (auto self = weak.lock())
      self->on_end(index, std::move(answer));
  };
  of.stream = way_.stream(std::move(call), std::move(events));
  if (paused_ || held_)
    of.stream->pause(true);
}

void follower::on_opened(size_t index) {
  parts_[index].opened = true;
  if (parts_[index].listing)
    list_.on_opened();
  tell_opened();
}

void follower::tell_opened() {
  if (told_opened_ || over_ || !taken_ || !all_opened())
    return;
  told_opened_ = true;
  news_.on_opened();
  flush();
}

bool follower::all_opened() const {
  return std::all_of(parts_.begin(), parts_.end(),
                     [](const part& each) { return each.opened || each.dropped; });
}

void follower::on_bytes(size_t index, std::string_view bytes) {
  if (over_)
    return;
  auto& of = parts_[index];
  if (!of.events.feed(bytes, [&](std::string_view event) { return on_event(of, event); }))
    return over({ec::server_error, what(of) + ": an event of the answer has no end"});
  if (!over_)
    flush();
}

bool follower::on_event(part& of, std::string_view event) {
  auto decoded = decoder_.event(kind_, of.type, event);
  if (decoded.error_status != 0) {
    over(failure_of_status(decoded.error_status, decoded.error, what(of), way_.access().name));
    return false;
  }
  if (of.listing)
    return on_initial(of, std::move(decoded));
  if (!decoded.problem.empty()) {
    news_.on_trouble(of.type.plural, {ec::invalid, decoded.problem});
    of.position = std::max(of.position, decoded.event.resource_version);
    return !over_;
  }
  push(of, std::move(decoded.event));
  return !over_;
}

/// Before the list ends an object may change that has been told already. From there on all is left
/// for the watch, and the list counts as of just before.
bool follower::on_initial(part& of, decoded_event decoded) {
  auto& event = decoded.event;
  if (!decoded.problem.empty()) {
    news_.on_trouble(of.type.plural, {ec::invalid, decoded.problem});
  } else if (decoded.initial_events_end) {
    of.listing = false;
    of.position = event.resource_version;
    list_.on_listed(waiting_.empty() ? of.position : waiting_.front().resource_version - 1);
  } else if (event.what == watch_event::type::bookmark) {
    over({ec::invalid, what(of) + ": the server does not end its initial events"});
  } else if (event.what == watch_event::type::added && waiting_.empty()) {
    list_.on_item(std::move(event.object));
  } else {
    push(of, std::move(event));
  }
  return !over_;
}

/// Streams of several types are not in step: one may be far ahead of what another has yet to tell.
/// Who resumes must begin where the slowest is.
void follower::push(part& of, watch_event event) {
  of.position = std::max(of.position, event.resource_version);
  event.resource_version = safe_version();
  bool bookmark = event.what == watch_event::type::bookmark;
  if (bookmark && !waiting_.empty() && waiting_.back().what == watch_event::type::bookmark)
    waiting_.back() = std::move(event);
  else
    waiting_.push_back(std::move(event));
  if (waiting_.size() >= hold_back_at)
    pause(paused_, true);
}

void follower::pause(bool& why, bool on) {
  bool before = paused_ || held_;
  why = on;
  bool now = paused_ || held_;
  for (auto& each : parts_)
    if (each.stream && before != now)
      each.stream->pause(now);
}

uint64_t follower::safe_version() const {
  uint64_t least = UINT64_MAX;
  for (auto& each : parts_)
    if (!each.dropped)
      least = std::min(least, each.position);
  return least;
}

void follower::flush() {
  if (unacknowledged_ || waiting_.empty() || !told_opened_ || over_)
    return;
  auto count = std::min(waiting_.size(), batch_most);
  std::vector<watch_event> batch{std::make_move_iterator(waiting_.begin()),
                                 std::make_move_iterator(waiting_.begin() + ptrdiff_t(count))};
  waiting_.erase(waiting_.begin(), waiting_.begin() + ptrdiff_t(count));
  unacknowledged_ = true;
  if (waiting_.size() <= let_go_at)
    pause(paused_, false);
  news_.on_batch(std::move(batch));
}

void follower::acknowledge() {
  unacknowledged_ = false;
  flush();
}

void follower::on_end(size_t index, api_answer answer) {
  if (over_)
    return;
  auto& of = parts_[index];
  bool was_open = of.opened;
  of.stream.reset();
  // The server ends every watch after its time; the next one goes on where this one was.
  if (is_success(answer) && was_open && !of.listing)
    return open(index);
  if (is_success(answer) && was_open)
    return over({ec::gone, what(of) + ": the server ended it early"});
  auto why = failure_of(answer, what(of), way_.access().name);
  bool not_to_be_had = why.code == ec::forbidden || why.code == ec::not_found;
  if (not_to_be_had && parts_.size() > 1)
    return drop_part(index, why);
  over(std::move(why));
}

void follower::drop_part(size_t index, const api_failure& why) {
  parts_[index].dropped = true;
  news_.on_trouble(parts_[index].type.plural, why);
  if (std::all_of(parts_.begin(), parts_.end(), [](const part& each) { return each.dropped; }))
    return over(why);
  tell_opened();
}

void follower::over(api_failure why) {
  if (over_)
    return;
  close();
  news_.on_over(std::move(why));
}

void follower::close() {
  over_ = true;
  for (auto& each : parts_)
    if (each.stream)
      each.stream->close();
}

}  // namespace scaleops::kube
