#include "runtime/trace/text_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <isa-l/igzip_lib.h>

namespace scaleops {

namespace {

constexpr size_t input_size = 1 << 16;
/// What ISA-L has taken ahead it gives back at a member's end, by moving its pointer: so much of
/// what came before stands in front of the input.
constexpr size_t given_back = 8;

const char* describe(int code) {
  switch (code) {
    case ISAL_INVALID_WRAPPER:
      return "cannot be read: what follows is no gzip stream";
    case ISAL_UNSUPPORTED_METHOD:
      return "cannot be read: the gzip stream asks for an unknown method";
    case ISAL_INCORRECT_CHECKSUM:
      return "is damaged: the gzip stream's checksum does not match";
    default:
      return "is damaged: it is no valid gzip stream";
  }
}

}  // namespace

text_source::text_source() = default;

text_source::~text_source() {
  if (file_ && file_ != stdin)
    std::fclose(file_);
}

bool text_source::open(const std::string& path, std::string& problem) {
  file_ = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (!file_) {
    problem = std::strerror(errno);
    return false;
  }
  input_.resize(given_back + input_size);
  next_ = input_.data() + given_back;
  return true;
}

void text_source::open(std::string bytes) {
  input_.assign(bytes.begin(), bytes.end());
  next_ = input_.data();
  taken_ = waiting_ = input_.size();
  ended_ = true;
}

bool text_source::refill(std::string& problem) {
  if (ended_)
    return false;
  auto* begin = input_.data() + given_back;
  std::memmove(input_.data(), next_ - given_back, given_back);
  auto got = std::fread(begin, 1, input_size, file_);
  if (got < input_size) {
    ended_ = true;
    if (std::ferror(file_))
      problem = std::string{"cannot be read: "} + std::strerror(errno);
  }
  next_ = begin;
  waiting_ = got;
  taken_ += got;
  return got > 0;
}

size_t text_source::read(char* to, size_t room, std::string& problem) {
  if (!std::exchange(begun_, true)) {
    if (waiting_ == 0)
      refill(problem);
    if (waiting_ >= 2 && next_[0] == 0x1f && next_[1] == 0x8b) {
      gzip_ = std::make_unique<inflate_state>();
      isal_inflate_init(gzip_.get());
    }
  }
  return gzip_ ? inflate(to, room, problem) : copy(to, room, problem);
}

size_t text_source::copy(char* to, size_t room, std::string& problem) {
  if (waiting_ == 0 && !refill(problem))
    return 0;
  auto count = std::min(room, waiting_);
  std::memcpy(to, next_, count);
  next_ += count;
  waiting_ -= count;
  return count;
}

size_t text_source::inflate(char* to, size_t room, std::string& problem) {
  while (true) {
    if (!amid_) {  // a file may hold several members
      if (waiting_ == 0 && !refill(problem))
        return 0;
      isal_inflate_reset(gzip_.get());
      gzip_->crc_flag = ISAL_GZIP;
      amid_ = true;
    }
    // Even without input: text that found no room before may wait inside.
    gzip_->next_in = const_cast<uint8_t*>(next_);
    gzip_->avail_in = uint32_t(waiting_);
    gzip_->next_out = reinterpret_cast<uint8_t*>(to);
    gzip_->avail_out = uint32_t(room);
    int code = isal_inflate(gzip_.get());
    next_ = gzip_->next_in;
    waiting_ = gzip_->avail_in;
    if (code < 0) {
      problem = describe(code);
      return 0;
    }
    amid_ = gzip_->block_state != ISAL_BLOCK_FINISH;
    if (auto got = room - gzip_->avail_out; got > 0)
      return got;
    if (amid_ && waiting_ == 0 && !refill(problem)) {
      if (problem.empty())
        problem = "ends in the middle: the compressed stream is cut off";
      return 0;
    }
  }
}

}  // namespace scaleops
