"""Debian's Prometheus has the past that was written for it and the present of the made-up kubelets."""

import json
import sys
import time
import unittest
import urllib.parse

import prometheus
from cluster_test import main
from control_plane import SKIP, ControlPlane


class Prometheus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(node_count=1)
        cls.plane.start()
        cls.addClassCleanup(cls.plane.stop)
        past = [prometheus.Series("default", "web", "app", "node-0", cpu=0.25, memory=64 << 20, swing=0.5)]
        cls.url = prometheus.start(cls.plane, past, days=1.5)

    def query(self, expression, at=None):
        words = {"query": expression} | ({"time": at} if at else {})
        answer = json.loads(self.plane.fetch(f"{self.url}/api/v1/query?{urllib.parse.urlencode(words)}"))
        return [float(row["value"][1]) for row in answer["data"]["result"]]

    def test_it_remembers_a_day(self):
        noon = (int(time.time()) // 86400 - 1) * 86400 + 43200
        cpu = 'rate(container_cpu_usage_seconds_total{pod="web"}[1h])'
        self.assertAlmostEqual(self.query(cpu, noon)[0], 0.25 * 1.5, delta=0.02)
        self.assertAlmostEqual(self.query("container_memory_working_set_bytes", noon)[0], 1.5 * (64 << 20), delta=1 << 20)

    def test_it_sees_what_the_kubelets_tell_now(self):
        self.plane.create([{"apiVersion": "v1", "kind": "Pod", "metadata": {
            "name": "now", "annotations": {"scaleops.test/cpu": "400m", "scaleops.test/mem": "32Mi"}},
            "spec": {"containers": [{"name": "app", "image": "x/y:1"}]}}])
        self.plane.wait_for("prometheus", lambda: self.query('container_memory_working_set_bytes{pod="now"}') == [32 << 20], 60)
        self.assertEqual(self.query('up{node="node-0"}'), [1])


if __name__ == "__main__":
    if why := prometheus.missing():
        print(f"skipped: {why}")
        sys.exit(SKIP)
    main()
