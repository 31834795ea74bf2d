#include "runtime/replay/replay_crew.hpp"

#include <algorithm>
#include <utility>

namespace scaleops {

namespace {

constexpr size_t most_under_way = 64;  // chunks: 2.5 MB

}  // namespace

replay_crew::replay_crew(unsigned threads, std::function<void(series_run&)> finished)
    : finished_{std::move(finished)}, lanes_(std::max(1u, threads)) {
  for (auto& one : lanes_)
    threads_.emplace_back([this, &one] { work(one); });
}

replay_crew::~replay_crew() {
  {
    std::lock_guard lock{mutex_};
    ended_ = true;
  }
  news_.notify_all();
  for (auto& thread : threads_)
    thread.join();
}

void replay_crew::begin(std::unique_ptr<series_run> run) {
  if (!order_.empty())
    hand_over(true);
  auto fresh = std::make_shared<job>();
  fresh->run = std::move(run);
  std::unique_lock lock{mutex_};
  hand_back(lock);
  order_.push_back(std::move(fresh));
  auto shortest = std::min_element(lanes_.begin(), lanes_.end(),
                                   [](auto& a, auto& b) { return a.size() < b.size(); });
  lane_ = size_t(shortest - lanes_.begin());
}

void replay_crew::hand_over(bool last) {
  std::unique_lock lock{mutex_};
  news_.wait(lock, [this] { return under_way_ < most_under_way; });
  lanes_[lane_].push_back({order_.back(), std::move(rows_), last});
  ++under_way_;
  rows_ = {};
  if (!spare_.empty()) {
    rows_ = std::move(spare_.back());
    spare_.pop_back();
  }
  lock.unlock();
  news_.notify_all();
  rows_.reserve(rows_a_chunk);
}

/// Those at the front that are done. Called with the lock, which is free while they are told.
void replay_crew::hand_back(std::unique_lock<std::mutex>& lock) {
  while (!order_.empty() && order_.front()->done) {
    auto job = std::move(order_.front());
    order_.pop_front();
    lock.unlock();
    finished_(*job->run);
    lock.lock();
  }
}

void replay_crew::finish() {
  if (order_.empty())
    return;
  hand_over(true);
  std::unique_lock lock{mutex_};
  while (!order_.empty()) {
    news_.wait(lock, [this] { return order_.front()->done; });
    hand_back(lock);
  }
}

void replay_crew::work(lane& from) {
  std::unique_lock lock{mutex_};
  for (;;) {
    news_.wait(lock, [&] { return ended_ || !from.empty(); });
    if (ended_)
      return;
    auto next = std::move(from.front());
    from.pop_front();
    lock.unlock();
    for (auto& row : next.rows)
      next.of->run->take(row);
    next.rows.clear();
    lock.lock();
    spare_.push_back(std::move(next.rows));
    --under_way_;
    next.of->done = next.last;
    news_.notify_all();
  }
}

}  // namespace scaleops
