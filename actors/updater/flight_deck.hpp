// The actions under way: starts a resizer or evictor for each, tells them what their pods do, and
// remembers what came of them. Lives inside the updater's state; not an actor itself.
#pragma once

#include <map>
#include <set>
#include <string>

#include <caf/actor_addr.hpp>
#include <caf/fwd.hpp>

#include "actors/updater/flight.hpp"
#include "actors/updater/logic/followed_cluster.hpp"
#include "actors/updater/record_book.hpp"

namespace scaleops {

class flight_deck {
public:
  flight_deck(caf::local_actor* self, const updater_config& cfg, const kube_actor& kube,
              const followed_cluster& cluster, updater_memory& memory, record_book& book,
              flight_sink_actor sink)
      : self_{self},
        cfg_{cfg},
        kube_{kube},
        cluster_{cluster},
        memory_{memory},
        book_{book},
        sink_{std::move(sink)} {}

  void launch(pod_wish wish, instant now);
  void on_accepted(const action_accepted& accepted, instant now);
  void on_ended(const flight_ended& ended, instant now);

  /// A child's exit. False: it was none of ours.
  bool on_exit(const caf::actor_addr& who, bool failed, instant now);

  /// Passes a pod's step on to the flights that it concerns.
  void tell(const pod_step& step, instant now);

  /// Ends everything under way: somebody else leads now.
  void abandon(instant now);

  void show() const;

private:
  void note_disruption(const pod_wish& wish, instant now);
  void start_resizer(pod_wish wish, instant now);
  void start_evictor(pod_wish wish);
  void on_done(const flight_ended& ended, instant now);
  void doubt_it(const pod_wish& wish, instant now);
  void settle_doubt(const pod_step& step, instant now);
  void settle_resize(const pod& one, instant now);
  void tell_done(const pod_wish& wish, const std::string& detail, instant now);
  void drop_resize_doubt(const std::string& uid);
  void on_refused(const flight_ended& ended, instant now);
  void send_step(const std::shared_ptr<const pod>& one, bool deleted);

  caf::local_actor* self_;
  const updater_config& cfg_;
  const kube_actor& kube_;
  const followed_cluster& cluster_;
  updater_memory& memory_;
  record_book& book_;
  flight_sink_actor sink_;
  struct pilot {
    flight_actor actor;
    pod_wish wish;
    bool accepted = false;  // by the API server
  };
  /// An action that may have been carried out.
  struct doubt {
    pod_wish wish;
    instant since{};
  };
  std::map<std::string, pilot> pilots_;  // by pod uid, as memory.flights
  std::map<std::string, doubt> doubts_;  // by pod uid
  std::set<caf::actor_addr> dismissed_;  // told to end, not ended yet
};

}  // namespace scaleops
