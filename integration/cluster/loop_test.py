"""The whole loop on a real control plane, by six processes under the chart's rights: usage seen, recommended, new pods sized by
the webhook, running ones in place or by eviction where budgets allow; others untouched; and no right that is missing or that
nobody needs."""

import json
import signal
import time
import unittest

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
        cls.plane.apply([{"apiVersion": "analysis.scaleops.sh/v1alpha1", "kind": "AutomatedNamespace",
                          "metadata": {"name": "shop"}, "spec": {"automation": {
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
        self.assertGreaterEqual(self.platform.metric("updater", "scaleops_updater_actions_total", action="resize"), 15)
        self.assertEqual(self.platform.metric("updater", "scaleops_updater_actions_total", action="evict"), 0)

    def test_4_a_budget_forbids_an_eviction_until_it_allows_one(self):
        self.wait("the updater was refused by the budget", lambda: self.platform.metric(
            "updater", "scaleops_updater_refusals_total", reason="disruption-budget") > 0, 180)
        self.assertEqual([requests(pod) for pod in self.pods("stuck")], [SMALL] * 3)
        self.plane.kubectl("patch", "pdb", "stuck", "-n", "shop", "--type=merge", "-p", json.dumps({"spec": {"minAvailable": 2}}))
        self.wait("a pod was evicted and came back sized", lambda: len(self.pods("stuck")) == 3 and any(
            requests(pod) != SMALL for pod in self.pods("stuck")), 240)

    def test_5_the_dashboard_lets_people_in_by_their_token(self):
        url = f"http://127.0.0.1:{self.platform.ports['dashboards']['own']}"
        self.assertIn(b"<html", self.plane.fetch(url + "/"))

        def overview(user):
            import urllib.request
            return json.loads(self.plane.fetch(urllib.request.Request(
                url + "/api/v1/workloads", headers={"Authorization": f"Bearer {self.plane.tokens[user]}"})))

        rows = overview("admin")["items"]
        self.assertTrue({"web", "stuck", "other"} <= {row["name"] for row in rows})
        self.assertEqual({row["namespace"] for row in overview("anna")["items"]}, {"shop"})

    def test_6_an_end_on_request_is_clean(self):
        for name in COMPONENTS:
            self.assertEqual(self.platform.kill(name, signal.SIGTERM), 0, self.platform.log(name)[-2000:])
        self.platform.start(*COMPONENTS)
        self.platform.wait_ready()

    def test_7_each_right_is_used_and_none_is_missing(self):
        time.sleep(1)  # the audit log is written behind the answers
        for name in COMPONENTS:
            calls = self.plane.calls(f"system:serviceaccount:{NAMESPACE}:{name}")
            refused = {call: codes for call, codes in calls.items() if 403 in codes}
            self.assertEqual(refused, {}, name)


if __name__ == "__main__":
    main()
