"""What the API server reaches through egress.py: kubelets' metrics by its node proxy, a webhook of this machine by a Service."""

import re
import time
import unittest

import webhook
from cluster_test import main
from control_plane import ControlPlane


def pod(name, **annotations):
    return {"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "annotations": {f"scaleops.test/{key}": value for key, value in annotations.items()}},
            "spec": {"nodeName": "node-1", "containers": [{"name": "app", "image": "x/y:1"}]}}


class Egress(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(node_count=2)
        cls.plane.start()
        cls.addClassCleanup(cls.plane.stop)

    def value(self, text, metric, name):
        found = re.search(rf'^{metric}{{container="app",namespace="default",pod="{name}"}} (\S+)$', text, re.M)
        return float(found.group(1)) if found else None

    def test_usage_and_throttling_come_from_the_nodes_kubelet(self):
        self.plane.create([pod("busy", cpu="500m", mem="64Mi", throttled="0.5")])
        self.plane.kubectl("wait", "--for=condition=Ready", "pod/busy", "--timeout=30s")

        def scrape():
            return self.plane.raw("/api/v1/nodes/node-1/proxy/metrics/cadvisor").decode()

        self.plane.wait_for("kwok", lambda: self.value(scrape(), "container_cpu_usage_seconds_total", "busy"), 30)
        began, first = time.monotonic(), scrape()
        time.sleep(3)
        second, span = scrape(), time.monotonic() - began
        cpu, periods, throttled = (self.value(second, name, "busy") - self.value(first, name, "busy") for name in (
            "container_cpu_usage_seconds_total", "container_cpu_cfs_periods_total",
            "container_cpu_cfs_throttled_periods_total"))
        self.assertAlmostEqual(cpu / span, 0.5, delta=0.15)
        self.assertAlmostEqual(throttled / periods, 0.5, delta=0.1)
        self.assertEqual(self.value(second, "container_memory_working_set_bytes", "busy"), 64 << 20)
        self.assertNotIn('pod="busy"', self.plane.raw("/api/v1/nodes/node-0/proxy/metrics/resource").decode())

    def test_a_webhook_behind_a_service_is_called(self):
        hook = webhook.Webhook(self.plane, "hook.default.svc")
        self.addCleanup(hook.stop)
        self.plane.create([
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "hook"}, "spec": {"ports": [{"port": 443}]}},
            {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
             "metadata": {"name": "hook"}, "webhooks": [{
                 "name": "pods.hook.test", "admissionReviewVersions": ["v1"], "sideEffects": "None", "timeoutSeconds": 5,
                 "failurePolicy": "Fail",
                 "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"]}],
                 "namespaceSelector": {"matchLabels": {"hooked": "yes"}},
                 "clientConfig": {"caBundle": hook.authority,
                                  "service": {"namespace": "default", "name": "hook", "path": "/mutate"}}}]}])
        self.plane.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "hooked",
                                                                                 "labels": {"hooked": "yes"}}}])
        wish = pod("labelled")
        wish["metadata"]["namespace"] = "hooked"
        self.plane.wait_for("kube-apiserver",
                            lambda: "failed calling webhook" in self.plane.create([wish], check=False).stderr, 30)
        self.plane.route("default", "hook", 443, hook.port)
        self.plane.create([wish])
        kept = self.plane.get("pod", "labelled", "-n", "hooked")
        self.assertEqual(kept["metadata"]["labels"]["seen"], "by-webhook")


if __name__ == "__main__":
    main()
