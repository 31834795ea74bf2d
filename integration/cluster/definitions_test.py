"""Our kinds' definitions on the real API server: what we write is kept as it is, what we refuse is refused there too, with a
message that names the field."""

import json
import subprocess
import unittest

from cluster_test import OBJECTS, ROOT, main
from control_plane import ControlPlane

DEFINITIONS = ROOT / "helm" / "files" / "crds"
NAMESPACE = "scaleops-system"


def objects(*args, input=None):
    return subprocess.run([OBJECTS, *map(str, args)], input=input, text=True, capture_output=True)


def document(kind, name, **body):
    home = {} if kind in ("AutomatedNamespace", "CustomOwnerGrouping") else {"namespace": NAMESPACE}
    return {"apiVersion": "analysis.scaleops.sh/v1alpha1", "kind": kind, "metadata": {"name": name} | home} | body


def policy(name="p", **spec):
    return document("Policy", name, spec=spec)


def recommendation(name="deployment-web", **spec):
    return document("Recommendation", name, spec={"target": {"kind": "Deployment", "name": "web"}} | spec)


class Definitions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(node_count=0)
        cls.plane.start()
        cls.addClassCleanup(cls.plane.stop)
        cls.plane.kubectl("apply", "--server-side", "-f", str(DEFINITIONS))
        cls.plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        cls.plane.kubectl("create", "namespace", NAMESPACE)

    def refused(self, wrong, *words):
        """The API server refuses it and says these words; kubectl's own validation is left out."""
        collection = self.path(wrong).rpartition("/")[0]
        done = self.plane.kubectl("create", "--raw", collection + "?fieldValidation=Strict", "-f", "-",
                                  input=json.dumps(wrong), check=False)
        self.assertNotEqual(done.returncode, 0, wrong)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_applying_them_again_changes_nothing(self):
        self.assertIn("serverside-applied",
                      self.plane.kubectl("apply", "--server-side", "-f", str(DEFINITIONS)))
        for item in self.plane.get("crd")["items"]:
            conditions = {c["type"]: c["status"] for c in item["status"]["conditions"]}
            self.assertEqual(conditions.get("Established"), "True", item["metadata"]["name"])
            self.assertNotIn("NonStructuralSchema", conditions)
            self.assertEqual(item["metadata"]["generation"], 1)

    def test_objects_drawn_at_random_are_kept_as_they_were_sent(self):
        for seed in range(1, 21):
            drawn = json.loads(objects("draw", seed).stdout)["items"]
            self.plane.create(drawn)
            for item in drawn:
                if item["kind"] == "Recommendation":  # creating leaves the status out, as for every kind that has one
                    self.plane.kubectl("replace", "--subresource=status", "--raw", self.path(item) + "/status", "-f", "-",
                                       input=json.dumps(item | self.version(item)))
            kept = [json.loads(self.plane.raw(self.path(item))) for item in drawn]
            done = objects("compare", seed, input=json.dumps({"items": kept}))
            self.assertEqual(done.returncode, 0, f"seed {seed}: {done.stdout}")

    PLURALS = {"Policy": "policies"}

    def path(self, item):
        plural = self.PLURALS.get(item["kind"], item["kind"].lower() + "s")
        home = f"namespaces/{item['metadata']['namespace']}/" if "namespace" in item["metadata"] else ""
        return f"/apis/{item['apiVersion']}/{home}{plural}/{item['metadata']['name']}"

    def version(self, item):
        return {"metadata": json.loads(self.plane.raw(self.path(item)))["metadata"]}

    def test_defaults_are_filled_in(self):
        self.plane.create([policy("defaults", cpu={"percentile": 0.5})])
        spec = self.plane.get("policy", "defaults", "-n", NAMESPACE)["spec"]
        self.assertEqual(spec["cpu"]["percentile"], 0.5)
        self.assertEqual(spec["cpu"]["window"], "1d")
        self.assertEqual(spec["memory"]["limitStrategy"], "KeepRatio")
        self.assertEqual(spec["increaseMode"], "Recreate")

    def test_a_container_inherits_what_it_does_not_say(self):
        self.plane.create([policy("inherits", containers=[{"name": "app", "cpu": {"percentile": 0.5}}])])
        spec = self.plane.get("policy", "inherits", "-n", NAMESPACE)["spec"]
        self.assertEqual(spec["containers"][0]["cpu"], {"percentile": 0.5})

    def test_unknown_fields_are_refused(self):
        self.refused(policy(cpu={"percentil": 0.5}), 'unknown field "spec.cpu.percentil"')

    def test_wrong_types_and_ranges_are_refused(self):
        self.refused(policy(cpu={"percentile": 95}), "spec.cpu.percentile", "less than or equal to 1")
        self.refused(policy(cpu={"percentile": 0}), "spec.cpu.percentile", "greater than 0")
        self.refused(policy(increaseMode="Sometimes"), "spec.increaseMode", '"Recreate"')
        self.refused(policy(increaseWindows=[{"days": []}]), "spec.increaseWindows[0].days", "at least 1 items")
        self.refused(policy(increaseWindows=[{"from": "25:00"}]), "spec.increaseWindows[0].from")
        self.refused(policy(increaseWindows=[{"timeZone": "/UTC"}]), "spec.increaseWindows[0].timeZone")
        self.refused(policy(cpu={"min": "-1"}), "spec.cpu.min")
        self.refused(policy(cpu={"min": -1}), "spec.cpu.min")
        self.refused(policy(memory={"min": "1 GB"}), "spec.memory.min")
        self.refused(policy(oomHealing="yes"), "spec.oomHealing", "boolean")
        self.refused(document("Checkpoint", "c", spec={"data": "not base64!"}), "spec.data")

    def test_durations_are_ours_and_bounded(self):
        self.plane.create([policy("long", cpu={"window": "1d12h"}, minimumHistory="90d", coolDown="0")])
        for wrong in ("59m", "90d1ms", "2160h1s"):
            self.refused(policy(cpu={"window": wrong}), "spec.cpu.window", "must be a duration from 1h to 90d")
        for wrong in ("1w", "1", "h", "-1h", "1h 30m"):
            self.refused(policy(cpu={"window": wrong}), "spec.cpu.window", "should match")

    def test_bounds_must_be_in_order(self):
        self.plane.create([policy("bounds", cpu={"min": "500m", "max": 1}, memory={"min": "1Gi", "max": "1024Mi"})])
        self.refused(policy(cpu={"min": 2, "max": "1500m"}), "max is below min")
        self.refused(policy(containers=[{"name": "*", "memory": {"min": "1Gi", "max": "1G"}}]), "max is below min")

    def test_selectors_are_as_in_kubernetes(self):
        def rule(**requirement):
            selector = {"labels": {"matchExpressions": [{"key": "app"} | requirement]}}
            return document("PolicyRule", "r", spec={"policy": "web", "selector": selector})

        self.refused(rule(operator="In"), "In and NotIn need values")
        self.refused(rule(operator="Exists", values=["a"]), "Exists and DoesNotExist take none")
        self.refused(rule(), "spec.selector.labels.matchExpressions[0].operator: Required value")
        self.refused(document("PolicyRule", "r", spec={"priority": 1}), "spec.policy: Required value")
        self.plane.create([rule(operator="NotIn", values=["a"])])

    def test_a_recommendation_is_named_after_its_target_for_good(self):
        self.refused(recommendation("web"), "metadata.name is not <kind>-<name> of spec.target in lower case")
        self.refused(recommendation(automation={"grantedBy": "anna"}), "spec.automation.grantedAt: Required value")
        self.refused(recommendation(automation={"grantedBy": "", "grantedAt": "2026-01-05T12:00:00Z"}),
                     "spec.automation.grantedBy")
        self.refused(recommendation(automation={"grantedBy": "anna", "grantedAt": "yesterday"}),
                     "spec.automation.grantedAt")
        self.plane.create([recommendation()])
        done = self.plane.kubectl("patch", "recommendation", "deployment-web", "-n", NAMESPACE, "--type=merge", "-p",
                                  '{"spec":{"target":{"kind":"deployment"}}}', check=False)
        self.assertIn("target cannot change", done.stderr)

    def test_a_status_is_written_apart(self):
        self.plane.create([recommendation("deployment-apart", target={"kind": "Deployment", "name": "apart"})])
        name = ["recommendation", "deployment-apart", "-n", NAMESPACE]
        self.plane.kubectl("patch", *name, "--type=merge", "-p", '{"status":{"policy":"web"}}')
        self.assertNotIn("status", self.plane.get(*name))
        self.plane.kubectl("patch", *name, "--subresource=status", "--type=merge", "-p",
                           '{"status":{"policy":"web"},"spec":{"excluded":true}}')
        kept = self.plane.get(*name)
        self.assertEqual((kept["status"]["policy"], kept["spec"].get("excluded")), ("web", False))

    def test_a_grouping_names_a_label_or_an_owner_kind(self):
        for wrong in ({}, {"label": "app", "ownerKind": "Spark"}, {"label": ""}):
            self.refused(document("CustomOwnerGrouping", "g", spec=wrong), "give either label or ownerKind")
        self.plane.create([document("CustomOwnerGrouping", "g", spec={"ownerKind": "Spark"})])
        self.assertEqual(self.plane.get("cog", "g")["spec"]["kind"], "Group")

    def test_a_namespaces_grant_is_named_after_it(self):
        grant = {"automation": {"grantedBy": "anna", "grantedAt": "2026-01-05T12:00:00Z"}}
        self.refused(document("AutomatedNamespace", "a.b", spec=grant), "metadata.name is not the name of a namespace")
        self.refused(document("AutomatedNamespace", "shop", spec={}), "spec.automation: Required value")

    def test_kubectl_get_reads_well(self):
        target = {"kind": "Deployment", "name": "columns"}
        self.plane.create([recommendation("deployment-columns", target=target,
                                          automation={"grantedBy": "anna", "grantedAt": "2026-01-05T12:00:00Z"})])
        self.plane.kubectl("patch", "rec", "deployment-columns", "-n", NAMESPACE, "--subresource=status", "--type=merge",
                           "-p", json.dumps({"status": {"policy": "web", "containers": [
                               {"name": "app", "target": {"requests": {"cpu": "250m", "memory": "128Mi"}}}]}}))
        header, row = self.plane.kubectl("get", "rec", "deployment-columns", "-n", NAMESPACE).splitlines()
        self.assertEqual(header.split()[:6], ["NAME", "KIND", "TARGET", "POLICY", "CPU", "MEMORY"])
        self.assertEqual(row.split()[:7], ["deployment-columns", "Deployment", "columns", "web", "250m", "128Mi", "anna"])
        self.assertIn("deployment-columns", self.plane.kubectl("get", "scaleops", "-A"))

    def test_kubectl_explains_every_kind(self):
        for kind in ("policy", "policyrule", "recommendation", "automatednamespace", "customownergrouping", "checkpoint",
                     "healthreport"):
            self.assertIn("DESCRIPTION", self.plane.kubectl("explain", kind))


if __name__ == "__main__":
    main()
