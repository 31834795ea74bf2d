"""Runs the executable with wrong and right requests: exit codes, one clear line, nothing on the wrong stream."""

import os
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
            self.assertIn("Kubernetes", self.refused(name))


class Right(unittest.TestCase):
    def test_version(self):
        done = run("version")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for word in ["scaleops ", "commit ", "compiler ", "CAF "]:
            self.assertIn(word, done.stdout)

    def test_help(self):
        for args in [["--help"], ["up", "--help"], ["help"], ["help", "replay"]]:
            done = run(*args)
            self.assertEqual((done.returncode, done.stderr), (0, ""), args)
            self.assertIn("Usage: scaleops", done.stdout)


if __name__ == "__main__":
    unittest.main()
