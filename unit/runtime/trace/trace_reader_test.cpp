#include "runtime/trace/trace_reader.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <zlib.h>
#include <catch2/catch.hpp>

#include "messages/entropy.hpp"

using namespace scaleops;

namespace {

const std::string head = "series,timestamp_s,cpu_cores,memory_bytes\n";

/// A file that goes away with the test.
class scratch_file {
public:
  scratch_file() {
    char name[] = "/tmp/scaleops-trace-XXXXXX";
    int fd = mkstemp(name);
    REQUIRE(fd >= 0);
    close_fd(fd);
    path_ = name;
  }
  ~scratch_file() { std::filesystem::remove(path_); }
  const std::string& plain(const std::string& text) {
    std::ofstream{path_} << text;
    return path_;
  }
  const std::string& gzip(const std::string& text) {
    gzFile file = gzopen(path_.c_str(), "wb");
    gzwrite(file, text.data(), unsigned(text.size()));
    gzclose(file);
    return path_;
  }

private:
  static void close_fd(int fd) { std::fclose(fdopen(fd, "r")); }
  std::string path_;
};

/// What a gzip file of the text holds.
std::string gzipped(const std::string& text) {
  scratch_file scratch;
  std::ifstream file{scratch.gzip(text), std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string problem_of(const std::string& text) {
  scratch_file file;
  trace_reader reader{file.plain(text)};
  trace_row row;
  while (reader.next(row)) {
  }
  return reader.error() ? reader.error()->to_string().substr(reader.error()->file.size()) : "";
}

}  // namespace

TEST_CASE("plain and gzip traces read alike, blanks are not measured") {
  scratch_file file;
  auto text = head + "a,300,0.5,1048576\na,600,,2\r\nb,300,1.25e1,\nb,600,3,4";
  auto path = GENERATE_COPY(0, 1) ? file.gzip(text) : file.plain(text);
  trace_reader reader{path};
  trace_row row;
  REQUIRE(reader.next(row));
  CHECK(row.series == "a");
  CHECK(row.new_series);
  CHECK(row.at_s == 300);
  CHECK(row.cpu_cores == 0.5);
  CHECK(row.memory_bytes == 1048576.0);
  REQUIRE(reader.next(row));
  CHECK_FALSE(row.new_series);
  CHECK_FALSE(row.cpu_cores);
  CHECK(row.memory_bytes == 2.0);
  REQUIRE(reader.next(row));
  CHECK(row.series == "b");
  CHECK(row.new_series);
  CHECK(row.cpu_cores == 12.5);
  REQUIRE(reader.next(row));
  CHECK(row.memory_bytes == 4.0);
  CHECK_FALSE(reader.next(row));
  CHECK_FALSE(reader.error());
  CHECK(reader.line() == 5);
}

TEST_CASE("the first wrong field is named with file, line and field") {
  CHECK(problem_of("") ==
        ": is empty, the header \"series,timestamp_s,cpu_cores,memory_bytes\" is missing");
  CHECK(problem_of("a,b\n") ==
        ":1: header: must be \"series,timestamp_s,cpu_cores,memory_bytes\", is \"a,b\"");
  CHECK(problem_of(head + "a,300,1,2\na,x,1,2\n") ==
        ":3: timestamp_s: is not a whole number: \"x\"");
  CHECK(problem_of(head + "a,300,1,2\na,300,1,2\n") ==
        ":3: timestamp_s: must rise within a series: 300 after 300");
  CHECK(problem_of(head + "a,-5,1,2\n") ==
        ":2: timestamp_s: is out of range (1 to 4000000000): \"-5\"");
  CHECK(problem_of(head + "a,300,1q,2\n") == ":2: cpu_cores: is not a number: \"1q\"");
  CHECK(problem_of(head + "a,300,nan,2\n") ==
        ":2: cpu_cores: must be finite and not negative, is \"nan\"");
  CHECK(problem_of(head + "a,300,1,-2\n") ==
        ":2: memory_bytes: must be finite and not negative, is \"-2\"");
  CHECK(problem_of(head + "a,300,1\n") == ":2: has 3 fields, must have 4");
  CHECK(problem_of(head + "a,300,1,2,3\n") == ":2: has 5 fields, must have 4");
  CHECK(problem_of(head + ",300,1,2\n") == ":2: series: is blank");
  CHECK(problem_of(head + std::string(5000, 'x')) ==
        ":2: is longer than 4096 characters: not a trace");
}

TEST_CASE("a missing file and a cut compressed stream are errors, not ends") {
  trace_reader missing{"/nonexistent/trace.csv"};
  trace_row row;
  CHECK_FALSE(missing.next(row));
  REQUIRE(missing.error());
  CHECK(missing.error()->to_string() ==
        "/nonexistent/trace.csv: cannot be opened: No such file or directory");
  scratch_file file;
  std::string text = head;
  for (int i = 1; i < 20000; ++i)
    text += "a," + std::to_string(i * 300) + "," + std::to_string(i * 7919 % 1000) + ",1\n";
  auto path = file.gzip(text);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  trace_reader cut{path};
  while (cut.next(row)) {
  }
  REQUIRE(cut.error());
}

TEST_CASE("a damaged compressed stream is told as such, several in a file are one text") {
  std::string rows;
  for (int i = 1; i < 40000; ++i)
    rows += "a," + std::to_string(i * 300) + "," + std::to_string(i * 7919 % 1000) + ",1\n";
  auto whole = gzipped(head + rows), begun = gzipped(head), rest = gzipped(rows);
  auto read = [](const std::string& bytes) {
    trace_reader reader{"t", bytes};
    trace_row row;
    int count = 0;
    while (reader.next(row))
      ++count;
    return std::pair{count, reader.error() ? reader.error()->problem : std::string{}};
  };
  CHECK(read(whole) == std::pair{39999, std::string{}});
  CHECK(read(begun + rest) == std::pair{39999, std::string{}});
  CHECK(read(begun + "trailing text").second == "cannot be read: what follows is no gzip stream");
  auto damaged = whole;
  damaged[damaged.size() - 8] = char(damaged[damaged.size() - 8] ^ 1);
  CHECK(read(damaged).second == "is damaged: the gzip stream's checksum does not match");
  for (size_t left :
       {whole.size() - 1, whole.size() - 8, whole.size() / 3, size_t{10}, size_t{2}}) {
    INFO(left);
    CHECK(read(whole.substr(0, left)).second ==
          "ends in the middle: the compressed stream is cut off");
  }
}

TEST_CASE("a compressed member may end anywhere in what is read at once") {
  // Four thousand members of about 35 bytes: some end just behind the reader's 64 KiB, and the
  // length of the first moves all the others.
  std::string rest;
  for (int i = 1; i <= 4000; ++i)
    rest += gzipped("a," + std::to_string(i * 300) + ",1,2\n");
  for (int shift = 0; shift < 40; ++shift) {
    entropy dice{uint64_t(shift)};
    std::string name;  // that does not compress
    for (int i = 0; i < shift; ++i)
      name += char('b' + dice.below(20));
    scratch_file file;
    trace_reader reader{file.plain(gzipped(head + "z" + name + ",300,1,2\n") + rest)};
    trace_row row;
    int count = 0;
    while (reader.next(row))
      ++count;
    INFO(shift);
    CHECK_FALSE(reader.error());
    CHECK(count == 4001);
  }
}

TEST_CASE("numbers of any form are read to the last bit") {
  entropy dice{7};
  std::vector<std::string> numbers = {"0",
                                      "0.1",
                                      "00.5",
                                      "123456789012345",
                                      "1234567890123456789",
                                      "0.000000000000001",
                                      "0.1234567890123456",
                                      "5e3",
                                      "7.5E-2"};
  for (int i = 0; i < 2000; ++i) {
    auto digits = std::to_string(dice.next());
    digits.resize(1 + dice.below(digits.size()));
    if (auto at = dice.below(digits.size() + 1); at > 0 && at < digits.size())
      digits.insert(at, ".");
    numbers.push_back(digits);
  }
  auto text = head;
  for (size_t i = 0; i < numbers.size(); ++i)
    text += "a," + std::to_string(300 * (i + 1)) + "," + numbers[i] + "," + numbers[i] + "\n";
  scratch_file file;
  trace_reader reader{file.plain(text)};
  trace_row row;
  for (auto& number : numbers) {
    INFO(number);
    REQUIRE(reader.next(row));
    REQUIRE(row.cpu_cores == std::strtod(number.c_str(), nullptr));
    REQUIRE(row.memory_bytes == row.cpu_cores);
  }
  CHECK_FALSE(reader.next(row));
  CHECK_FALSE(reader.error());
}

TEST_CASE("a row that is only nearly plain is looked at closely") {
  auto rows = head + "a,300,1,2\n";
  CHECK(problem_of(rows + "a,600.0,1,2\n") == ":3: timestamp_s: is not a whole number: \"600.0\"");
  CHECK(problem_of(rows + "a,300,1,2\n") ==
        ":3: timestamp_s: must rise within a series: 300 after 300");
  CHECK(problem_of(rows + "a,600,1.2.3,2\n") == ":3: cpu_cores: is not a number: \"1.2.3\"");
  CHECK(problem_of(rows + "a,600,1,2,3\n") == ":3: has 5 fields, must have 4");
  CHECK(problem_of(rows + "a,600,1\n") == ":3: has 3 fields, must have 4");
  CHECK(problem_of(rows + "a,4000000001,1,2\n").starts_with(":3: timestamp_s: is out of range"));
}
