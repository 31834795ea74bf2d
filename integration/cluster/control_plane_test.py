"""The harness itself: what it starts serves, users are who they say they are, and nothing of it is left behind."""

import json
import os
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.parse
from pathlib import Path

from cluster_test import HERE, main
from control_plane import ControlPlane, attach
from processes import Processes, start_time


class Harness(unittest.TestCase):
    def test_pods_run_on_its_nodes_and_it_leaves_no_process_and_no_file(self):
        with ControlPlane(node_count=2) as plane:
            going = [entry["pid"] for entry in plane.processes.alive()]
            self.assertEqual(len(going), 6)
            template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "x/y:1"}]}}
            plane.create([{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
                           "spec": {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": template}}])
            plane.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
            self.assertEqual(attach(plane.folder).kubectl("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}",
                                                          user="anna"), "anna")
            self.assertIn("forbidden", plane.kubectl("get", "pods", user="anna", check=False).stderr)
            self.assertEqual(oct(os.stat(plane.folder / "admin.kubeconfig").st_mode & 0o777), "0o600")
        self.assertFalse(plane.folder.exists())
        self.assertEqual([pid for pid in going if start_time(pid)], [])

    def test_it_tells_who_asked_for_what(self):
        with ControlPlane(node_count=0, audited=True) as plane:
            plane.kubectl("create", "serviceaccount", "reader")
            plane.kubectl("create", "rolebinding", "reader", "--clusterrole=view", "--serviceaccount=default:reader")
            config = str(plane.account("default", "reader"))
            plane.kubectl("--kubeconfig", config, "get", "pods")
            plane.kubectl("--kubeconfig", config, "get", "deployments/web", check=False)
            plane.kubectl("--kubeconfig", config, "get", "secrets", check=False)
            user = "system:serviceaccount:default:reader"
            plane.wait_for("kube-apiserver", lambda: len(plane.calls(user)) == 3, 30)
            self.assertEqual(plane.calls(user), {("list", "pods", ""): {200}, ("get", "deployments", "apps"): {404},
                                                 ("list", "secrets", ""): {403}})
            self.assertEqual(plane.calls("admin"), {})

    def test_it_can_lose_a_part_and_get_it_back(self):
        with ControlPlane(node_count=0) as plane:
            plane.processes.stop("kube-apiserver", grace_s=0)
            with self.assertRaises(OSError):
                plane.raw("/readyz")
            plane.start_apiserver()
            self.assertEqual(plane.get("namespace", "default")["metadata"]["name"], "default")

    def test_old_pages_and_old_watches_are_gone_when_etcd_has_forgotten_them(self):
        with ControlPlane(node_count=0) as plane:
            first = json.loads(plane.raw("/api/v1/namespaces?limit=1"))["metadata"]
            rest = f"/api/v1/namespaces?limit=1&continue={urllib.parse.quote(first['continue'])}"
            plane.raw(rest)
            plane.kubectl("create", "namespace", "newer")
            plane.compact()
            plane.processes.stop("kube-apiserver", grace_s=0)
            plane.start_apiserver()
            with self.assertRaises(urllib.error.HTTPError) as caught:
                plane.raw(rest)
            caught.exception.close()
            self.assertEqual(caught.exception.code, 410)
            watch = plane.raw(f"/api/v1/namespaces?watch=1&resourceVersion={first['resourceVersion']}&timeoutSeconds=1")
            self.assertEqual(json.loads(watch.splitlines()[0])["object"]["code"], 410)

    def test_it_ends_when_its_parent_is_killed(self):
        script = ("from control_plane import ControlPlane\nimport time\nplane = ControlPlane(node_count=0)\nplane.start()\n"
                  "print(plane.folder, flush=True)\ntime.sleep(100)\n")
        parent = subprocess.Popen([sys.executable, "-B", "-c", script], cwd=HERE, stdout=subprocess.PIPE, text=True)
        folder = Path(parent.stdout.readline().strip())
        processes = Processes(folder)
        self.assertEqual(len(processes.alive()), 5)
        parent.kill()
        parent.wait()
        ends = time.monotonic() + 60
        while processes.alive() and time.monotonic() < ends:
            time.sleep(0.1)
        left = processes.alive()
        processes.stop(grace_s=0)
        self.assertEqual(left, [])
        parent.stdout.close()
        subprocess.run(["rm", "-r", folder], check=True)

    def test_a_command_runs_in_it_and_gives_its_exit_code(self):
        done = subprocess.run([HERE / "run", "--nodes", "0", "--", "sh", "-c", "kubectl get namespaces -o json; exit 3"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 3, done.stderr)
        names = [item["metadata"]["name"] for item in json.loads(done.stdout)["items"]]
        self.assertIn("kube-system", names)


if __name__ == "__main__":
    main()
