"""What the API server reaches through egress.py: kubelets' metrics by its node proxy, a webhook of this machine by a Service."""

import base64
import http.server
import json
import re
import ssl
import threading
import time
import unittest

import certificates
from cluster_test import main
from control_plane import ControlPlane


def pod(name, **annotations):
    return {"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "annotations": {f"scaleops.test/{key}": value for key, value in annotations.items()}},
            "spec": {"nodeName": "node-1", "containers": [{"name": "app", "image": "x/y:1"}]}}


class Webhook(http.server.BaseHTTPRequestHandler):
    """Labels every pod."""

    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        patch = [{"op": "add", "path": "/metadata/labels", "value": {"seen": "by-webhook"}}]
        body = json.dumps({"apiVersion": review["apiVersion"], "kind": review["kind"], "response": {
            "uid": review["request"]["uid"], "allowed": True, "patchType": "JSONPatch",
            "patch": base64.b64encode(json.dumps(patch).encode()).decode()}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


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
        pki = self.plane.pki
        certificates.make_certificate(pki, "hook", "/CN=hook", "subjectAltName=DNS:hook.default.svc")
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(pki / "hook.crt", pki / "hook.key")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
        self.addCleanup(server.server_close)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        authority = base64.b64encode((pki / "ca.crt").read_bytes()).decode()
        self.plane.create([
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "hook"}, "spec": {"ports": [{"port": 443}]}},
            {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
             "metadata": {"name": "hook"}, "webhooks": [{
                 "name": "pods.hook.test", "admissionReviewVersions": ["v1"], "sideEffects": "None", "timeoutSeconds": 5,
                 "failurePolicy": "Fail",
                 "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"]}],
                 "namespaceSelector": {"matchLabels": {"hooked": "yes"}},
                 "clientConfig": {"caBundle": authority,
                                  "service": {"namespace": "default", "name": "hook", "path": "/mutate"}}}]}])
        self.plane.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "hooked",
                                                                                 "labels": {"hooked": "yes"}}}])
        wish = pod("labelled")
        wish["metadata"]["namespace"] = "hooked"
        self.plane.wait_for("kube-apiserver",
                            lambda: "failed calling webhook" in self.plane.create([wish], check=False).stderr, 30)
        self.plane.route("default", "hook", 443, server.server_address[1])
        self.plane.create([wish])
        kept = self.plane.get("pod", "labelled", "-n", "hooked")
        self.assertEqual(kept["metadata"]["labels"]["seen"], "by-webhook")


if __name__ == "__main__":
    main()
