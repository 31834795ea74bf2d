#include "integration/bench/accounting.hpp"

#include <malloc.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <new>

namespace scaleops::bench {

uint8_t running_part = 0;

namespace {

// One thread does nearly all the work; what CAF's few others take is not worth a locked
// instruction.
struct account {
  std::atomic<int64_t> bytes{0}, blocks{0};
  std::atomic<uint64_t> taken{0};

  template <class T>
  static void add(std::atomic<T>& to, T value) {
    to.store(to.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
  }
};
constinit std::array<account, 128> accounts;

// A block's last usable byte says whose it is. Where that byte made malloc hand out 16 bytes more,
// the upper bit says so, and the account is kept as if it had not.
constexpr uint8_t grown = 0x80;
constexpr size_t header = 8;

uint8_t* tag_of(void* block, size_t usable) {
  return static_cast<uint8_t*>(block) + usable - 1;
}

int64_t charged(size_t usable, uint8_t tag) {
  return int64_t(usable + header) - ((tag & grown) != 0 ? 16 : 0);
}

void book(void* block, int sign) {
  auto usable = malloc_usable_size(block);
  auto tag = *tag_of(block, usable);
  auto& owner = accounts[tag & uint8_t(~grown)];
  account::add(owner.bytes, sign * charged(usable, tag));
  account::add(owner.blocks, int64_t{sign});
}

void* take(size_t size) {
  auto* block = std::malloc(size + 1);
  if (!block)
    return nullptr;
  bool one_more = size >= 24 && size % 16 == 8;
  *tag_of(block, malloc_usable_size(block)) = uint8_t(running_part | (one_more ? grown : 0));
  book(block, 1);
  account::add(accounts[running_part].taken, uint64_t{1});
  return block;
}

}  // namespace

held_memory held_by(uint8_t part) {
  return {accounts[part].bytes.load(), accounts[part].blocks.load()};
}

uint64_t taken_by(uint8_t part) {
  return accounts[part].taken.load();
}

void hand_over(const void* block, uint8_t to) {
  auto* given = const_cast<void*>(block);
  book(given, -1);
  auto* tag = tag_of(given, malloc_usable_size(given));
  *tag = uint8_t((*tag & grown) | to);
  book(given, 1);
}

int64_t resident_bytes() {
  std::ifstream status("/proc/self/statm");
  int64_t total = 0, resident = 0;
  status >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace scaleops::bench

// The standard library's other forms (arrays, sized, nothrow) come down to these two.
void* operator new(std::size_t size) {
  while (true) {
    if (auto* block = scaleops::bench::take(size))
      return block;
    auto handler = std::get_new_handler();
    if (!handler)
      throw std::bad_alloc{};
    handler();
  }
}

void operator delete(void* block) noexcept {
  if (!block)
    return;
  scaleops::bench::book(block, -1);
  std::free(block);
}

void operator delete(void* block, std::size_t) noexcept {
  operator delete(block);
}
