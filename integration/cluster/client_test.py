"""The Kubernetes client on the real API server: the kube port's contract, scaleops up --kubeconfig, and what it says when
something is wrong. The API server's own audit log proves that looking changes nothing."""

import json
import os
import subprocess
import unittest

import prometheus
from cluster_test import BUILD, ROOT, SCALEOPS, main
from control_plane import ControlPlane

CONTRACT = os.environ.get("KUBE_CONTRACT", str(BUILD / "integration" / "kube" / "kube_contract_real"))
AUDIT = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"], "rules": [{"level": "Metadata"}]}
MEBI = 1 << 20


def deployment(name, replicas=3):
    container = {"name": "main", "image": "pause:3.9",
                 "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}}
    usage = {"scaleops.test/cpu": "50m", "scaleops.test/mem": "100Mi"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": "shop"},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}},
                     "template": {"metadata": {"labels": {"app": name}, "annotations": usage},
                                  "spec": {"containers": [container]}}}}


def up(*args, seconds=120):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SCALEOPS_", "KUBECONFIG"))}
    return subprocess.run([SCALEOPS, "up", *map(str, args)], text=True, capture_output=True, timeout=seconds, env=environment)


class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane()
        policy = cls.plane.write_private("audit.json", json.dumps(AUDIT))
        cls.audit = cls.plane.folder / "audit.log"
        cls.plane.apiserver_args += ["--audit-policy-file", str(policy), "--audit-log-path", str(cls.audit)]
        cls.plane.start()
        cls.addClassCleanup(cls.plane.stop)
        cls.plane.kubectl("create", "namespace", "shop")
        cls.plane.apply([deployment("web"), deployment("db")])

    def changed(self, name, change):
        """anna's kubeconfig with something in it altered."""
        config = json.loads(self.plane.kubeconfig("anna").read_text())
        change(config)
        return self.plane.write_private(name, json.dumps(config))

    def refused(self, path, *words):
        done = up("--kubeconfig", path, "--for", "1m")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_the_contract_is_kept(self):
        self.plane.kubectl("apply", "--server-side", "-f", str(ROOT / "helm" / "files" / "crds"))
        self.plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        done = subprocess.run([CONTRACT, "--kubeconfig", self.plane.kubeconfig()], text=True, capture_output=True, timeout=500)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_savings_are_seen_in_a_minute_and_nothing_is_changed(self):
        # All that up needs, but for jobs: what is not allowed is named and left out.
        self.plane.apply([{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "looks"},
                           "rules": [{"apiGroups": ["", "apps", "policy", "autoscaling"], "resources": ["*"],
                                      "verbs": ["get", "list", "watch"]},
                                     {"apiGroups": ["batch"], "resources": ["cronjobs"], "verbs": ["get", "list", "watch"]}]}])
        self.plane.kubectl("create", "clusterrolebinding", "looks", "--clusterrole=looks", "--user=anna")
        past = [prometheus.Series("shop", f"{name}-7d9c4b5f6-x2b4z", "main", "node-0", cpu=0.05, memory=100 * MEBI, swing=0.3)
                for name in ("web", "db")]
        url = prometheus.start(self.plane, past, days=2)
        before = self.plane.get("deployments,pods", "-n", "shop")
        report = self.plane.folder / "report.json"
        done = up("--kubeconfig", self.plane.kubeconfig("anna"), "--prometheus", url, "--for", "1m", "--report", report)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(report.read_text())
        self.assertEqual({w["name"] for w in told["workloads"]}, {"web", "db"})
        self.assertEqual(told["pods"], 6)
        self.assertGreater(told["samples"], 6)
        self.assertLess(told["cpuCores"]["recommended"], 0.5 * told["cpuCores"]["requested"])
        self.assertLess(told["memoryBytes"]["recommended"], 0.5 * told["memoryBytes"]["requested"])
        self.assertIn('cannot list resource "jobs"', " ".join(told["troubles"]))
        self.assertIn("let a ClusterRole of this user allow to list jobs", done.stderr)

        after = self.plane.get("deployments,pods", "-n", "shop")
        self.assertEqual([i["spec"] for i in before["items"]], [i["spec"] for i in after["items"]])
        asked = [json.loads(line) for line in self.audit.read_text().splitlines()]
        asked = [entry for entry in asked if entry["user"].get("username") == "anna"]
        self.assertGreater(len(asked), 20)
        verbs = {entry["verb"] for entry in asked if not entry["requestURI"].split("?")[0].endswith("reviews")}
        self.assertLessEqual(verbs, {"get", "list", "watch"})
        # Lists by stream: pods were never listed in pages, and the streams served as their watches.
        streamed = {(entry["verb"], entry["objectRef"]["resource"], entry["responseStatus"]["code"])
                    for entry in asked if "sendInitialEvents=true" in entry["requestURI"]}
        self.assertLessEqual({("watch", "pods", 200), ("watch", "nodes", 200), ("watch", "limitranges", 200)}, streamed)
        listed = {entry["objectRef"]["resource"] for entry in asked if entry["verb"] == "list"}
        self.assertEqual(listed & {"pods", "nodes", "limitranges"}, set())
        self.assertIn("deployments", listed)

    def test_a_wrong_authority_is_named(self):
        key = self.plane.folder / "other.key"
        made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                               "-keyout", key, "-subj", "/CN=other", "-days", "1"], text=True, capture_output=True, check=True)
        self.plane.write_private("other.crt", made.stdout)
        path = self.changed("wrong-ca.kubeconfig", lambda c: c["clusters"][0]["cluster"].update(
            {"certificate-authority": str(self.plane.folder / "other.crt")}))
        self.refused(path, "certificate of 127.0.0.1", "set certificate-authority-data to the CA that signed it")

    def test_a_wrong_host_name_is_named(self):
        path = self.changed("wrong-name.kubeconfig",
                            lambda c: c["clusters"][0]["cluster"].update({"tls-server-name": "elsewhere.example.org"}))
        self.refused(path, "certificate of elsewhere.example.org", "set tls-server-name")

    def test_an_expired_token_is_named(self):
        path = self.changed("old-token.kubeconfig", lambda c: c["users"][0]["user"].update({"token": "expired"}))
        self.refused(path, "Unauthorized", 'context "test"', "renew its token")

    def test_an_unreachable_server_is_named(self):
        path = self.changed("nobody.kubeconfig",
                            lambda c: c["clusters"][0]["cluster"].update({"server": "https://127.0.0.1:1"}))
        self.refused(path, "cannot reach https://127.0.0.1:1: Connection refused", "check that it runs")


if __name__ == "__main__":
    main()
