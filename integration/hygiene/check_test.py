"""The hygiene check's own test: each rule rejects what it is for, and lets pass what it should."""

import tempfile
import unittest
from pathlib import Path

import check
from source import blank_comments_and_strings


def rules(path, text):
    return sorted({finding.rule for finding in check.check_file(path, text)})


class Arrows(unittest.TestCase):
    def test_lower_layers_do_not_include_higher_ones(self):
        for path, target in [("messages/kube.cpp", "actors/common/env.hpp"),
                             ("messages/kube.cpp", "runtime/clock.cpp"),
                             ("actors/updater/logic/budget.cpp", "actors/updater/updater.hpp"),
                             ("actors/updater/logic/budget.cpp", "runtime/clock.hpp"),
                             ("actors/updater/updater.cpp", "runtime/clock.hpp"),
                             ("actors/updater/updater.cpp", "unit/support/world.hpp"),
                             ("runtime/platform.cpp", "integration/sim/net.hpp")]:
            self.assertEqual(rules(path, f'#include "{target}"\n'), ["arrow"], (path, target))

    def test_higher_layers_include_lower_ones(self):
        for path, target in [("actors/updater/logic/budget.cpp", "messages/updater.hpp"),
                             ("actors/updater/updater.cpp", "actors/updater/logic/budget.hpp"),
                             ("runtime/platform.cpp", "actors/updater/updater.hpp"),
                             ("unit/actors/updater/updater_test.cpp", "runtime/platform.hpp")]:
            self.assertEqual(rules(path, f'#include "{target}"\n'), [], (path, target))

    def test_logic_and_plain_values_stay_pure(self):
        for include in ["caf/error.hpp", "boost/asio.hpp", "prometheus/registry.h", "google/protobuf/message.h",
                        "messages/wire/envelope.pb.h", "spdlog/spdlog.h"]:
            self.assertEqual(rules("actors/updater/logic/budget.cpp", f"#include <{include}>\n"), ["pure"], include)
            for name in check.PURE_MESSAGES:
                self.assertEqual(rules(f"messages/{name}.cpp", f"#include <{include}>\n"), ["pure"], include)
            self.assertEqual(rules("actors/updater/updater.cpp", f"#include <{include}>\n"), [], include)

    def test_containers_of_boost_are_as_pure_as_the_standard_ones(self):
        self.assertEqual(rules("actors/updater/logic/budget.cpp", "#include <boost/unordered/unordered_flat_set.hpp>\n"), [])

    def test_an_include_in_a_comment_counts_for_nothing(self):
        self.assertEqual(rules("messages/time.cpp", "/*\n#include <caf/error.hpp>\n*/\n"), [])

    def test_costly_headers_stay_out_of_headers(self):
        self.assertEqual(rules("runtime/x.hpp", "#pragma once\n#include <caf/all.hpp>\n"), ["caf-all"])
        self.assertEqual(rules("runtime/x.hpp", '#pragma once\n#include "a/b.pb.h"\n'), ["generated"])
        self.assertEqual(rules("runtime/x.cpp", '#include <caf/all.hpp>\n#include "a/b.pb.h"\n'), [])

    def test_headers_are_included_once(self):
        self.assertEqual(rules("messages/x.hpp", "struct x {};\n"), ["pragma-once"])
        self.assertEqual(rules("messages/x.hpp", "// #pragma once\nstruct x {};\n"), ["pragma-once"])


class Calls(unittest.TestCase):
    FORBIDDEN = [("clock", "auto t = std::chrono::steady_clock::now();"),
                 ("clock", "auto t = system_clock::now();"),
                 ("clock", "auto t = time(nullptr);"),
                 ("sleep", "std::this_thread::sleep_for(1s);"),
                 ("random", "std::random_device rd;"),
                 ("random", "int x = rand();"),
                 ("random", "int x = std::rand();"),
                 ("environment", 'auto x = getenv("HOME");'),
                 ("thread", "std::thread t{f};"),
                 ("thread", "auto f = std::async(g);"),
                 ("detached", "self->spawn<caf::detached>(f);"),
                 ("detached", "self->spawn<detached>(f);"),
                 ("blocking", "caf::scoped_actor self{sys};"),
                 ("blocking", "void f(caf::blocking_actor* self);")]

    def test_forbidden_calls_are_found_outside_of_runtime(self):
        for rule, line in self.FORBIDDEN:
            for path in ["messages/x.cpp", "actors/agent/x.cpp", "actors/agent/logic/x.cpp"]:
                self.assertEqual(rules(path, line + "\n"), [rule], (path, line))
            self.assertEqual(rules("runtime/x.cpp", line + "\n"), [], line)

    def test_tests_may_use_threads_and_clocks_but_neither_sleep_nor_draw(self):
        for rule, line in self.FORBIDDEN:
            expected = [rule] if rule in ("sleep", "random") else []
            self.assertEqual(rules("unit/actors/agent/x_test.cpp", line + "\n"), expected, line)

    def test_words_in_prose_and_own_names_are_no_calls(self):
        for line in ["// never sleep_for here", 'auto s = "steady_clock::now()";', "auto now = self->clock().now();",
                     "auto r = R\"(std::thread)\";", "int brand(int x);", "auto x = 1'000'000; // rand()",
                     "double next = dice.rand(6);"]:
            self.assertEqual(rules("actors/agent/x.cpp", line + "\n"), [], line)

    def test_the_line_is_named(self):
        found = list(check.check_file("actors/agent/x.cpp", "// one\n/* two\n three */\nint x = rand();\n"))
        self.assertEqual([str(f) for f in found], ["actors/agent/x.cpp:4: random: rand( outside of runtime/"])


class Awaits(unittest.TestCase):
    def test_braces_and_lambdas_beside_co_await_are_rejected(self):
        for line in ["co_await f(agg{.s = 1});", "co_await f({a, b});", "co_await f([s] { return s; });",
                     "auto r = co_await g(\n  h, point{1, 2});", "use(co_await f(), pair{1, 2});"]:
            self.assertEqual(rules("runtime/x.cpp", line + "\n"), ["co-await"], line)

    def test_named_values_and_conditions_pass(self):
        for line in ["auto [a, b] = co_await f(std::move(x));", "if (co_await f(x)) {\n}\n",
                     "while (auto r = co_await f(x)) {\n}\n", "co_await f(x); g({1, 2});"]:
            self.assertEqual(rules("runtime/x.cpp", line + "\n"), [], line)


class Text(unittest.TestCase):
    def test_notes_to_self_paths_registries_and_secrets_are_rejected(self):
        for rule, line in [("todo", "// TO" "DO: later"), ("todo", "# FIX" "ME"),
                           ("machine-path", "cd /wo" "rk/main"), ("machine-path", "/ho" "me/anna/x"),
                           ("registry-host", "https://registry" ".npmjs.org/x"),
                           ("registry-host", "proxy" ".golang.org"),
                           ("secret", "-----BEGIN EC PRIVATE" " KEY-----")]:
            for path in ["runtime/x.cpp", "docs/x.md", "web/x.ts", "scripts/x"]:
                self.assertEqual(rules(path, line + "\n"), [rule], (path, line))

    def test_hosts_of_documentation_are_no_registries(self):
        self.assertEqual(rules("runtime/x.cpp", '"registry.example.com/app:1"\n'), [])

    def test_long_files_are_rejected(self):
        self.assertEqual(rules("actors/agent/x.cpp", "int x;\n" * 401), ["length"])
        self.assertEqual(rules("actors/agent/x.cpp", "int x;\n" * 400), [])
        self.assertEqual(rules("docs/x.md", "x\n" * 500), [])


class Tree(unittest.TestCase):
    def check(self, allowances):
        with tempfile.TemporaryDirectory() as root:
            Path(root, "actors/agent").mkdir(parents=True)
            Path(root, "build/actors").mkdir(parents=True)
            Path(root, "actors/agent/x.cpp").write_text("int x = rand();\n")
            Path(root, "build/actors/y.cpp").write_text("int x = rand();\n")
            allow = Path(root, "allow.md")
            allow.write_text(allowances)
            return [(f.rule, f.path) for f in check.check_tree(Path(root), allow)]

    def test_the_tree_is_walked_without_what_was_built(self):
        self.assertEqual(self.check(""), [("random", "actors/agent/x.cpp")])

    def test_an_exception_needs_a_reason_and_a_use(self):
        self.assertEqual(self.check("random actors/agent/x.cpp because of this\n"), [])
        self.assertEqual(self.check("random actors/agent/x.cpp\n"),
                         [("allow", "allow.md"), ("random", "actors/agent/x.cpp")])
        self.assertEqual(self.check("# a comment\nrandom actors/agent/x.cpp reason\nclock actors/y.cpp reason\n"),
                         [("allow", "allow.md")])

    def test_a_long_file_may_not_grow_beyond_its_exception(self):
        with tempfile.TemporaryDirectory() as root:
            Path(root, "messages").mkdir()
            Path(root, "messages/x.cpp").write_text("int x;\n" * 500)
            allow = Path(root, "allow.md")
            for text, expected in [("length messages/x.cpp 500 a table", []),
                                   ("length messages/x.cpp 499 a table", ["length"]),
                                   ("length messages/x.cpp a table", ["allow", "length"])]:
                allow.write_text(text + "\n")
                self.assertEqual([f.rule for f in check.check_tree(Path(root), allow)], expected, text)


class Blanking(unittest.TestCase):
    def test_length_and_lines_stay(self):
        text = 'a /* x\ny */ "q\\"uote" R"tag(raw ")" )tag" \'c\' 1\'000 // end\nb\n'
        blank = blank_comments_and_strings(text)
        self.assertEqual(len(blank), len(text))
        self.assertEqual(blank.count("\n"), text.count("\n"))
        self.assertEqual(blank.split(), ["a", "R", "1'000", "b"])


if __name__ == "__main__":
    unittest.main()
