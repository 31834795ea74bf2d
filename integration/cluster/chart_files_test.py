"""The chart's files, without a cluster: they lint, render as the snapshots say, refuse wrong values, and start
components with options that these have.

    chart_files_test.py --write    rewrites helm/snapshots
"""

import re
import shutil
import subprocess
import sys
import unittest

from cluster_test import ROOT, SCALEOPS, main
from control_plane import BIN

CHART = ROOT / "helm"
AUTOMATIC = ["--set", "mode=automatic"]
SNAPSHOTS = {
    "read-only.yaml": [],
    "automatic.yaml": AUTOMATIC,
    "guardrails.yaml": ["--set", "guardrails.gatekeeper=true", "--set", "guardrails.kyverno=true", "--set", "crds.install=false",
                        "--show-only", "templates/guardrails.yaml",
                        "--api-versions", "constraints.gatekeeper.sh/v1beta1/ScaleopsKeys"],
}


def helm(*args):
    return subprocess.run([BIN / "helm", *map(str, args)], text=True, capture_output=True)


def render(*settings):
    done = helm("template", "scaleops", CHART, "--namespace", "scaleops-system", "--kube-version", "1.35", *settings)
    if done.returncode:
        raise AssertionError(done.stderr)
    # The definitions have files of their own to be read in.
    parts = done.stdout.split("\n---\n")
    return "\n---\n".join(part for part in parts if "kind: CustomResourceDefinition" not in part)


class Files(unittest.TestCase):
    def test_it_lints(self):
        for settings in ([], AUTOMATIC):
            done = helm("lint", CHART, "--strict", "--namespace", "scaleops-system", *settings)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_it_renders_as_the_snapshots_say(self):
        for name, settings in SNAPSHOTS.items():
            self.assertEqual((CHART / "snapshots" / name).read_text(), render(*settings),
                             f"helm/snapshots/{name} is out of date: look at the difference, then run `make snapshots`")

    def test_wrong_values_are_refused_by_name(self):
        for wrong, word in [("moed=automatic", "'moed' not allowed"), ("mode=auto", "/mode"), ("agent.replicas=0", "minimum"),
                            ("image.digest=sha256:12", "/image/digest"), ("webhook.url=http://x", "/webhook/url"),
                            ("updater.resources.requests.cpu=lots", "/updater/resources/requests/cpu"),
                            ("log.level=loud", "/log/level")]:
            done = helm("template", "scaleops", CHART, "--namespace", "scaleops-system", "--set", wrong)
            self.assertNotEqual(done.returncode, 0, wrong)
            self.assertIn(word, done.stderr)

    def test_every_value_is_explained(self):
        lines = (CHART / "values.yaml").read_text().splitlines()
        for above, line in zip([""] + lines, lines):
            if re.match(r"[a-z]\w*:", line):
                self.assertTrue(above.startswith("#"), line)

    def test_each_component_is_started_with_options_that_it_has(self):
        rendered = render(*AUTOMATIC)
        calls = re.findall(r"args:\n((?: +- .*\n)+)", rendered)
        self.assertEqual(len(calls), 6)
        for call in calls:
            words = re.findall(r"- (.*)", call)
            options = subprocess.run([SCALEOPS, words[0], "--help"], text=True, capture_output=True, check=True).stdout
            for word in words[1:]:
                self.assertIn(word.partition("=")[0] + " ", options, f"{words[0]} has no such option")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        shutil.rmtree(CHART / "snapshots", ignore_errors=True)
        (CHART / "snapshots").mkdir()
        for file_name, wanted in SNAPSHOTS.items():
            (CHART / "snapshots" / file_name).write_text(render(*wanted))
        sys.exit()
    main()
