#!/usr/bin/env python3
"""Rejects what the compiler lets pass: includes against the arrows messages <- logic <- actors <- runtime, calls that
would break determinism, and text that must not stand in the repository.

    check.py ROOT        checks the tree, prints one line per finding, exit code 1 when there is any

An exception stands in allow.txt beside this file: rule, path, reason; for `length` the reason begins with the number of
lines that the file may have.
"""

import os
import re
import sys
from pathlib import Path

from source import blank_comments_and_strings, line_of

SKIPPED_DIRS = {".git", "build", "node_modules", "dist", ".cache", "__pycache__", "corpus"}
TEXT_SUFFIXES = {".cpp", ".hpp", ".h", ".proto", ".cmake", ".txt", ".md", ".py", ".sh", ".json", ".yaml", ".yml",
                 ".ts", ".tsx", ".js", ".mjs", ".css", ".html", ".tpl", ".toml", ""}
LONG_SUFFIXES = {".cpp", ".hpp", ".py", ".sh", ".proto", ".ts", ".tsx", ".js", ".mjs", ".css", ""}
MAX_LINES = 400

# Values that the pure logic speaks: they must stay free of the libraries below.
PURE_MESSAGES = {"cluster", "facts", "policy", "recommendation", "objects", "time", "quantity"}
# Boost's containers are values, too.
IMPURE_INCLUDE = re.compile(r"^(caf|boost(?!/(container_hash|unordered)/)|prometheus|google|spdlog|openssl/ssl)\b|\.pb\.h$")

# Forbidden outside runtime/. The second column: also in tests.
CALLS = [
    ("clock", r"\b\w*_clock::now\b|\bgettimeofday\s*\(|\bclock_gettime\s*\(|\bstd::time\s*\(|\btime\s*\(\s*(nullptr|NULL|0)\s*\)", False),
    ("sleep", r"\bsleep_(for|until)\b|\bu?sleep\s*\(|\bnanosleep\s*\(", True),
    ("random", r"\brandom_device\b|(?<![\w.>:])s?rand\s*\(|\bstd::s?rand\s*\(", True),
    ("environment", r"\bgetenv\b", False),
    ("thread", r"\bstd::(thread|jthread|async)\b|\bpthread_create\b", False),
    ("detached", r"<\s*(caf::)?detached\b|\bcaf::detached\b", False),
    ("blocking", r"\b(blocking_actor|scoped_actor)\b", False),
]
CALLS = [(name, re.compile(pattern), in_tests) for name, pattern, in_tests in CALLS]

# The words are put together here so that this file does not trip over itself.
TEXT_RULES = [
    ("todo", re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")),
    ("machine-path", re.compile(r"(?<![\w./~$}-])/(work|home|root|Users)/[\w.-]+")),
    ("registry-host", re.compile(r"\b(registry\.(?!example\.)[a-z][\w.-]*\.[a-z]+|registry-1\.docker\.io|proxy\.golang\.org|"
                                 r"[\w.-]*(artifactory|nexus|npmmirror)[\w-]*\.[\w.]+)\b")),
    ("secret", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b")),
]


class Finding:
    def __init__(self, rule, path, line, text):
        self.rule, self.path, self.line, self.text = rule, path, line, text

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


def layer_of(path):
    """messages, logic, actors, runtime, test or None (not a part of the product)."""
    top = path.split("/", 1)[0]
    if top == "actors":
        return "logic" if "/logic/" in path else "actors"
    if top in ("unit", "integration"):
        return "test"
    return top if top in ("messages", "runtime") else None


def allowed_include(layer, target):
    """Whether a file of `layer` may include the project's file `target`."""
    to = layer_of(target)
    if to is None or layer == "test":
        return True
    return to in {"messages": {"messages"}, "logic": {"messages", "logic"},
                  "actors": {"messages", "logic", "actors"},
                  "runtime": {"messages", "logic", "actors", "runtime"}}[layer]


def check_includes(path, text, code):
    layer = layer_of(path)
    pure = layer == "logic" or (layer == "messages" and Path(path).stem in PURE_MESSAGES and path.count("/") == 1)
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', text, re.M):
        line = line_of(text, match.start())
        if not code.splitlines()[line - 1].lstrip().startswith("#"):
            continue  # commented out
        target = match.group(1)
        if not allowed_include(layer, target):
            yield Finding("arrow", path, line, f"{layer} must not include {target}")
        if pure and IMPURE_INCLUDE.search(target):
            yield Finding("pure", path, line, f"{target} in a file that must stay pure")
        if target == "caf/all.hpp" and path.endswith(".hpp"):
            yield Finding("caf-all", path, line, "caf/all.hpp costs every user 3 s: include the parts that are needed")
        if target.endswith(".pb.h") and path.endswith(".hpp"):
            yield Finding("generated", path, line, "generated Protobuf classes stay in .cpp files")


def check_calls(path, code):
    layer = layer_of(path)
    if layer == "runtime":
        return
    for name, pattern, in_tests in CALLS:
        if layer == "test" and not in_tests:
            continue
        for match in pattern.finditer(code):
            yield Finding(name, path, line_of(code, match.start()), f"{match.group(0).strip()} outside of runtime/")


def condition_ends(code, position):
    """Whether the parenthesis closing at `position` is that of an if, while, for or switch."""
    depth = 0
    for at in range(position, -1, -1):
        if code[at] == ")":
            depth += 1
        elif code[at] == "(":
            depth -= 1
            if depth == 0:
                return re.search(r"\b(if|if constexpr|while|for|switch)\s*$", code[max(0, at - 20):at]) is not None
    return False


def check_awaits(path, code):
    """g++ 12 miscompiles braces and lambdas in a full expression with co_await: name the value first."""
    for match in re.finditer(r"\bco_await\b", code):
        depth = 0
        for at in range(match.end(), len(code)):
            char = code[at]
            if char == "(":
                depth += 1
            elif char == ")":
                depth -= 1
                if depth < 0 and condition_ends(code, at):
                    break
            elif char == ";":
                break
            elif char in "{[":
                yield Finding("co-await", path, line_of(code, match.start()),
                              f"\"{char}\" in an expression with co_await (g++ 12 miscompiles it): name the value first")
                break


def check_text(path, text):
    for rule, pattern in TEXT_RULES:
        for match in pattern.finditer(text):
            yield Finding(rule, path, line_of(text, match.start()), match.group(0))
    lines = text.count("\n")
    if Path(path).suffix in LONG_SUFFIXES and lines > MAX_LINES and not path.startswith(("LICENSE", "docs/")):
        yield Finding("length", path, lines, f"{lines} lines, more than {MAX_LINES}: split by concern")


def check_file(path, text):
    """All findings in one file; `path` is relative to the root, with forward slashes."""
    yield from check_text(path, text)
    if not path.endswith((".cpp", ".hpp")) or layer_of(path) is None:
        return
    code = blank_comments_and_strings(text)
    yield from check_includes(path, text, code)
    yield from check_calls(path, code)
    yield from check_awaits(path, code)
    if path.endswith(".hpp") and "#pragma once" not in code:
        yield Finding("pragma-once", path, 1, "missing #pragma once")


def read_allowances(file):
    """{(rule, path): (line number, most lines)}; a line without a reason is an error of its own."""
    allowed, findings = {}, []
    for number, line in enumerate(file.read_text().splitlines(), 1):
        words = line.split(None, 2)
        if not words or words[0].startswith("#"):
            continue
        most = re.match(r"(\d+) \S", words[2]) if len(words) == 3 else None
        if len(words) < 3 or (words[0] == "length" and not most):
            findings.append(Finding("allow", file.name, number, "needs a rule, a path and a reason (length: the most "
                                    "lines, then the reason)"))
            continue
        allowed[words[0], words[1]] = number, int(most.group(1)) if most else None
    return allowed, findings


def check_tree(root, allow_file):
    allowed, findings = read_allowances(allow_file)
    used = set()
    for folder, dirs, files in os.walk(root):
        dirs[:] = sorted(d for d in dirs if d not in SKIPPED_DIRS)
        for name in sorted(files):
            file = Path(folder, name)
            path = file.relative_to(root).as_posix()
            if file.suffix not in TEXT_SUFFIXES or file.is_symlink() or path.startswith((".git", "integration/hygiene/")):
                continue
            try:
                text = file.read_text()
            except UnicodeDecodeError:
                continue
            for finding in check_file(path, text):
                number, most = allowed.get((finding.rule, path), (0, None))
                if number:
                    used.add((finding.rule, path))
                if not number or (finding.rule == "length" and finding.line > most):
                    findings.append(finding)
    for entry, (number, _) in allowed.items():
        if entry not in used:
            findings.append(Finding("allow", allow_file.name, number, f"not needed any more: {' '.join(entry)}"))
    return findings


def main():
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    findings = check_tree(Path(sys.argv[1]), Path(__file__).with_name("allow.txt"))
    for finding in findings:
        print(finding)
    if findings:
        print(f"hygiene: {len(findings)} finding(s)", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
