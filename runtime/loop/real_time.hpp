// Running beside the rest of the world: a loop that keeps its pace and whose thread is the sockets'
// too.
#pragma once

#include "runtime/loop/run_loop.hpp"

namespace boost::asio {
class io_context;
}

namespace scaleops {

/// A loop that begins now and keeps the world's pace.
run_loop_config real_time_config(uint64_t seed);

/// From now on the loop's thread does the io_context's work as well; both must live as long.
void share_thread(run_loop& loop, boost::asio::io_context& io);

/// What is ready in either, in turn, so that ends are heard on both sides.
void settle_both(run_loop& loop, boost::asio::io_context& io);

}  // namespace scaleops
