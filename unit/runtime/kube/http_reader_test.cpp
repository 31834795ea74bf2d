#include "runtime/kube/http_reader.hpp"

#include <catch2/catch.hpp>

#include "runtime/kube/line_splitter.hpp"

using namespace scaleops::kube;

namespace {

struct heard {
  http_head head;
  int heads = 0;
  std::string body;

  http_reader reader(bool without_body = false) {
    return http_reader{{[this](const http_head& h) {
                          head = h;
                          ++heads;
                        },
                        [this](std::string_view bytes) { body += bytes; }},
                       without_body};
  }
};

const std::string chunked =
  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
  "5\r\nhello\r\n1;ext=1\r\n \r\n5\r\nworld\r\n0\r\nTrailer: x\r\n\r\n";

}  // namespace

TEST_CASE("an answer reads the same in one piece and byte by byte") {
  for (size_t step : {size_t{1}, size_t{3}, chunked.size()}) {
    heard got;
    auto reader = got.reader();
    for (size_t at = 0; at < chunked.size(); at += step)
      reader.feed(std::string_view{chunked}.substr(at, step));
    CHECK(reader.now() == http_reader::state::done);
    CHECK(reader.keep_alive());
    CHECK(got.heads == 1);
    CHECK(got.head.status == 200);
    CHECK(got.head.content_type == "application/json");
    CHECK(got.body == "hello world");
  }
}

TEST_CASE("a body's length, the stream's end and no body at all are understood") {
  heard sized;
  auto one = sized.reader();
  CHECK(one.feed("HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 3\r\n\r\nabcEXTRA") ==
        http_reader::state::done);
  CHECK(sized.body == "abc");
  CHECK(sized.head.retry_after == 7);
  CHECK(one.trailing() == 5);

  heard open_ended;
  auto two = open_ended.reader();
  two.feed("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nsome");
  CHECK(two.finish() == http_reader::state::done);
  CHECK(open_ended.body == "some");
  CHECK(!two.keep_alive());

  heard connect;
  auto three = connect.reader(true);
  CHECK(three.feed("HTTP/1.1 200 Connection established\r\n\r\n") == http_reader::state::done);
}

TEST_CASE("a torn or foreign answer fails with its reason") {
  heard got;
  auto torn = got.reader();
  torn.feed("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  CHECK(torn.finish() == http_reader::state::failed);
  CHECK(torn.problem() == "the connection was closed in the middle of an answer");
  auto silent = got.reader();
  CHECK(silent.finish() == http_reader::state::failed);
  CHECK(silent.problem() == "the connection was closed before an answer");
  auto foreign = got.reader();
  CHECK(foreign.feed("SSH-2.0-OpenSSH_9.2\r\n\r\n") == http_reader::state::failed);
  CHECK(foreign.problem().find("no HTTP answer") == 0);
  auto endless = got.reader();
  auto state = http_reader::state::head;
  endless.feed("HTTP/1.1 200 OK\r\nX: ");
  for (int i = 0; i < 300 && state != http_reader::state::failed; ++i)
    state = endless.feed(std::string(1024, 'x'));
  CHECK(state == http_reader::state::failed);
}

TEST_CASE("lines come out whole, whatever the pieces") {
  line_splitter lines{100};
  std::vector<std::string> got;
  auto take = [&](std::string_view line) {
    got.emplace_back(line);
    return true;
  };
  for (auto piece : {"on", "e\ntwo\nthr", "", "ee", "\n\n\r\nfour\n"})
    CHECK(lines.feed(piece, take));
  CHECK(got == std::vector<std::string>{"one", "two", "three", "four"});
  CHECK(lines.waiting() == 0);
  CHECK(lines.feed(std::string(100, 'x'), take));
  CHECK(!lines.feed("y", take));
}
