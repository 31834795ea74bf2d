"""scaleops up --kubeconfig on a real cluster: it measures every pod and only reads, as the API server's audit log shows."""

import json
import subprocess
import sys
import unittest
from pathlib import Path

from cluster_test import SCALEOPS, main
from control_plane import SKIP, ControlPlane


class Look(unittest.TestCase):
    def test_it_sees_every_pods_usage_and_only_reads(self):
        with ControlPlane(node_count=2, audited=True) as plane:
            usage = {"scaleops.test/cpu": "100m", "scaleops.test/mem": "100Mi"}
            container = {"name": "c", "image": "x/y:1", "resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}
            plane.create([{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {
                "replicas": 20, "selector": {"matchLabels": {"app": "web"}}, "template": {
                    "metadata": {"labels": {"app": "web"}, "annotations": usage}, "spec": {"containers": [container]}}}}])
            plane.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
            # More than it may use: what it leaves alone is its own choice.
            plane.kubectl("create", "serviceaccount", "curious")
            plane.kubectl("create", "clusterrolebinding", "curious", "--clusterrole=cluster-admin",
                          "--serviceaccount=default:curious")
            report = Path(plane.folder, "report.json")
            done = subprocess.run([SCALEOPS, "up", "--kubeconfig", plane.account("default", "curious"), "--for", "1m",
                                   "--listen", "127.0.0.1:0", "--report", report], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            told = json.loads(report.read_text())
            self.assertEqual((told["pods"], told["troubles"]), (20, []))
            self.assertGreaterEqual(told["samples"], 20)
            calls = plane.calls("system:serviceaccount:default:curious")
            self.assertIn(("get", "nodes/proxy", ""), calls)
            self.assertIn(("watch", "pods", ""), calls)
            reviews = {("create", "tokenreviews", "authentication.k8s.io"),
                       ("create", "subjectaccessreviews", "authorization.k8s.io")}
            self.assertEqual([call for call in calls if call[0] not in ("get", "list", "watch") and call not in reviews], [])


if __name__ == "__main__":
    if "--kubeconfig" not in subprocess.run([SCALEOPS, "up", "--help"], capture_output=True, text=True).stdout:
        print("skipped: this scaleops does not look at a real cluster yet")
        sys.exit(SKIP)
    main()
