#include "integration/bench/pods_bench.hpp"

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <tuple>

#include <malloc.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "integration/bench/isolated.hpp"
#include "runtime/kube/codec/decode.hpp"

namespace scaleops::bench {

namespace {

/// What this process has used of the processors: other programs' load does not count.
double cpu_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) * 1e9 + double(now.tv_nsec);
}

size_t heap_bytes() {
  auto all = mallinfo2();
  return all.uordblks + all.hblkhd;
}

/// Reads the next page. False at the end.
bool next_page(std::istream& file, std::string& out) {
  unsigned char head[4];
  if (!file.read(reinterpret_cast<char*>(head), sizeof head))
    return false;
  size_t size = size_t{head[0]} << 24 | size_t{head[1]} << 16 | size_t{head[2]} << 8 | head[3];
  out.resize(size);
  if (!file.read(out.data(), std::streamsize(size)))
    throw std::runtime_error("a page of pods is cut off");
  return true;
}

/// As actors/common/watcher keeps what it has told: the names are read in the objects.
struct by_name {
  bool operator()(const object_ptr& a, const object_ptr& b) const {
    auto &one = meta_of(*a), &other = meta_of(*b);
    return std::tie(one.ns, one.name) < std::tie(other.ns, other.name);
  }
};

/// The same work as `pods measure` does: each page decoded, each pod kept by its name.
nlohmann::json measure_ours(const std::string& path) {
  kube::decoder decode;
  auto type = kube::resource_catalog{}.types_of(object_kind::pod).front();
  std::set<object_ptr, by_name> cache;
  std::string page;
  auto before = heap_bytes();
  double decoded = 0, spent = 0;
  {
    std::ifstream file{path, std::ios::binary};
    while (next_page(file, page)) {
      auto begin = cpu_nanoseconds();
      auto list = decode.list(object_kind::pod, type, page);
      decoded += cpu_nanoseconds() - begin;
      if (!list.problem.empty() || !list.problems.empty())
        throw std::runtime_error("a page of pods cannot be read: " + list.problem);
      for (auto& each : list.items)
        cache.insert(std::move(each));
      list = {};
      spent += cpu_nanoseconds() - begin;
    }
    page = {};
  }
  auto held = heap_bytes() - before;
  double pods = double(cache.size());
  if (cache.empty())
    throw std::runtime_error(path + " holds no pods");
  return {{"pods", pods},
          {"bytes", double(held) / pods},
          {"decode_ns", decoded / pods},
          {"decode_and_cache_ns", spent / pods}};
}

}  // namespace

std::vector<comparison> compare_with_client_go(const pods_wishes& with) {
  auto path =
    std::filesystem::temp_directory_path() / fmt::format("scaleops-bench-pods-{}", getpid());
  struct gone_at_end {
    std::filesystem::path path;
    ~gone_at_end() {
      std::error_code ignored;
      std::filesystem::remove(path, ignored);
    }
  } const cleanup{path};
  run_program(with.program,
              {"write", path.string(), std::to_string(with.pods), std::to_string(with.page)});
  std::vector<comparison> all = {{"list decode", "ns a pod", {}, {}, 2},
                                 {"decode and cache", "ns a pod", {}, {}, 2},
                                 {"memory of the cache", "bytes a pod", {}, {}, 10}};
  for (int round = 0; round < with.rounds; ++round) {
    auto ours =
      nlohmann::json::parse(run_isolated([&] { return measure_ours(path.string()).dump(); }));
    auto theirs = nlohmann::json::parse(run_program(with.program, {"measure", path.string()}).text);
    if (ours.at("pods") != theirs.at("pods"))
      throw std::runtime_error("ours and client-go do not see the same pods");
    const char* keys[] = {"decode_ns", "decode_and_cache_ns", "bytes"};
    for (size_t i = 0; i < all.size(); ++i) {
      all[i].ours.push_back(ours.at(keys[i]));
      all[i].theirs.push_back(theirs.at(keys[i]));
    }
  }
  return all;
}

std::string table_of(const std::vector<comparison>& all, const pods_wishes& with) {
  auto out = fmt::format(
    "pods from Protobuf, beside client-go: {} pods in pages of {}; medians of {} rounds, ours and "
    "theirs in turn\n  {:<34}{:>10}{:>10}{:>9}{:>8}\n",
    with.pods, with.page, with.rounds, "", "ours", "client-go", "ratio", "goal");
  for (auto& one : all)
    out += fmt::format("  {:<34}{:>10.1f}{:>10.1f}{:>8.1f}x{:>7.0f}x  {}\n", one.name,
                       one.our_median(), one.their_median(), one.ratio(), one.least, one.unit);
  return out;
}

}  // namespace scaleops::bench
