// Recorded usage, read as a stream: the back-test's CSV form, plain or gzip, in constant memory.
//
//   series,timestamp_s,cpu_cores,memory_bytes
//   one row a sample, rows of one series together, timestamps rising in a series, blank = not
//   measured
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace scaleops {

struct trace_row {
  std::string_view series;  // valid until the next call of `next`
  bool new_series = false;  // first row of its series
  int64_t at_s = 0;         // Unix seconds
  std::optional<double> cpu_cores;
  std::optional<double> memory_bytes;
};

/// Why a file cannot be read on: which file, line (from 1, 0: the file itself) and field.
struct trace_error {
  std::string file;
  uint64_t line = 0;
  std::string field;
  std::string problem;
  /// "traces/x.csv.gz:17: timestamp_s: is not a whole number: \"abc\""
  std::string to_string() const;
};

class trace_reader {
public:
  /// "-" reads standard input. Compression is recognised by content, not by name.
  explicit trace_reader(std::string path);
  /// What such a file would hold; `name` stands in errors.
  trace_reader(std::string name, std::string bytes);
  ~trace_reader();
  trace_reader(trace_reader&&) noexcept;
  trace_reader& operator=(trace_reader&&) noexcept;

  /// The next row; false at the end or at the first error (then `error()` is set).
  bool next(trace_row& row);
  const std::optional<trace_error>& error() const;

  /// Lines read so far, the header included.
  uint64_t line() const;
  /// Bytes of the file taken so far and its size (0: unknown), for progress.
  uint64_t position() const;
  uint64_t size() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace scaleops
