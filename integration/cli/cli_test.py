"""Runs the executable with wrong and right requests: exit codes, one clear line, nothing on the wrong stream."""

import gzip
import json
import os
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = sys.argv.pop()


def run(*args, **variables):
    env = {key: value for key, value in os.environ.items() if not key.startswith("SCALEOPS_")}
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=60, env=env | variables)


class Wrong(unittest.TestCase):
    def refused(self, *args, **variables):
        done = run(*args, **variables)
        self.assertEqual(done.returncode, 2, done)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr

    def test_requests(self):
        self.assertIn("no command given", self.refused())
        self.assertIn('nearest is "replay"', self.refused("reply"))
        self.assertIn("nearest is --speed", self.refused("up", "--sped", "60"))
        self.assertIn("--listen", self.refused("up", "--listen", "nowhere"))
        self.assertIn("SCALEOPS_UP_SEED", self.refused("up", SCALEOPS_UP_SEED="x"))
        self.assertIn("--traces", self.refused("up", "--traces", "no-such-file.csv"))

    def test_file(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "scaleops.yaml")
            file.write_text("up:\n  sped: 60\n")
            self.assertIn('scaleops.yaml:2: unknown option "sped"', self.refused("up", "--config", str(file)))

    def test_explain(self):
        with tempfile.TemporaryDirectory() as folder:
            rec, other, evidence = (Path(folder, name) for name in ["r.yaml", "p.yaml", "x.evidence"])
            head = "apiVersion: analysis.scaleops.sh/v1alpha1\nkind: "
            rec.write_text(head + "Recommendation\nmetadata: {name: deployment-a, namespace: b}\n"
                           "spec: {target: {kind: Deployment, name: a}}\n"
                           "status: {inputDigest: abcdef, containers: [{name: app}]}\n")
            other.write_text(head + "Policy\nmetadata: {name: p}\nspec: {}\n")
            evidence.write_bytes(b"\xff\xff")

            def explain(r, e):
                return self.refused("explain", "--recommendation", str(r), "--evidence", str(e))

            self.assertIn("x.evidence: is not evidence", explain(rec, evidence))
            evidence.write_bytes(b"\x08\x09")
            self.assertIn("has version 9", explain(rec, evidence))
            self.assertIn("holds a Policy, not a Recommendation", explain(other, evidence))
            rec.write_text("a: [")
            self.assertIn("--recommendation", explain(rec, evidence))
            self.assertIn("--evidence", self.refused("explain", "--recommendation", str(other)))

    def test_components_refuse_honestly_without_a_cluster(self):
        for name in ["recommender", "dashboards", "admissions", "updater", "agent", "healthcheck"]:
            self.assertIn("--kubeconfig", self.refused(name))

    def test_component_options(self):
        for args in [("agent", "--peer", "recommender"), ("dashboards", "--access", "root=user:anna"),
                     ("admissions", "--workers", "0"), ("admissions", "--webhook-url", "http://x/mutate"),
                     ("recommender", "--checkpoint-interval", "1s"), ("updater", "--kubeconfig", "no-such-file")]:
            self.assertIn(args[1], self.refused(*args))

    def test_traces(self):
        head = "series,timestamp_s,cpu_cores,memory_bytes\n"
        wrong = {"a,b\n": "header", head + "a,1,x,1\n": "cpu_cores", head + "a,1,nan,1\n": "cpu_cores",
                 head + "a,1,-1,1\n": "cpu_cores", head + "a,300,1,1\na,1,1,1\n": "timestamp_s", "": "is empty",
                 head: "holds no series", head + "a,1,1\n": "3 fields"}
        with tempfile.TemporaryDirectory() as folder:
            for text, named in wrong.items():
                file = Path(folder, "t.csv")
                file.write_text(text)
                self.assertIn(named, self.refused("up", "--traces", str(file), "--for", "1h"), text)
                self.assertIn(named, self.refused("replay", "--decisions", "/dev/null", str(file)), text)
            torn = Path(folder, "t.csv.gz")
            torn.write_bytes(gzip.compress((head + "a,1,1,1\n" * 1000).encode())[:40])
            self.assertIn("cut off", self.refused("up", "--traces", str(torn), "--for", "1h"))

    def test_policies_addresses_and_times(self):
        head = "apiVersion: analysis.scaleops.sh/v1alpha1\nkind: Policy\nmetadata: {name: p}\nspec: "
        wrong = {"{cpu: {percentil: 90}}": 'nearest is "percentile"', "{cpu: {percentile: 900}}": "spec.cpu.percentile",
                 "{memory: {min: 10Qx}}": "spec.memory.min", "[": "p.yaml"}
        with tempfile.TemporaryDirectory() as folder:
            for text, named in wrong.items():
                file = Path(folder, "p.yaml")
                file.write_text(head + text)
                self.assertIn(named, self.refused("up", "--policy", str(file), "--for", "1h"), text)
            self.assertIn("--report", self.refused("up", "--report", folder, "--for", "1h"))
        self.assertIn("--report", self.refused("up", "--report", "-", "--for", "1h"))
        self.assertIn("--for", self.refused("up", "--for", "banana"))
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.assertIn("already in use", self.refused("up", "--listen", f"127.0.0.1:{port}"))


class Right(unittest.TestCase):
    def test_version(self):
        done = run("version")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for word in ["scaleops ", "commit ", "compiler ", "CAF "]:
            self.assertIn(word, done.stdout)

    def test_replay_to_standard_output(self):
        with tempfile.TemporaryDirectory() as folder:
            trace = Path(folder, "t.csv")
            rows = "".join(f"a,{300 * i},1,1000000\n" for i in range(1, 400))
            trace.write_text("series,timestamp_s,cpu_cores,memory_bytes\n" + rows)
            decided = run("replay", "--warm", "6h", "--decisions", "-", "--json", "/dev/null", str(trace))
            self.assertEqual((decided.returncode, decided.stderr), (0, ""))
            self.assertTrue(decided.stdout.startswith("series,timestamp_s,cpu_cores,memory_bytes\na,"))
            told = run("replay", "--warm", "6h", "--decisions", "/dev/null", "--json", "-", str(trace))
            self.assertEqual(json.loads(told.stdout)["series"], 1)
            both = run("replay", "--json", "-", str(trace))
            self.assertEqual((both.returncode, both.stdout), (2, ""))
            self.assertIn("--decisions FILE", both.stderr)

    def test_help(self):
        for args in [["--help"], ["up", "--help"], ["help"], ["help", "replay"]]:
            done = run(*args)
            self.assertEqual((done.returncode, done.stderr), (0, ""), args)
            self.assertIn("Usage: scaleops", done.stdout)


if __name__ == "__main__":
    unittest.main()
