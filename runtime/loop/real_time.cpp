#include "runtime/loop/real_time.hpp"

#include <boost/asio/io_context.hpp>

#include "runtime/clock.hpp"

namespace scaleops {

run_loop_config real_time_config(uint64_t seed) {
  run_loop_config config;
  config.begin = wall_now();
  config.seed = seed;
  config.real_time = true;
  return config;
}

void share_thread(run_loop& loop, boost::asio::io_context& io) {
  loop.poll = [&io] {
    io.restart();
    io.poll();
  };
  loop.wait = [&io](run_loop::duration span) {
    io.restart();
    io.run_one_for(span);
  };
}

void settle_both(run_loop& loop, boost::asio::io_context& io) {
  for (int i = 0; i < 3; ++i) {
    io.restart();
    io.poll();
    loop.settle();
  }
}

}  // namespace scaleops
