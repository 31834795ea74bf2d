"""5,000 pods beside six processes: each of them is in step again soon after it was killed, and nothing is lost or done twice when
the API server dies or etcd forgets."""

import signal
import unittest

from cluster_test import main
from control_plane import ControlPlane
from platform_processes import COMPONENTS, Platform

WORKLOADS, PODS_EACH, NODES = 100, 50, 50
IN_STEP_S = 10


def deployments():
    usage = {"scaleops.test/cpu": "20m", "scaleops.test/mem": "50Mi"}
    container = {"name": "app", "image": "x/y:1", "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}}
    return [{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": f"w{i:03}", "namespace": "shop"}, "spec": {
        "replicas": PODS_EACH, "selector": {"matchLabels": {"app": f"w{i:03}"}}, "template": {
            "metadata": {"labels": {"app": f"w{i:03}"}, "annotations": usage}, "spec": {"containers": [container]}}}}
        for i in range(WORKLOADS)]


class Scale(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(node_count=NODES)
        cls.plane.start()
        cls.addClassCleanup(cls.plane.stop)
        cls.plane.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}])
        cls.plane.apply(deployments())
        cls.platform = Platform(cls.plane)
        cls.addClassCleanup(cls.platform.__exit__)
        cls.platform.__enter__()
        cls.platform.wait("5,000 pods run", lambda: cls.known() >= WORKLOADS * PODS_EACH, 400)
        cls.platform.wait_ready(120)

    @classmethod
    def known(cls):
        return cls.platform.metric("agent", "scaleops_agent_pods")

    def in_step(self, name):
        """Ready, and knows all that there is."""
        if not self.platform.ready(name):
            return False
        if name == "agent":
            return self.known() >= WORKLOADS * PODS_EACH
        if name == "recommender":
            return self.platform.metric("recommender", "scaleops_recommender_workloads") >= WORKLOADS
        return True

    def resizes(self):
        return self.platform.metric("updater", "scaleops_updater_actions_total", action="resize", result="done")

    def recommendations(self):
        return {item["metadata"]["name"] for item in self.plane.get("recommendations", "-n", "shop")["items"]}

    def test_1_every_workload_is_recommended(self):
        self.platform.wait("100 recommendations", lambda: len(self.recommendations()) == WORKLOADS, 120)

    def test_2_each_component_is_in_step_again_soon_after_it_was_killed(self):
        for name in COMPONENTS:
            if name == "healthcheck":
                continue  # is no part of the loop; a job starts it anew
            self.platform.restart(name)
            took = self.platform.wait(f"{name} is in step again", lambda name=name: self.in_step(name), 60)
            print(f"{name}: in step {took:.1f} s after it was killed")
            self.assertLess(took, IN_STEP_S, name)

    def test_3_the_api_server_dies_and_comes_back(self):
        before = self.recommendations()
        self.plane.apply([{"apiVersion": "analysis.scaleops.sh/v1alpha1", "kind": "AutomatedNamespace",
                           "metadata": {"name": "shop"}, "spec": {"automation": {
                               "grantedBy": "admin", "grantedAt": "2026-01-01T00:00:00Z"}}}])
        self.platform.wait("the updater is at work", lambda: self.resizes() >= 20, 120)
        self.plane.processes.stop("kube-apiserver", grace_s=0)
        self.platform.wait("the updater has noticed", lambda: not self.platform.ready("updater") or "lost" in self.platform.log(
            "updater"), 60)
        self.plane.start_apiserver()
        for name in COMPONENTS:
            if name != "healthcheck":
                self.platform.wait(f"{name} is in step again", lambda name=name: self.in_step(name), 90)
        self.assertEqual(self.recommendations(), before)
        self.follows_deletions()
        there = self.resizes()
        self.platform.wait("the updater goes on", lambda: self.resizes() >= there + 20, 120)
        self.platform.kill("updater")
        # Each resize raises a pod's generation by one: nobody was resized twice for the same recommendation.
        generations = [pod["metadata"].get("generation", 1) for pod in self.plane.get("pods", "-n", "shop")["items"]]
        self.assertGreaterEqual(sum(generation == 2 for generation in generations), 40)
        self.assertEqual([generation for generation in generations if generation > 2], [])
        self.platform.start("updater")

    def test_4_etcd_forgets_what_watches_would_go_on_from(self):
        self.plane.processes.stop("kube-apiserver", grace_s=0)
        # What is done meanwhile no watch will ever tell.
        self.plane.compact()
        self.plane.start_apiserver()
        for name in COMPONENTS:
            if name != "healthcheck":
                self.platform.wait(f"{name} is in step again", lambda name=name: self.in_step(name), 90)
        self.follows_deletions()

    def follows_deletions(self):
        """Watches are alive: one deployment more is seen, and seen to go."""
        extra = deployments()[0]
        extra["metadata"]["name"] = "extra"
        extra["spec"]["replicas"] = 1
        extra["spec"]["selector"]["matchLabels"] = extra["spec"]["template"]["metadata"]["labels"] = {"app": "extra"}
        self.plane.apply([extra])
        self.platform.wait("the new workload is recommended", lambda: "deployment-extra" in self.recommendations(), 90)
        self.plane.kubectl("delete", "deployment", "extra", "-n", "shop", "--cascade=foreground")
        self.platform.wait("the agent sees its pods go", lambda: self.known() == WORKLOADS * PODS_EACH + self.others(), 90)

    def others(self):
        """Running pods of other namespaces, the platform's own."""
        pods = self.plane.get("pods", "-A")["items"]
        return sum(pod["status"]["phase"] == "Running" and pod["metadata"]["namespace"] != "shop" for pod in pods)


if __name__ == "__main__":
    main()
