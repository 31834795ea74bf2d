#include "runtime/config/parse.hpp"

#include <filesystem>
#include <fstream>
#include <limits>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "runtime/config/help.hpp"

using namespace scaleops;
using namespace scaleops::config;
using namespace std::chrono_literals;
using words = std::vector<std::string>;

namespace {

/// A file that is gone with the test.
class temporary_file {
public:
  explicit temporary_file(const std::string& content) {
    static int count = 0;
    path_ = (std::filesystem::temp_directory_path() /
             fmt::format("scaleops-parse-{}-{}.yaml", getpid(), ++count))
              .string();
    std::ofstream{path_} << content;
  }
  ~temporary_file() { std::filesystem::remove(path_); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

template <class Options>
Options options(const words& args, const environment& env = {}) {
  auto done = parse(args, env);
  if (auto* refused = std::get_if<answer>(&done.result))
    FAIL(refused->text);
  return std::get<Options>(std::get<invocation>(done.result));
}

/// The one line that a wrong request is answered with.
std::string refusal(const words& args, const environment& env = {}) {
  auto done = parse(args, env);
  auto* refused = std::get_if<answer>(&done.result);
  if (!refused)
    return "";
  CHECK(refused->code == 2);
  CHECK(std::count(refused->text.begin(), refused->text.end(), '\n') == 1);
  return refused->text;
}

/// As `refusal`, for a file with this content; the file's name is left out.
std::string file_refusal(const std::string& content) {
  temporary_file file{content};
  auto text = refusal({"up", "--config", file.path()});
  auto at = text.find(file.path());
  return at == text.npos ? text : text.substr(at + file.path().size());
}

}  // namespace

TEST_CASE("without options the defaults count") {
  auto up = options<up_options>({"up"});
  CHECK(up.speed == time_factor{60, false});
  CHECK(up.listen == endpoint{"127.0.0.1", 8080});
  CHECK_FALSE(up.run_for);
  CHECK(up.traces.empty());
  CHECK(up.scrape_interval == 15s);
}

TEST_CASE("a flag goes before the environment, that before the file, that before the default") {
  temporary_file file{"seed: 2\nup:\n  seed: 3\n"};
  temporary_file shared{"seed: 2\n"};
  environment general{{"SCALEOPS_SEED", "4"}};
  environment both{{"SCALEOPS_SEED", "4"}, {"SCALEOPS_UP_SEED", "5"}};
  CHECK(options<up_options>({"up"}).seed == 1);
  CHECK(options<up_options>({"up", "--config", shared.path()}).seed == 2);
  CHECK(options<up_options>({"up", "--config", file.path()}).seed == 3);
  CHECK(options<up_options>({"up", "--config", file.path()}, general).seed == 4);
  CHECK(options<up_options>({"up", "--config", file.path()}, both).seed == 5);
  CHECK(options<up_options>({"up", "--config", file.path(), "--seed", "6"}, both).seed == 6);
  CHECK(options<up_options>({"up"}, {{"SCALEOPS_CONFIG", file.path()}}).seed == 3);
}

TEST_CASE("several values come from each source, and a stronger source replaces them all") {
  temporary_file a{""}, b{""};
  temporary_file list{fmt::format("up:\n  traces: [{}, {}]\n", a.path(), b.path())};
  CHECK(options<up_options>({"up", "--traces", a.path(), b.path()}).traces ==
        words{a.path(), b.path()});
  CHECK(options<up_options>({"up", "--traces", a.path(), "--traces", b.path()}).traces ==
        words{a.path(), b.path()});
  CHECK(options<up_options>({"up"}, {{"SCALEOPS_UP_TRACES", a.path() + "," + b.path()}}).traces ==
        words{a.path(), b.path()});
  CHECK(options<up_options>({"up", "--config", list.path()}).traces == words{a.path(), b.path()});
  CHECK(options<up_options>({"up", "--config", list.path(), "--traces", b.path()}).traces ==
        words{b.path()});
}

TEST_CASE("every kind of option arrives in its struct") {
  temporary_file trace{""};
  auto replay = options<replay_options>({"replay", "--aggressiveness", "0.75", "--warm=6h",
                                         "--apply", "restart", trace.path(), trace.path()});
  CHECK(replay.aggressiveness == 0.75);
  CHECK(replay.warm == 6h);
  CHECK(replay.apply == apply_mode::restart);
  CHECK(replay.traces == words{trace.path(), trace.path()});
  auto explain = options<explain_options>(
    {"explain", "--recommendation", trace.path(), "--evidence", trace.path(), "--json"});
  CHECK(explain.json);
  auto agent = options<component_options>({"agent", "--namespace", "here", "--log-format", "json"});
  CHECK(agent.which == component::agent);
  CHECK(agent.ns == "here");
  CHECK(agent.log.format == log_format::json);
  CHECK_FALSE(agent.listen);
  auto admissions = options<component_options>({"admissions", "--listen", "0.0.0.0:9443"});
  CHECK(admissions.listen == endpoint{"0.0.0.0", 9443});
  CHECK(options<up_options>({"up", "--for", "14d", "--speed", "max"}).run_for == 14 * 24h);
}

TEST_CASE("what is unknown is named with the nearest right one") {
  CHECK(refusal({"upp"}) == "scaleops: unknown command \"upp\"; the nearest is \"up\"\n");
  CHECK(refusal({"up", "--sped", "60"}) ==
        "scaleops: unknown option --sped for \"up\"; the nearest is --speed\n");
  CHECK(refusal({"up", "--sped=60"}) ==
        "scaleops: unknown option --sped for \"up\"; the nearest is --speed\n");
  CHECK(refusal({"up", "-speed", "60"}) ==
        "scaleops: unknown option -speed for \"up\"; the nearest is --speed\n");
  CHECK(refusal({"--speed", "60", "up"}) ==
        "scaleops: unknown option --speed; a command comes first, such as \"up\"\n");
  CHECK(refusal({"up", "now"}) ==
        "scaleops: \"now\" is too much: up takes no value without an option's name\n");
  CHECK(refusal({"help", "upp"}) ==
        "scaleops help: unknown command \"upp\"; the nearest is \"up\"\n");
  CHECK(refusal({}) == "scaleops: no command given; scaleops --help lists them\n");
}

TEST_CASE("a wrong value is named with its option and what is allowed, wherever it stands") {
  CHECK(refusal({"up", "--nodes", "0"}) ==
        "scaleops up: --nodes: \"0\" is not a whole number from 1 to 5000\n");
  CHECK(refusal({"up"}, {{"SCALEOPS_UP_NODES", "many"}}) ==
        "scaleops up: SCALEOPS_UP_NODES: \"many\" is not a whole number from 1 to 5000\n");
  CHECK(file_refusal("up:\n  nodes: 0\n") ==
        ":2: nodes: \"0\" is not a whole number from 1 to 5000\n");
  CHECK(refusal({"up", "--log-level", "wran"}) ==
        "scaleops up: --log-level: \"wran\" is not one of trace, debug, info, warn, error, off; "
        "the nearest is "
        "\"warn\"\n");
  CHECK(refusal({"up", "--nodes"}) ==
        "scaleops: --nodes needs a value: a whole number from 1 to 5000\n");
  CHECK(refusal({"up", "--nodes", "--seed", "1"}) ==
        "scaleops: --nodes needs a value: a whole number from 1 to 5000\n");
  CHECK(refusal({"up", "--nodes", "1", "--nodes", "2"}) ==
        "scaleops up: --nodes: given 2 values, it takes one\n");
  CHECK(refusal({"replay"}) == "scaleops replay: trace is missing: a file that can be read\n");
  CHECK(refusal({"explain"}) ==
        "scaleops explain: --recommendation is missing: a file that can be read\n");
  CHECK(refusal({"explain", "--json=maybe"}).find("\"maybe\" is not true or false") !=
        std::string::npos);
}

TEST_CASE("a wrong value is refused even where a stronger source has a right one") {
  CHECK(refusal({"up", "--nodes", "3"}, {{"SCALEOPS_UP_NODES", "x"}}) != "");
}

TEST_CASE("mistakes in the file are named with their line") {
  CHECK(file_refusal("log-level: info\nup:\n  sped: 1\n") ==
        ":3: unknown option \"sped\" for \"up\"; the nearest is \"speed\"\n");
  CHECK(file_refusal("seeed: 1\n") == ":1: unknown option \"seeed\"; the nearest is \"seed\"\n");
  CHECK(file_refusal("replay:\n  nodes: 1\n")
          .starts_with(":2: unknown option \"nodes\" for \"replay\""));
  CHECK(file_refusal("up:\n  seed: 1\n  seed: 2\n") == ":3: \"seed\" is given twice\n");
  CHECK(
    file_refusal("up:\n  seed: [1, 2]\n").starts_with(":2: seed: the value is not a whole number"));
  CHECK(file_refusal("up: 3\n").starts_with(":1: up is not a mapping"));
  CHECK(file_refusal("- up\n").starts_with(":1: the file is not a mapping"));
  CHECK(file_refusal("up: [\n").starts_with(":2: "));
  CHECK(file_refusal("config: x.yaml\n").starts_with(":1: unknown option \"config\""));
  CHECK(refusal({"up", "--config", "/"}) ==
        "scaleops up: --config: \"/\" is not a file that can be read\n");
}

TEST_CASE("a file may hold other commands' options and may be empty") {
  temporary_file others{"recommender:\n  namespace: x\naggressiveness: 0.5\nseed: 7\n"};
  CHECK(options<up_options>({"up", "--config", others.path()}).seed == 7);
  temporary_file empty{"# nothing\n"};
  CHECK(options<up_options>({"up", "--config", empty.path()}).seed == 1);
}

TEST_CASE("a mistyped variable is pointed out, a foreign one is not") {
  auto done = parse(
    {"up"}, {{"SCALEOPS_UP_SEDE", "1"}, {"SCALEOPS_UP_PORT_8080_TCP_ADDR", "x"}, {"SEED", "1"}});
  CHECK(
    done.warnings ==
    words{"scaleops up: SCALEOPS_UP_SEDE is no option and is left out of account; the nearest is "
          "SCALEOPS_UP_SEED"});
}

TEST_CASE("no option has a name that Kubernetes gives to a Service's variables") {
  for (auto& e : all_commands())
    for (auto& o : e->description.options) {
      INFO(e->description.name << " --" << o.name);
      CHECK_FALSE(o.name.starts_with("port"));
      CHECK_FALSE(o.name.starts_with("service"));
    }
}

TEST_CASE("help names every option with its default and goes to standard output") {
  for (auto& args : {words{"up", "--help"}, words{"help", "up"}, words{"--help", "up"},
                     words{"up", "-h", "--bad"}}) {
    auto done = parse(args, {});
    auto& text = std::get<answer>(done.result);
    CHECK(text.code == 0);
    for (auto& e : all_commands())
      if (e->description.name == "up")
        for (auto& o : e->description.options)
          CHECK(text.text.find("--" + o.name) != std::string::npos);
    CHECK(text.text.find("Default: 127.0.0.1:8080") != std::string::npos);
  }
  auto all = std::get<answer>(parse({"--help"}, {}).result);
  CHECK(all.code == 0);
  CHECK(all.text.find("replay") != std::string::npos);
}

TEST_CASE("the reference names every command and option") {
  auto text = std::get<answer>(parse({"help", "--markdown"}, {}).result).text;
  for (auto& e : all_commands()) {
    CHECK(text.find("\n## " + e->description.name + "\n") != std::string::npos);
    for (auto& o : e->description.options)
      CHECK(text.find((o.positional ? "" : "--") + o.name) != std::string::npos);
  }
}
