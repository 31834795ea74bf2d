#include "runtime/loop/run_loop.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <catch2/catch.hpp>

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

using ticker_actor = caf::typed_actor<caf::reacts_to<caf::tick_atom>>;

ticker_actor::behavior_type ticker(ticker_actor::pointer self, milliseconds every,
                                   std::shared_ptr<int> count) {
  self->send(self, caf::tick_atom_v);
  return {[=](caf::tick_atom) {
    ++*count;
    self->delayed_send(self, every, caf::tick_atom_v);
  }};
}

uint64_t history(uint64_t seed) {
  run_loop loop{{.shuffle = true, .seed = seed}};
  auto count = std::make_shared<int>(0);
  for (int i = 0; i < 5; ++i)
    loop.own(loop.system().spawn(ticker, 1s, count));
  loop.run_for(1min);
  return loop.digest();
}

}  // namespace

TEST_CASE("timers fire as often as they should while time flies") {
  run_loop loop{{}};
  auto count = std::make_shared<int>(0);
  loop.own(loop.system().spawn(ticker, 10s, count));
  auto begin = loop.now();
  CHECK(loop.run_for(1h));
  CHECK(*count == 361);
  CHECK(loop.now() - begin == 1h);
}

TEST_CASE("the same seed gives the same history, others give others") {
  CHECK(history(1) == history(1));
  CHECK(history(1) != history(2));
}

TEST_CASE("stop ends a run between two messages") {
  run_loop loop{{}};
  auto count = std::make_shared<int>(0);
  loop.own(loop.system().spawn(ticker, 10s, count));
  loop.after_step = [&] {
    if (*count == 5)
      loop.stop();
  };
  CHECK_FALSE(loop.run_for(1h));
  CHECK(*count == 5);
}

TEST_CASE("work is counted for the part that spawned the actor") {
  run_loop loop{{.account = true}};
  auto count = std::make_shared<int>(0);
  loop.attribute("tickers", [&] { loop.own(loop.system().spawn(ticker, 1s, count)); });
  loop.run_for(10s);
  auto& parts = loop.usage();
  auto part = std::find_if(parts.begin(), parts.end(), [](auto& p) { return p.name == "tickers"; });
  REQUIRE(part != parts.end());
  CHECK(part->messages == 11);
}

TEST_CASE("a paced run keeps to the real clock") {
  run_loop loop{{.speed = 600}};
  auto count = std::make_shared<int>(0);
  loop.own(loop.system().spawn(ticker, 1s, count));
  int waits = 0;
  loop.wait = [&](run_loop::duration) { ++waits; };
  CHECK(loop.run_for(30s));
  CHECK(*count == 31);
  CHECK(waits > 0);
}
