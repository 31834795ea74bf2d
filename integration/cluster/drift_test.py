"""What the chart repeats of the code is still the same there. Needs no cluster and no helm."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from cluster_test import OBJECTS, ROOT, SCALEOPS

CHART = ROOT / "helm"


class Drift(unittest.TestCase):
    def test_the_definitions_are_what_the_code_says(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([OBJECTS, "definitions", folder], check=True)
            made = {file.name: file.read_text() for file in Path(folder).iterdir()}
        kept = {file.name: file.read_text() for file in (CHART / "files" / "crds").iterdir()}
        self.assertEqual(sorted(made), sorted(kept))
        for name, text in made.items():
            self.assertEqual(kept[name], text, f"{name} is out of date: run `make crds`")

    def test_the_guardrails_know_exactly_our_keys(self):
        header = (ROOT / "messages" / "labels.hpp").read_text()
        constants = dict(re.findall(r'string_view (\w+)\s*=\s*"(scaleops\.sh/[\w-]+)";', header))
        pause = constants.pop("updates_paused")  # on our namespace only
        as_label = {constants.pop(name) for name in ("managed", "applied_recommendation")}
        stamped = {constants.pop(name) for name in ("admission", "applied_policy", "origin_resources",
                                                    "last_applied_resources", "managed_containers")}
        obeyed = set(constants.values())  # as label or annotation
        template = (CHART / "templates" / "guardrails.yaml").read_text()
        known = {what: set(words.split()) for what, words in
                 re.findall(r'define "scaleops\.keys\.(labels|annotations)" -}}\n(.*)\n', template)}
        self.assertEqual(known, {"labels": as_label | obeyed, "annotations": stamped | obeyed})
        self.assertNotIn(pause, template)

    @unittest.skipUnless(shutil.which("dpkg-query"), "not a Debian")
    def test_the_image_gets_every_library_that_the_program_is_linked_with(self):
        linked = re.findall(r"=> (/\S+)", subprocess.run(["ldd", SCALEOPS], text=True, capture_output=True).stdout)
        self.assertTrue(linked)
        runtime = (ROOT / "Containerfile").read_text().rpartition("FROM ")[2].split()
        of_base_image = {"libc6", "libgcc-s1", "libstdc++6"}
        for library in linked:
            owner = subprocess.run(["dpkg-query", "--search", Path(library).resolve()], text=True, capture_output=True).stdout
            package = owner.partition(":")[0]
            if package:  # else it was not installed as a package
                self.assertIn(package, {*runtime, *of_base_image}, library)


if __name__ == "__main__":
    unittest.main()
