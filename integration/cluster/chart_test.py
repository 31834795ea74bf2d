"""The chart on a real control plane: installed, upgraded and uninstalled, with pods that the restricted Pod Security Standard
lets pass, with the rights that each component's code needs and no other."""

import json
import re
import shutil
import tempfile
import time
import unittest
from pathlib import Path

import rights
import webhook
from cluster_test import ROOT, main
from control_plane import ControlPlane

CHART = str(ROOT / "helm")
NAMESPACE = "scaleops-system"
READERS = ["agent", "recommender", "dashboards"]
CHANGERS = ["admissions", "updater", "healthcheck"]
WORKLOADS = ["deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "cronjobs", "rollouts"]

# Taking other pods' messages: runtime/peer/peer_gate.cpp, peer_server.cpp.
GATE = {("get", "secrets"), ("patch", "secrets"), ("get", "configmaps"), ("patch", "configmaps"), ("create", "tokenreviews")}
# Beside following kinds: what a component's code asks of the API, with the place in the code.
RIGHTS = {
    "agent": {("get", "nodes/proxy"), ("list", "pods", "metrics.k8s.io"),  # actors/agent/scraper.cpp
              ("create", "leases"), ("get", "leases"), ("patch", "leases")},  # actors/common/leader.cpp
    "recommender": {("get", "recommendations"), ("create", "recommendations"), ("patch", "recommendations/status"),
                    ("list", "checkpoints"), ("create", "checkpoints"), ("patch", "checkpoints"),
                    ("delete", "checkpoints")} | GATE,  # recommendation_writer.cpp, checkpoint_keeper.cpp
    "dashboards": {("get", "recommendations"), ("create", "recommendations"), ("patch", "recommendations"),
                   ("create", "events"), ("create", "tokenreviews"),  # change_writer.cpp, changing.cpp, answering.cpp
                   ("patch", "namespaces"),  # runtime/peer/remote_component.cpp
                   ("get", "nodes/proxy"), ("list", "pods", "metrics.k8s.io")},  # usage_reader.cpp
    "admissions": {("get", "secrets"), ("patch", "secrets"), ("get", "mutatingwebhookconfigurations"),
                   ("patch", "mutatingwebhookconfigurations")},  # the webhook's registration
    "updater": {("patch", "pods/resize"), ("patch", "pods"), ("create", "pods/eviction"), ("get", "nodes/proxy"),
                ("list", "pods", "metrics.k8s.io"), ("create", "events"), ("get", "recommendations"),
                ("patch", "recommendations/status"),
                ("create", "leases"), ("get", "leases"), ("patch", "leases")} | GATE,
    "healthcheck": {("list", "healthreports"), ("create", "healthreports"), ("patch", "healthreports"),
                    ("create", "pods"), ("delete", "pods"), ("create", "recommendations"),
                    ("patch", "recommendations/status")},  # healthcheck.cpp, canary.cpp
}
RESOURCES = {
    "namespace_object": ["namespaces"], "node": ["nodes"], "pod": ["pods"], "workload": WORKLOADS,
    "limit_range": ["limitranges"], "resource_quota": ["resourcequotas"], "event": ["events"],
    "pod_disruption_budget": ["poddisruptionbudgets"], "horizontal_pod_autoscaler": ["horizontalpodautoscalers"],
    "policy": ["policies"], "policy_rule": ["policyrules"], "recommendation": ["recommendations"],
    "automated_namespace": ["automatednamespaces"], "custom_owner_grouping": ["customownergroupings"],
    "health_report": ["healthreports"],
}


def followed(component):
    """The kinds that the component's root actor follows, from its sources."""
    folder = ROOT / "actors" / component
    source = "".join(file.read_text() for file in sorted(folder.glob("*.[ch]pp")))
    listed = re.search(r"std::array (?:\w+_)?watched = \{(.*?)\};", source, re.S)
    kinds = re.findall(r"object_kind::(\w+)", listed.group(1) if listed else "")
    return kinds + re.findall(r"watch\.kind = object_kind::(\w+)", source)


class Chart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(node_count=2)
        cls.plane.start()
        cls.addClassCleanup(cls.plane.stop)
        cls.plane.create([{"apiVersion": "v1", "kind": "Namespace", "metadata": {
            "name": NAMESPACE, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}])

    def helm(self, *args, check=True):
        return self.plane.helm(*args, "--namespace", NAMESPACE, check=check)

    def upgrade(self, *settings):
        words = [word for setting in settings for word in ("--set", setting)]
        return self.helm("upgrade", "--install", "scaleops", CHART, "--wait", "--timeout", "90s", *words)

    def names(self, kind, *more):
        return sorted(item["metadata"]["name"] for item in self.plane.get(kind, *more)["items"])

    def deployments(self):
        return self.names("deployments", "-n", NAMESPACE)

    def rights(self, component):
        return rights.of_component(self.plane, component)

    def test_0_definitions_are_upgraded_with_the_release(self):
        with tempfile.TemporaryDirectory() as folder:
            older = shutil.copytree(CHART, folder + "/scaleops")
            file = Path(older, "files", "crds", "recommendations.yaml")
            file.write_text(file.read_text().replace("    - recs\n", ""))
            self.helm("install", "scaleops", older)
        name = "recommendations.analysis.scaleops.sh"
        self.assertEqual(self.plane.get("crd", name)["spec"]["names"]["shortNames"], ["rec"])
        self.upgrade()
        definition = self.plane.get("crd", name)
        self.assertEqual(definition["spec"]["names"]["shortNames"], ["rec", "recs"])
        self.assertEqual(definition["metadata"]["annotations"]["helm.sh/resource-policy"], "keep")

    def test_1_a_first_install_only_reads(self):
        self.assertIn("read-only", self.upgrade())
        self.assertEqual(self.deployments(), sorted(READERS))
        self.assertEqual(self.names("cronjobs", "-n", NAMESPACE), [])
        self.assertEqual(self.names("mutatingwebhookconfigurations"), [])
        for component in READERS:
            changes = {right for right in self.rights(component) if right[0] not in ("get", "list", "watch")}
            for verb, resource, *_ in changes:
                self.assertIn(resource.partition("/")[0], ["leases", "events", "tokenreviews", "recommendations", "checkpoints", "secrets", "configmaps",
                                                           "namespaces"],
                              f"{component} may {verb} {resource}")

    def test_2_an_upgrade_to_automatic_brings_webhook_updater_and_healthcheck(self):
        self.assertIn("automatic mode", self.upgrade("mode=automatic"))
        self.assertEqual(self.deployments(), sorted(READERS + CHANGERS[:2]))
        self.assertEqual(self.names("cronjobs", "-n", NAMESPACE), ["healthcheck"])
        hook = self.plane.get("mutatingwebhookconfiguration", "scaleops-admissions")["webhooks"][0]
        self.assertEqual((hook["failurePolicy"], hook["timeoutSeconds"]), ("Ignore", 2))
        excluded = hook["namespaceSelector"]["matchExpressions"][0]["values"]
        self.assertTrue({NAMESPACE, "kube-system"} <= set(excluded))
        pods = self.plane.get("pods", "-n", NAMESPACE)["items"]
        self.assertEqual(len(pods), 6)
        for pod in pods:  # which the namespace's enforced standard has let pass
            self.assertEqual(pod["status"]["phase"], "Running")

    def test_3_pods_are_created_though_nobody_answers_the_webhook(self):
        self.plane.create([{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "plain"},
                            "spec": {"containers": [{"name": "c", "image": "x/y:1"}]}}])
        self.assertNotIn("scaleops.sh/managed", self.plane.get("pod", "plain")["metadata"].get("labels", {}))

    def test_3_the_guardrails_let_our_keys_pass_and_no_other_under_our_name(self):
        # No Kyverno and no Gatekeeper here: the API server itself judges by the very same expressions.
        text = (ROOT / "helm" / "snapshots" / "guardrails.yaml").read_text()
        rules = [json.loads(f'"{rule}"') for rule in re.findall(r'expression: "(.*)"', text)]
        rules = [rule.replace("variables.anyObject", "object") for rule in rules]
        self.assertEqual((len(rules), len(set(rules))), (4, 2))
        self.plane.apply([
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "guarded"}},
            {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
             "metadata": {"name": "guarded"}, "spec": {
                 "matchConstraints": {"resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"],
                                                         "operations": ["CREATE"]}]},
                 "validations": [{"expression": rule, "message": "unknown key"} for rule in rules]}},
            {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
             "metadata": {"name": "guarded"}, "spec": {
                 "policyName": "guarded", "validationActions": ["Deny"], "matchResources": {"namespaceSelector": {
                     "matchLabels": {"kubernetes.io/metadata.name": "guarded"}}}}}])

        def create(name, **metadata):
            return self.plane.create([{"apiVersion": "v1", "kind": "Pod", "metadata": {
                "name": name, "namespace": "guarded"} | metadata, "spec": {"containers": [{"name": "c", "image": "x:1"}]}}],
                check=False).stderr

        self.plane.wait_for("kube-apiserver", lambda: "unknown key" in create("x", labels={"scaleops.sh/other": "1"}), 30)
        self.assertIn("unknown key", create("x", annotations={"scaleops.sh/managed": "true"}))
        self.assertEqual(create("bare"), "")
        self.assertEqual(create("ours", labels={"scaleops.sh/managed": "true", "app": "web"},
                                annotations={"scaleops.sh/origin-resources": "{}", "scaleops.sh/force-auto": "true"}), "")

    def test_3_the_registration_reaches_admissions_for_pods_outside_of_system_namespaces(self):
        hook = webhook.Webhook(self.plane, "admissions.scaleops-system.svc")
        self.addCleanup(hook.stop)
        self.plane.route(NAMESPACE, "admissions", 443, hook.port)
        self.plane.kubectl("patch", "mutatingwebhookconfiguration", "scaleops-admissions", "--type=json", "-p", json.dumps(
            [{"op": "add", "path": "/webhooks/0/clientConfig/caBundle", "value": hook.authority}]))

        def labels(name, namespace="default"):
            wish = {"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "x:1"}]}}
            kept = json.loads(self.plane.raw(f"/api/v1/namespaces/{namespace}/pods", method="POST", body=wish))
            return kept["metadata"].get("labels", {})

        tries = iter(range(100))
        self.plane.wait_for("kube-apiserver", lambda: "seen" in labels(f"asked-{next(tries)}"), 30)
        self.assertIn(("/mutate", "default"), hook.asked)
        self.assertNotIn("seen", labels("system", "kube-system"))
        self.assertIn("seen", labels("canary", "scaleops-canary"))
        self.assertEqual({namespace for _, namespace in hook.asked}, {"default", "scaleops-canary"})
        hook.pause(5)
        began = time.monotonic()
        self.assertNotIn("seen", labels("slow"))
        self.assertLess(time.monotonic() - began, 4.5)  # the registration says two

    def test_4_each_component_may_do_what_its_code_does_and_nothing_else(self):
        for component in READERS + CHANGERS:
            expected = set(RIGHTS[component])
            for kind in followed(component):
                expected |= {(verb, name) for name in RESOURCES[kind] for verb in ("list", "watch")}
            self.assertEqual(self.rights(component), expected, component)

    def test_5_rights_hold_where_they_should(self):
        def may(component, verb, resource, namespace, *more):
            user = f"--as=system:serviceaccount:{NAMESPACE}:{component}"
            done = self.plane.kubectl("auth", "can-i", verb, resource, "-n", namespace, user, *more, check=False)
            return done.returncode == 0

        self.assertTrue(may("updater", "create", "pods", "default", "--subresource=eviction"))
        self.assertFalse(may("updater", "create", "pods", "default"))
        self.assertTrue(may("updater", "patch", "leases/scaleops-updater", NAMESPACE))
        self.assertFalse(may("updater", "patch", "leases/scaleops-agent", NAMESPACE))
        self.assertFalse(may("updater", "patch", "namespaces/default", "default"))
        self.assertFalse(may("agent", "delete", "pods", "default"))
        self.assertTrue(may("healthcheck", "create", "pods", "scaleops-canary"))
        self.assertFalse(may("healthcheck", "create", "pods", "default"))
        self.assertFalse(may("recommender", "create", "checkpoints", "default"))
        self.assertFalse(may("admissions", "get", "secrets/other", NAMESPACE))
        self.assertFalse(may("recommender", "patch", "recommendations", "default"))

    def test_6_what_components_have_filled_in_outlives_an_upgrade(self):
        self.plane.kubectl("patch", "secret", "admissions-certificate", "-n", NAMESPACE, "--type=merge", "-p",
                           json.dumps({"stringData": {"tls.crt": "made by admissions"}}))
        self.plane.kubectl("patch", "mutatingwebhookconfiguration", "scaleops-admissions", "--type=json", "-p",
                           json.dumps([{"op": "add", "path": "/webhooks/0/clientConfig/caBundle", "value": "Q0E="}]))
        self.upgrade("mode=automatic", "agent.replicas=2")
        self.assertIn("tls.crt", self.plane.get("secret", "admissions-certificate", "-n", NAMESPACE)["data"])
        hook = self.plane.get("mutatingwebhookconfiguration", "scaleops-admissions")["webhooks"][0]
        self.assertEqual(hook["clientConfig"].get("caBundle"), "Q0E=")

    def test_6_nobody_may_proxy_to_nodes_where_that_is_not_wanted(self):
        self.upgrade("mode=automatic", "usage.kubelets=false")
        for component in READERS + CHANGERS:
            self.assertNotIn(("get", "nodes/proxy"), self.rights(component))
        self.assertIn(("list", "pods", "metrics.k8s.io"), self.rights("agent"))

    def test_7_a_way_back_to_read_only_takes_all_rights_to_change_pods(self):
        self.upgrade("mode=readOnly")
        self.assertEqual(self.deployments(), sorted(READERS))
        self.assertEqual(self.rights("updater"), set())
        self.assertEqual(self.names("mutatingwebhookconfigurations"), [])

    def test_8_uninstalling_leaves_what_people_and_learning_made_and_nothing_else(self):
        self.plane.create([{"apiVersion": "analysis.scaleops.sh/v1alpha1", "kind": "Policy",
                            "metadata": {"name": "web", "namespace": NAMESPACE}, "spec": {}}])
        self.helm("uninstall", "scaleops", "--wait", "--timeout", "60s")
        self.assertEqual(self.names("policies", "-n", NAMESPACE), ["web"])
        for kind in ("deployments", "services", "cronjobs", "secrets", "roles", "rolebindings"):
            self.assertEqual([name for name in self.names(kind, "-n", NAMESPACE) if "helm" not in name], [], kind)
        for kind in ("clusterroles", "clusterrolebindings", "validatingadmissionpolicies", "mutatingwebhookconfigurations"):
            self.assertEqual([name for name in self.names(kind) if name.startswith("scaleops")], [], kind)
        self.upgrade()
        self.assertEqual(self.names("policies", "-n", NAMESPACE), ["web"])
        self.helm("uninstall", "scaleops", "--wait", "--timeout", "60s")

    def test_9_another_namespace_is_refused_with_the_way_to_do_it(self):
        done = self.plane.helm("install", "scaleops", CHART, "--namespace", "default", check=False)
        self.assertIn("install with --namespace scaleops-system --create-namespace", done.stderr)


if __name__ == "__main__":
    main()
