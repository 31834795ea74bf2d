// One watch: follows all types of a kind from a version on, opens their streams again where the
// server ends them, and hands on batches no faster than they are acknowledged. Where the server
// streams lists (KEP-3157) it can begin with all objects that there are, for a kind of one type.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/kube/client_core.hpp"
#include "runtime/kube/codec/decode.hpp"
#include "runtime/kube/event_splitter.hpp"
#include "runtime/kube/status.hpp"
#include "runtime/kube/transport.hpp"

namespace scaleops::kube {

class follower : public std::enable_shared_from_this<follower> {
public:
  /// Of a list by stream: its objects one by one, then where the watch goes on that follows it.
  struct initial {
    std::function<void()> on_opened;
    std::function<void(object_ptr)> on_item;
    std::function<void(uint64_t version)> on_listed;
  };
  struct news {
    std::function<void()> on_opened;
    std::function<void(std::vector<watch_event>)> on_batch;
    /// Before opened: it could not be; afterwards: it is over. Never both callbacks of an end.
    std::function<void(api_failure)> on_over;
    /// A type of the kind that is not to be had, while the rest goes on; or an event left out.
    std::function<void(const std::string& type, const api_failure&)> on_trouble;
  };

  follower(client_core& core, object_kind kind, uint64_t version, news news);

  void start();
  /// Lists first. Nothing is told as events before the watch is taken over.
  void start_with_list(initial list);
  /// Who wants the events of a stream that has listed.
  void take_over(news news);
  /// Nobody wants more at present.
  void hold(bool on);
  /// The last batch has been taken.
  void acknowledge();
  void close();
  /// on_opened has been called.
  bool opened() const { return told_opened_; }

private:
  struct part {
    resource_type type;
    uint64_t position = 0;  // where its stream resumes
    bool opened = false;
    bool dropped = false;
    bool listing = false;  // its initial list has not ended yet
    event_splitter events;
    std::shared_ptr<api_stream> stream;
  };

  void open(size_t index);
  void on_opened(size_t index);
  void on_bytes(size_t index, std::string_view bytes);
  bool on_event(part& of, std::string_view event);
  bool on_initial(part& of, decoded_event decoded);
  std::string target_of(const part& of) const;
  void tell_opened();
  void pause(bool& why, bool on);
  void on_end(size_t index, api_answer answer);
  void drop_part(size_t index, const api_failure& why);
  void push(part& of, watch_event event);
  void flush();
  void over(api_failure why);
  uint64_t safe_version() const;
  bool all_opened() const;
  std::string what(const part& of) const {
    return (of.listing ? "list " : "watch ") + of.type.plural;
  }

  transport& way_;
  object_kind kind_;
  uint32_t timeout_;
  news news_;
  initial list_;
  std::vector<part> parts_;
  decoder decoder_;
  std::deque<watch_event> waiting_;
  bool told_opened_ = false;
  bool unacknowledged_ = false;
  bool taken_ = true;    // somebody wants the events
  bool paused_ = false;  // too many wait
  bool held_ = false;
  bool over_ = false;
};

}  // namespace scaleops::kube
