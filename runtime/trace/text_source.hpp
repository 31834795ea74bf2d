// A file's text as a stream, plain or gzip: compression is recognised by content.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

/// Of Intel's ISA-L, three times as fast as zlib.
struct inflate_state;  // <isa-l/igzip_lib.h>

namespace scaleops {

class text_source {
public:
  text_source();
  ~text_source();
  text_source(const text_source&) = delete;
  text_source& operator=(const text_source&) = delete;

  /// "-" is standard input. False with the system's reason.
  bool open(const std::string& path, std::string& problem);
  /// The same bytes from memory.
  void open(std::string bytes);

  /// Up to `room` bytes (> 0) of text; 0 at the end and, with `problem` set, where the file cannot
  /// be read on. What came before is right: each gzip member's checksum is compared at its end.
  size_t read(char* to, size_t room, std::string& problem);

  /// Bytes of the file taken so far.
  uint64_t position() const { return taken_ - waiting_; }

private:
  bool refill(std::string& problem);
  size_t copy(char* to, size_t room, std::string& problem);
  size_t inflate(char* to, size_t room, std::string& problem);

  std::FILE* file_ = nullptr;
  std::vector<uint8_t> input_;
  const uint8_t* next_ = nullptr;  // what waits of input_
  size_t waiting_ = 0;
  uint64_t taken_ = 0;
  bool begun_ = false;
  bool ended_ = false;  // of the file
  bool amid_ = false;   // amid a gzip member
  std::unique_ptr<inflate_state> gzip_;
};

}  // namespace scaleops
