"""Two replicas of the webhook on a real API server, with exactly the rights of the chart's account: they certify and register
themselves, pods are created with their recommendation, what is altered is healed, and neither a new authority nor a replica
that goes drops a review. Certificates live for half a minute here."""

import base64
import json
import threading
import time
import unittest
from datetime import datetime, timezone

from cluster_test import ROOT, main
from control_plane import ControlPlane
from webhook_replica import Replica

SHORT_LIVES = ["--look-every", "1s", "--authority-life", "60s", "--certificate-life", "30s", "--drain-time", "2s"]
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
        cls.replicas = [Replica(cls.plane, SYSTEM, number, *SHORT_LIVES) for number in range(2)]
        cls.addClassCleanup(lambda: [each.end() for each in cls.replicas if each.process])
        for each in cls.replicas:
            each.start()
        cls.route(*cls.replicas)
        for each in cls.replicas:
            cls.plane.wait_for("kube-apiserver", each.ready, 30)

    @classmethod
    def route(cls, *replicas):
        """As the endpoints of the Service: those that are ready."""
        cls.plane.route(SYSTEM, "admissions", 443, *(each.port for each in replicas))

    def count(self, series):
        return sum(each.count(series) for each in self.replicas)

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
        before = self.registration()["timeoutSeconds"]
        self.plane.kubectl("patch", "mutatingwebhookconfiguration", NAME, "--type=json", "-p", json.dumps([
            {"op": "replace", "path": "/webhooks/0/timeoutSeconds", "value": 30},
            {"op": "replace", "path": "/webhooks/0/clientConfig/caBundle",
             "value": base64.b64encode((self.plane.pki / "ca.crt").read_bytes()).decode()}]))
        self.plane.wait_for("kube-apiserver", lambda: self.registration()["timeoutSeconds"] == before and
                            self.authorities()[-1] in self.bundle(), 30)

    def test_4_neither_a_new_authority_nor_a_replica_that_goes_drops_a_review(self):
        old = self.authorities()
        stop, patched, missed = threading.Event(), [], []

        def create(worker):
            while not stop.is_set():
                pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {
                    "name": f"one-{worker}", "namespace": SHOP, "labels": {"app": "single"},
                    "ownerReferences": [self.owner]}, "spec": {"containers": [{"name": "app", "image": "x/y:1"}]}}
                answer = json.loads(self.plane.raw(f"/api/v1/namespaces/{SHOP}/pods?dryRun=All", method="POST", body=pod))
                stamped = "scaleops.sh/managed" in answer["metadata"]["labels"]
                (patched if stamped else missed).append(f"{datetime.now():%T.%f}: {answer}")
                time.sleep(0.02)
        self.owner = self.replica_set()
        workers = [threading.Thread(target=create, args=(number,)) for number in range(3)]
        for worker in workers:
            worker.start()
        try:
            ended = [self.replace(*pair) for pair in (self.replicas, self.replicas[::-1])]
            # The next authority is there, serves, and the one of the beginning has gone.
            self.plane.wait_for("kube-apiserver", lambda: not set(old) & set(self.authorities()), 90)
            count = len(patched)
            self.plane.wait_for("kube-apiserver", lambda: len(patched) > count + 20 or missed, 30)
        finally:
            stop.set()
            for worker in workers:
                worker.join()
        self.assertEqual(missed[:1], [])
        self.assertEqual(ended, [0, 0])
        self.assertGreater(len(patched), 100)

    def replace(self, leaver, other):
        """One replica goes as its pod would, while the other stays, and comes back. Its exit code."""
        leaver.past.append(leaver.ask("/metrics"))
        leaver.process.terminate()
        self.route(other)  # a moment later
        code = leaver.process.wait(timeout=30)
        leaver.start()
        self.plane.wait_for("kube-apiserver", leaver.ready, 30)
        self.route(leaver, other)
        return code

    def bundle(self):
        return base64.b64decode(self.registration()["clientConfig"].get("caBundle", "")).decode()

    def authorities(self):
        """Certificates of the Secret's authorities, newest first."""
        data = self.plane.get("secret", "admissions-certificate", "-n", SYSTEM)["data"]["ca.crt"]
        end = "-----END CERTIFICATE-----"
        return [part.strip() + "\n" + end for part in base64.b64decode(data).decode().split(end) if part.strip()]

    def replica_set(self):
        found = self.plane.get("replicasets", "-n", SHOP, "-l", "app=web")["items"][0]["metadata"]
        return {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": found["name"], "uid": found["uid"],
                "controller": True}

    def test_5_the_counts_say_what_was_done(self):
        self.assertGreaterEqual(self.count('scaleops_admissions_reviews_total{verdict="patched"}'), 100)
        self.assertGreaterEqual(self.count('scaleops_admissions_reviews_total{verdict="not-granted"}'), 1)
        self.assertGreaterEqual(self.count('scaleops_admissions_registration_heals_total{field="timeoutSeconds"}'), 1)
        self.assertGreaterEqual(self.count('scaleops_admissions_registration_heals_total{field="caBundle"}'), 2)
        self.assertGreaterEqual(self.count("scaleops_admissions_certificate_renewals_total"), 2)


if __name__ == "__main__":
    main()
