#include "runtime/replay/replay_checkpoint.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "messages/wire/checkpoint.pb.h"

namespace scaleops {

namespace {
constexpr uint32_t version = 1;
}

bool read_replay_checkpoint(const std::string& path, replay_states& out, std::string& problem) {
  out.clear();
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return true;
  std::ifstream file{path, std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  auto refuse = [&](std::string why) {
    problem = fmt::format("{} {}", path, why);
    return false;
  };
  if (!file)
    return refuse("cannot be read");
  wire::ReplayCheckpoint saved;
  if (!saved.ParseFromString(bytes))
    return refuse("is not a checkpoint of `scaleops replay`");
  if (saved.version() == 0 || saved.version() > version)
    return refuse(fmt::format("has version {}, known are 1 to {}", saved.version(), version));
  for (auto& series : saved.series()) {
    std::string why;
    auto state = container_state::load(series.state(), why);
    if (!state)
      return refuse(fmt::format("cannot be used: series \"{}\" {}", series.name(), why));
    out[series.name()] = {std::move(*state), series.first_s(), series.cpu_request(),
                          series.memory_request()};
  }
  return true;
}

bool write_replay_checkpoint(const std::string& path, const replay_states& states,
                             std::string& problem) {
  wire::ReplayCheckpoint saved;
  saved.set_version(version);
  for (auto& [name, series] : states) {
    auto& to = *saved.add_series();
    to.set_name(name);
    to.set_first_s(series.first_s);
    to.set_state(series.state.save());
    to.set_cpu_request(series.cpu_request);
    to.set_memory_request(series.memory_request);
  }
  auto beside = path + ".new";
  std::ofstream file{beside, std::ios::binary | std::ios::trunc};
  bool written = file && saved.SerializeToOstream(&file);
  file.close();
  if (!written || !file || std::rename(beside.c_str(), path.c_str()) != 0) {
    problem = fmt::format("{} cannot be written: {}", path, std::strerror(errno));
    return false;
  }
  return true;
}

}  // namespace scaleops
