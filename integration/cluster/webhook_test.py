"""The webhook on a real API server, with exactly the rights of the chart's account: it certifies and registers itself, pods
are created with their recommendation, what is altered is healed, and a renewed certificate drops nothing."""

import base64
import json
import os
import subprocess
import threading
import unittest
from datetime import datetime, timezone

from cluster_test import BUILD, ROOT, main
from control_plane import ControlPlane

HOST = os.environ.get("WEBHOOK_HOST", str(BUILD / "integration" / "kube" / "webhook_host"))
SYSTEM, SHOP = "scaleops-system", "shop"
NAME = "scaleops-admissions"


def deployment(name, replicas):
    labels = {"app": name}
    container = {"name": "app", "image": "x/y:1", "resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}
    init = {"name": "setup", "image": "x/y:1"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": SHOP},
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels}, "spec": {"containers": [container],
                                                                           "initContainers": [init]}}}}


class Webhook(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(node_count=1)
        cls.plane.start()
        cls.addClassCleanup(cls.plane.stop)
        cls.plane.helm("install", "scaleops", str(ROOT / "helm"), "--namespace", SYSTEM, "--create-namespace",
                       "--set", "mode=automatic")
        cls.plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        cls.plane.kubectl("create", "namespace", SHOP)
        cls.plane.create([deployment("web", 2), deployment("other", 1)])
        cls.recommend()
        cls.host = subprocess.Popen([HOST, "--kubeconfig", str(cls.plane.account(SYSTEM, "admissions"))],
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.end)
        port = int(cls.host.stdout.readline().split()[1])
        cls.plane.route(SYSTEM, "admissions", 443, port)
        if cls.host.stdout.readline() != "ready\n":
            raise AssertionError("the webhook does not become ready")

    @classmethod
    def end(cls):
        """The host's last words: verdicts and healed fields with their counts."""
        if cls.host.poll() is None:
            said, _ = cls.host.communicate("", timeout=20)
            cls.counts = dict(line.rsplit(" ", 1) for line in said.splitlines())
        return cls.counts

    @classmethod
    def recommend(cls):
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        cls.plane.create([{"apiVersion": "analysis.scaleops.sh/v1alpha1", "kind": "Recommendation",
                           "metadata": {"name": "deployment-web", "namespace": SHOP},
                           "spec": {"target": {"kind": "Deployment", "name": "web"},
                                    "automation": {"grantedBy": "admin", "grantedAt": now}}}])
        want = [{"name": name, "confidence": 1, "target": {"requests": {"cpu": cpu, "memory": memory}}}
                for name, cpu, memory in (("app", "200m", "300Mi"), ("setup", "50m", "64Mi"))]
        status = {"decidedAt": now, "revision": "7", "coverage": 1, "policy": "production", "containers": want}
        cls.plane.kubectl("patch", "recommendation", "deployment-web", "-n", SHOP, "--subresource=status", "--type=merge",
                          "-p", json.dumps({"status": status}))

    def restart(self, name):
        """Lets the controller create the Deployment's pods anew, and gives them."""
        self.plane.kubectl("delete", "pods", "-n", SHOP, "-l", f"app={name}", "--wait=true", "--timeout=60s")
        wanted = self.plane.get("deployment", name, "-n", SHOP)["spec"]["replicas"]

        def pods():
            found = self.plane.get("pods", "-n", SHOP, "-l", f"app={name}")["items"]
            return found if len(found) == wanted else None
        self.plane.wait_for("kube-controller-manager", pods, 30)
        return pods()

    def registration(self):
        return self.plane.get("mutatingwebhookconfiguration", NAME)["webhooks"][0]

    def test_1_a_granted_pod_is_created_with_its_recommendation(self):
        def patched():
            return all("scaleops.sh/managed" in pod["metadata"]["labels"] for pod in self.restart("web"))
        self.plane.wait_for("kube-apiserver", patched, 60)  # it learns of the bundle a moment later
        for pod in self.restart("web"):
            self.assertEqual(pod["spec"]["containers"][0]["resources"]["requests"], {"cpu": "200m", "memory": "300Mi"})
            self.assertEqual(pod["spec"]["initContainers"][0]["resources"]["requests"], {"cpu": "50m", "memory": "64Mi"})
            self.assertEqual(pod["metadata"]["labels"]["scaleops.sh/applied-recommendation"], "7")
            self.assertEqual(pod["metadata"]["annotations"]["scaleops.sh/admission"], "patched")

    def test_2_a_pod_that_nobody_granted_is_left_as_it_is(self):
        for pod in self.restart("other"):
            self.assertEqual(pod["spec"]["containers"][0]["resources"]["requests"], {"cpu": "1", "memory": "1Gi"})
            self.assertNotIn("scaleops.sh/managed", pod["metadata"]["labels"])

    def test_3_what_is_altered_is_healed(self):
        before = self.registration()
        self.plane.kubectl("patch", "mutatingwebhookconfiguration", NAME, "--type=json", "-p", json.dumps([
            {"op": "replace", "path": "/webhooks/0/timeoutSeconds", "value": 30},
            {"op": "replace", "path": "/webhooks/0/clientConfig/caBundle",
             "value": base64.b64encode((self.plane.pki / "ca.crt").read_bytes()).decode()}]))
        self.plane.wait_for("kube-apiserver", lambda: self.registration() == before, 30)

    def test_4_a_renewed_certificate_drops_nothing(self):
        bundle = self.registration()["clientConfig"]["caBundle"]
        stop, patched, missed = threading.Event(), [], []

        def create():
            while not stop.is_set():
                pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {
                    "name": f"one-{len(patched) + len(missed)}", "namespace": SHOP, "labels": {"app": "single"},
                    "ownerReferences": [self.owner()]}, "spec": {"containers": [{"name": "app", "image": "x/y:1"}]}}
                answer = json.loads(self.plane.raw(f"/api/v1/namespaces/{SHOP}/pods?dryRun=All", method="POST", body=pod))
                stamped = "scaleops.sh/managed" in answer["metadata"]["labels"]
                (patched if stamped else missed).append(answer)
        worker = threading.Thread(target=create)
        worker.start()
        secret = self.plane.get("secret", "admissions-certificate", "-n", SYSTEM)["data"]["tls.crt"]
        # Without its certificate the Secret is filled in anew, by the same authority.
        self.plane.kubectl("patch", "secret", "admissions-certificate", "-n", SYSTEM, "--type=merge", "-p",
                           '{"data": {"tls.crt": null}}')

        def renewed():
            now = self.plane.get("secret", "admissions-certificate", "-n", SYSTEM)["data"].get("tls.crt")
            return now and now != secret
        self.plane.wait_for("kube-apiserver", renewed, 30)
        count = len(patched)
        self.plane.wait_for("kube-apiserver", lambda: len(patched) > count + 20 or missed, 30)
        stop.set()
        worker.join()
        self.assertEqual(len(missed), 0)
        self.assertEqual(self.registration()["clientConfig"]["caBundle"], bundle)

    def owner(self):
        found = self.plane.get("replicasets", "-n", SHOP, "-l", "app=web")["items"][0]["metadata"]
        return {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": found["name"], "uid": found["uid"],
                "controller": True}

    def test_5_the_counts_say_what_was_done(self):
        counts = self.end()
        self.assertGreaterEqual(int(counts["patched"]), 20)
        self.assertGreaterEqual(int(counts["not-granted"]), 1)
        self.assertEqual(int(counts["timeoutSeconds"]), 1)
        self.assertEqual(int(counts["caBundle"]), 2)  # at first, and after it was altered
        self.assertNotIn("trouble:", counts)


if __name__ == "__main__":
    main()
