// Lists by stream (KEP-3157): the server sends what there is as the first events of a watch, which
// costs it no memory, and the same stream is then the watch of whoever listed. The port knows
// nothing of it: pages are answered as they fill, and open_watch at the list's version gets the
// stream. What nobody asks for any more is closed.
//
// A kind of several types is listed in pages: its watch begins at one version for all types, which
// lists by stream, each of its own moment, do not have. So is what a server refuses to stream, for
// good.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "messages/kube.hpp"
#include "runtime/kube/client_core.hpp"
#include "runtime/kube/follower.hpp"

namespace scaleops::kube {

class streamed_lists : public std::enable_shared_from_this<streamed_lists> {
public:
  using list_done = std::function<void(object_list, api_failure)>;

  streamed_lists(std::shared_ptr<client_core> core, boost::asio::io_context& io);

  /// Calls back once, with a page or with why there is none. Only the last page knows the version.
  void list(const list_query& query, list_done done);
  /// The stream of a list that has been told to its end; null: there is none.
  std::shared_ptr<follower> claim(object_kind kind, uint64_t version);
  void stop();

private:
  using clock = std::chrono::steady_clock;
  struct page_wish {
    list_query query;
    list_done done;
  };
  struct entry {
    entry(object_kind kind, boost::asio::io_context& io) : kind{kind}, timer{io} {}

    object_kind kind;
    std::shared_ptr<follower> stream;
    std::deque<object_ptr> items;  // not asked for yet
    std::optional<page_wish> wish;
    bool page_told = false;
    bool listed = false;   // the list has ended
    uint64_t version = 0;  // of the list
    clock::time_point until;
    boost::asio::steady_timer timer;
  };

  bool can_stream(const list_query& query) const;
  void begin(const list_query& query, list_done done);
  void go_on(uint64_t id, const list_query& query, list_done done);
  void on_item(uint64_t id, object_ptr item);
  void on_listed(uint64_t id, uint64_t version);
  void on_over(uint64_t id, const api_failure& why);
  void answer_if_full(uint64_t id);
  void wait(uint64_t id);
  void arm(uint64_t id);
  void on_time(uint64_t id);
  std::string what(object_kind kind) const {
    return "list " + core_->catalog.types_of(kind).front().plural;
  }

  std::shared_ptr<client_core> core_;
  boost::asio::io_context& io_;
  std::map<uint64_t, entry> entries_;
  std::set<object_kind> refused_;
  uint64_t last_ = 0;
};

}  // namespace scaleops::kube
