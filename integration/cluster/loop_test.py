"""The whole loop on a real control plane, by six processes under the chart's rights: usage seen, recommended, new pods sized by
the webhook, running ones in place or by eviction where budgets allow; others untouched; and no right that is missing or that
nobody needs."""

import json
import signal
import unittest
import urllib.error
import urllib.request

import rights
from cluster_test import main
from control_plane import ControlPlane
from platform_processes import COMPONENTS, NAMESPACE, Platform

USAGE = {"scaleops.test/cpu": "300m", "scaleops.test/mem": "200Mi"}
SMALL = {"cpu": "100m", "memory": "64Mi"}


def deployment(name, namespace, replicas, **annotations):
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": namespace}, "spec": {
        "replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": {
            "metadata": {"labels": {"app": name}, "annotations": USAGE | annotations},
            "spec": {"containers": [{"name": "app", "image": "x/y:1", "resources": {"requests": SMALL}}]}}}}


def requests(pod):
    return pod["spec"]["containers"][0]["resources"]["requests"]


class Loop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(node_count=3, audited=True)
        cls.plane.start()
        cls.addClassCleanup(cls.plane.stop)
        cls.platform = Platform(cls.plane)
        cls.addClassCleanup(cls.platform.__exit__)
        cls.platform.__enter__()
        cls.platform.wait_ready()
        cls.plane.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in ("shop", "plain")])
        # After a refusal a workload is left alone for ten minutes by default.
        cls.plane.apply([{"apiVersion": "analysis.scaleops.sh/v1alpha1", "kind": "Policy",
                          "metadata": {"name": "quick", "namespace": NAMESPACE}, "spec": {"coolDown": "5s"}}])
        cls.plane.apply([{"apiVersion": "analysis.scaleops.sh/v1alpha1", "kind": "AutomatedNamespace",
                          "metadata": {"name": "shop"}, "spec": {"policy": "quick", "automation": {
                              "grantedBy": "admin", "grantedAt": "2026-01-01T00:00:00Z"}}}])
        cls.plane.apply([deployment("web", "shop", 20), deployment("other", "plain", 2),
                         deployment("stuck", "shop", 3, **{"scaleops.test/resize": "infeasible"}),
                         {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
                          "metadata": {"name": "stuck", "namespace": "shop"},
                          "spec": {"minAvailable": 3, "selector": {"matchLabels": {"app": "stuck"}}}}])

    def pods(self, app, namespace="shop"):
        listed = self.plane.get("pods", "-n", namespace, "-l", f"app={app}")["items"]
        return [pod for pod in listed if "deletionTimestamp" not in pod["metadata"]]

    def recommended(self, name="web", namespace="shop"):
        found = self.plane.get("recommendations", "-n", namespace)["items"]
        for one in found:
            if one["metadata"]["name"] == f"deployment-{name}":
                return one.get("status", {}).get("containers", [{}])[0].get("target", {}).get("requests")
        return None

    def wait(self, what, holds, seconds=90):
        return self.platform.wait(what, holds, seconds)

    def test_1_usage_is_seen_and_recommended(self):
        self.wait("usage was measured", lambda: self.platform.metric("agent", "scaleops_agent_samples_fed_total") > 20)
        self.wait("web has a recommendation above its request", lambda: (self.recommended() or {}).get("cpu", "100m") != "100m")
        self.assertNotIn("forbidden", self.platform.log("agent"))

    def test_2_a_new_pod_is_sized_by_the_webhook_and_another_namespaces_is_not(self):
        self.plane.kubectl("scale", "deployment/web", "-n", "shop", "--replicas", "21")
        self.plane.kubectl("scale", "deployment/other", "-n", "plain", "--replicas", "3")

        def sized():
            return [pod for pod in self.pods("web") if "scaleops.sh/admission" in pod["metadata"].get("annotations", {})]

        self.wait("a pod was sized at creation", sized)
        pod = sized()[0]
        self.assertNotEqual(requests(pod), SMALL)
        self.assertEqual(pod["metadata"]["labels"]["scaleops.sh/managed"], "true")
        self.assertIn("scaleops.sh/origin-resources", pod["metadata"]["annotations"])
        self.wait("the other namespace's pod is there", lambda: len(self.pods("other", "plain")) == 3)
        self.assertEqual([requests(pod) for pod in self.pods("other", "plain")], [SMALL] * 3)

    def test_3_running_pods_are_resized_in_place(self):
        before = {pod["metadata"]["uid"] for pod in self.pods("web")}
        self.wait("every pod of web has what it needs", lambda: all(requests(pod) != SMALL for pod in self.pods("web")), 240)
        self.assertEqual({pod["metadata"]["uid"] for pod in self.pods("web")}, before)
        self.assertGreaterEqual(self.platform.metric("updater", "scaleops_updater_actions_total", action="resize",
                                                     result="done"), 15)

    def test_4_a_budget_forbids_an_eviction_until_it_allows_one(self):
        self.wait("the updater was refused by the budget", lambda: self.platform.metric(
            "updater", "scaleops_updater_refusals_total", reason="disruption-budget") > 0, 180)
        before = {pod["metadata"]["uid"] for pod in self.pods("stuck")}
        self.assertEqual(self.platform.metric("updater", "scaleops_updater_actions_total", action="evict"), 0)
        self.plane.kubectl("patch", "pdb", "stuck", "-n", "shop", "--type=merge", "-p", json.dumps({"spec": {"minAvailable": 2}}))

        def come_back():
            return [pod for pod in self.pods("stuck") if pod["metadata"]["uid"] not in before and
                    "scaleops.sh/admission" in pod["metadata"].get("annotations", {})]

        self.wait("a pod was evicted and came back sized", come_back, 240)
        self.assertNotEqual(requests(come_back()[0]), SMALL)
        self.assertGreaterEqual(self.platform.metric("updater", "scaleops_updater_actions_total", action="evict", result="done"), 0)

    def page(self, path, user="admin", body=None):
        """The dashboard's answer to a person: status and document."""
        url = f"http://127.0.0.1:{self.platform.ports['dashboards']['own']}{path}"
        request = urllib.request.Request(url, body and json.dumps(body).encode(), {
            "Authorization": f"Bearer {self.plane.tokens[user]}", "Content-Type": "application/json"})
        try:
            return 200, json.loads(self.plane.fetch(request))
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.loads(refusal.read())

    def test_5_people_see_and_decide_what_their_role_allows(self):
        root = f"http://127.0.0.1:{self.platform.ports['dashboards']['own']}/"
        self.assertIn(b"<html", self.plane.fetch(root))
        self.assertTrue({"web", "stuck", "other"} <= {row["name"] for row in self.page("/api/v1/workloads")[1]["items"]})
        self.assertEqual({row["namespace"] for row in self.page("/api/v1/workloads", "anna")[1]["items"]}, {"shop"})
        self.assertEqual(self.page("/api/v1/workloads", "bert")[0], 403)
        web = "shop/Deployment/web"
        self.assertEqual(self.page("/api/v1/workloads/automation", "anna", {"automated": True, "workloads": [web]})[0], 200)
        kept = self.plane.get("recommendation", "deployment-web", "-n", "shop")["spec"]["automation"]
        self.assertEqual(kept["grantedBy"], "anna")
        self.assertEqual(self.page("/api/v1/updates/pause", "anna", {"why": "mine"})[0], 403)

    def test_5_a_grant_does_not_wait_for_the_recommender(self):
        self.platform.kill("recommender")
        self.plane.apply([deployment("fresh", "shop", 1)])
        self.wait("the new workload is listed", lambda: "fresh" in {
            row["name"] for row in self.page("/api/v1/workloads")[1]["items"]})
        self.assertEqual(self.page("/api/v1/workloads/automation", "anna", {
            "automated": True, "workloads": ["shop/Deployment/fresh"]})[0], 200)
        kept = self.plane.get("recommendation", "deployment-fresh", "-n", "shop")
        self.assertEqual(kept["spec"]["automation"]["grantedBy"], "anna")
        self.assertNotIn("status", kept)
        self.platform.start("recommender")
        self.wait("it is recommended", lambda: self.recommended("fresh"))

    def test_5_what_other_components_know_reaches_the_page(self):
        self.assertEqual(self.page("/api/v1/workloads/shop/Deployment/web")[0], 200)
        url = f"http://127.0.0.1:{self.platform.ports['dashboards']['own']}/api/v1/workloads/shop/Deployment/web/evidence"
        proof = self.plane.fetch(urllib.request.Request(url, headers={"Authorization": f"Bearer {self.plane.tokens['admin']}"}))
        self.assertGreater(len(proof), 100)
        self.wait("the updater's actions are listed", lambda: any(
            action["done"] for action in self.page("/api/v1/actions")[1]["items"]))

    def test_5_one_switch_stops_the_updater(self):
        self.assertEqual(self.page("/api/v1/updates/pause", body={"why": "a test"})[0], 200)
        self.wait("the updater rests", lambda: self.platform.metric("updater", "scaleops_updater_paused") == 1)
        self.assertEqual(self.page("/api/v1/updates/resume", body={"why": "a test"})[0], 200)
        self.wait("the updater goes on", lambda: self.platform.metric("updater", "scaleops_updater_paused") == 0)

    def test_6_an_end_on_request_is_clean(self):
        for name in COMPONENTS:
            self.assertEqual(self.platform.kill(name, signal.SIGTERM), 0, self.platform.log(name)[-2000:])
        self.platform.start(*COMPONENTS)
        self.platform.wait_ready()

    def test_7_nobody_asked_for_what_it_may_not(self):
        recommender = f"system:serviceaccount:{NAMESPACE}:recommender"
        self.wait("what was learned is saved again", lambda: any(
            call[:2] == ("patch", "checkpoints") for call in self.plane.calls(recommender)), 180)
        for name in COMPONENTS:
            calls = self.plane.calls(f"system:serviceaccount:{NAMESPACE}:{name}")
            self.assertEqual({call for call, codes in calls.items() if 403 in codes}, set(), name)

    def test_8_each_right_was_used(self):
        # But for those that need a cluster that is otherwise, or days: metrics-server instead of the nodes' proxy
        # and Argo Rollouts (both in unit/runtime/kube/client_test.cpp), and those of the unit tests named here.
        rare = {"agent": {("list", "pods", "metrics.k8s.io")},
                "recommender": {("delete", "checkpoints")},  # a slot whose workloads are gone for a week: checkpoint_keeper_test.cpp
                # Live memory is looked at before a shrink, which takes hours of history: updater_test.cpp.
                "updater": {("list", "pods", "metrics.k8s.io"), ("get", "nodes/proxy")},
                # Read again where another writer was faster or an answer was lost: change_writer_test.cpp.
                "dashboards": {("list", "pods", "metrics.k8s.io"), ("get", "recommendations")}}
        for name in COMPONENTS:
            used = {(verb, resource) + ((group,) if group == "metrics.k8s.io" else ()) for verb, resource, group in
                    self.plane.calls(f"system:serviceaccount:{NAMESPACE}:{name}")}
            # This server streams lists as watches; others want the right to list.
            used |= {("list", right[1]) for right in used if right[0] == "watch"}
            given = rights.of_component(self.plane, name)
            unused = {right for right in given - used - rare.get(name, set()) if right[1] != "rollouts"}
            self.assertEqual(unused, set(), name)


if __name__ == "__main__":
    main()
