"""An account that may not see one kind: what needs it stops, with a line that names cause and cure; the rest goes on; and once
the right is given all goes on by itself. The updater without PodDisruptionBudgets, the recommender without LimitRanges."""

import json
import unittest

from cluster_test import main
from control_plane import ControlPlane
from loop_test import SMALL, deployment, requests
from platform_processes import COMPONENTS, NAMESPACE, Platform


class Denial(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(node_count=1)
        cls.plane.start()
        cls.addClassCleanup(cls.plane.stop)
        cls.platform = Platform(cls.plane)
        cls.addClassCleanup(cls.platform.__exit__)
        cls.platform.install()
        cls.whole = {"updater": cls.take("updater", "poddisruptionbudgets"),
                     "recommender": cls.take("recommender", "limitranges")}
        cls.platform.start(*COMPONENTS)
        cls.platform.wait_ready()
        cls.plane.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}])
        cls.plane.apply([{"apiVersion": "analysis.scaleops.sh/v1alpha1", "kind": "Policy",
                          "metadata": {"name": "quick", "namespace": NAMESPACE}, "spec": {"coolDown": "5s"}}])
        cls.plane.apply([{"apiVersion": "analysis.scaleops.sh/v1alpha1", "kind": "AutomatedNamespace",
                          "metadata": {"name": "shop"}, "spec": {"policy": "quick", "automation": {
                              "grantedBy": "admin", "grantedAt": "2026-01-01T00:00:00Z"}}}])
        cls.plane.apply([deployment("web", "shop", 2), deployment("stuck", "shop", 2, **{"scaleops.test/resize": "infeasible"})])

    @classmethod
    def take(cls, component, resource):
        """Takes the right to see a resource from the component's role; the role as it was."""
        role = cls.plane.get("clusterrole", f"scaleops-{component}")
        whole = json.loads(json.dumps(role["rules"]))
        for rule in role["rules"]:
            rule["resources"] = [name for name in rule["resources"] if name != resource]
        cls.put(component, [rule for rule in role["rules"] if rule["resources"]])
        return whole

    @classmethod
    def put(cls, component, rules):
        cls.plane.kubectl("patch", "clusterrole", f"scaleops-{component}", "--type=merge", "-p", json.dumps({"rules": rules}))

    def pods(self, app):
        listed = self.plane.get("pods", "-n", "shop", "-l", f"app={app}")["items"]
        return [pod for pod in listed if "deletionTimestamp" not in pod["metadata"]]

    def trouble(self, component, resource):
        return self.platform.metric(component, "scaleops_kube_troubles", what=f"list {resource}")

    def evictions(self):
        return self.platform.metric("updater", "scaleops_updater_actions_total", action="evict")

    def test_what_needs_the_right_stops_until_it_is_given(self):
        lacking = {"updater": "poddisruptionbudgets", "recommender": "limitranges"}
        for component, resource in lacking.items():
            self.assertEqual(self.trouble(component, resource), 1)
            words = f"let a ClusterRole of this user allow to list {resource}"
            self.assertIn(words, self.platform.status(component)["detail"])
            self.assertIn(words, self.platform.log(component))
        self.platform.wait("stuck has its pods", lambda: len(self.pods("stuck")) == 2)
        before = {pod["metadata"]["uid"] for pod in self.pods("stuck")}

        self.platform.wait("web is resized in place", lambda: all(requests(pod) != SMALL for pod in self.pods("web")), 120)
        self.platform.wait("the updater will not evict", lambda: self.platform.metric(
            "updater", "scaleops_updater_held_pods", reason="gate-closed") > 0, 60)
        self.assertIn("PodDisruptionBudgets may not be read: nothing is evicted", self.platform.status("updater")["detail"])
        self.assertEqual(self.evictions(), 0)
        self.assertEqual({pod["metadata"]["uid"] for pod in self.pods("stuck")}, before)

        for component, rules in self.whole.items():
            self.put(component, rules)
        self.platform.wait("the troubles are over", lambda: not any(self.trouble(*each) for each in lacking.items()), 60)
        self.platform.wait("a pod is evicted", lambda: self.evictions() > 0, 60)
        self.assertNotIn("ClusterRole", self.platform.status("recommender")["detail"])


if __name__ == "__main__":
    main()
