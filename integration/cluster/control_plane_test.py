"""The harness itself: what it starts serves, users are who they say they are, and nothing of it is left behind."""

import json
import os
import subprocess
import sys
import time
import unittest
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

    def test_it_can_lose_a_part_and_get_it_back(self):
        with ControlPlane(node_count=0) as plane:
            plane.processes.stop("kube-apiserver", grace_s=0)
            with self.assertRaises(OSError):
                plane.raw("/readyz")
            plane.start_apiserver()
            self.assertEqual(plane.get("namespace", "default")["metadata"]["name"], "default")

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
