#include "runtime/config/kinds.hpp"

#include <limits>

#include <catch2/catch.hpp>

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

template <class T>
bool refused(const config::kind<T>& of, std::string_view text) {
  T value{};
  return !of.read(text, value) && value == T{};
}

template <class T>
T read(const config::kind<T>& of, std::string_view text) {
  T value{};
  INFO(text);
  REQUIRE(of.read(text, value));
  return value;
}

}  // namespace

TEST_CASE("whole numbers keep to their range and take no sign, space or fraction") {
  auto of = config::whole(1, 5000);
  CHECK(read(of, "1") == 1);
  CHECK(read(of, "5000") == 5000);
  for (auto text : {"0", "5001", "-1", "+1", " 1", "1 ", "1.0", "1e3", "", "99999999999999999999"})
    CHECK(refused(of, text));
  CHECK(read(config::whole(0, std::numeric_limits<uint64_t>::max()), "18446744073709551615") ==
        UINT64_MAX);
}

TEST_CASE("fractions refuse what is no number") {
  auto of = config::fraction(0, 1);
  CHECK(read(of, "0.25") == 0.25);
  for (auto text : {"1.01", "-0.1", "nan", "inf", "x", ""})
    CHECK(refused(of, text));
}

TEST_CASE("a speed is real, max or a factor") {
  auto of = config::speed();
  CHECK(read(of, "real") == time_factor{1, false});
  CHECK(read(of, "600") == time_factor{600, false});
  CHECK(read(of, "0.5") == time_factor{0.5, false});
  CHECK(read(of, "max").as_fast_as_possible);
  for (auto text : {"0", "-1", "inf", "nan", "1e7", "60x", "maximum", ""})
    CHECK(refused(of, text));
  for (auto text : {"real", "600", "max"})
    CHECK(of.show(read(of, text)) == text);
}

TEST_CASE("an address is numeric, with a port, and is shown as it is read") {
  auto of = config::address();
  CHECK(read(of, "127.0.0.1:8080") == endpoint{"127.0.0.1", 8080});
  CHECK(read(of, "localhost:0") == endpoint{"127.0.0.1", 0});
  CHECK(read(of, "[::1]:65535") == endpoint{"::1", 65535});
  for (auto text : {"127.0.0.1", "127.0.0:80", ":80", "::1:80", "[::1]", "1.2.3.4:65536",
                    "1.2.3.4:-1", "1.2.3.4:", "example.org:80", "[1.2.3.4]:80", ""})
    CHECK(refused(of, text));
  for (auto text : {"127.0.0.1:8080", "[::1]:1"})
    CHECK(of.show(read(of, text)) == text);
}

TEST_CASE("durations keep to their range") {
  auto of = config::duration(1s, 5min);
  CHECK(read(of, "1m30s") == 90s);
  for (auto text : {"999ms", "6m", "5", "-1m", ""})
    CHECK(refused(of, text));
}

TEST_CASE("names follow the rules of Kubernetes") {
  auto of = config::kube_name("NAME");
  CHECK(read(of, "scaleops-system") == "scaleops-system");
  for (auto text : {"", "-a", "a-", "A", "a.b", "a_b"})
    CHECK(refused(of, text));
  CHECK(refused(of, std::string(64, 'a')));
}

TEST_CASE("files are looked at before anything starts") {
  CHECK(refused(config::readable_file(), "/"));
  CHECK(refused(config::readable_file(), "/no/such/file"));
  CHECK(refused(config::writable_file(), "/no/such/directory/file"));
  CHECK(refused(config::writable_file(), "/"));
  CHECK(refused(config::writable_file(), ""));
  CHECK(read(config::writable_file(), "report.json") == "report.json");
  CHECK(read(config::name_or_file(), "production") == "production");
  CHECK(refused(config::name_or_file(), "no/such.yaml"));
}
