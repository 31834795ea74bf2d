"""`scaleops admissions` as a process: one of the webhook's replicas."""

import signal
import subprocess
import urllib.error
import urllib.request

import control_plane
from cluster_test import SCALEOPS


class Replica:
    """`options`: of `scaleops admissions`, beside where it is and who."""

    def __init__(self, plane, namespace, number, *options):
        self.plane, self.name = plane, f"admissions-{number}"
        self.port, self.metrics_port = control_plane.free_ports(2)
        self.log = plane.folder / f"{self.name}.log"
        self.words = ["admissions", "--kubeconfig", plane.account(namespace, "admissions"), "--namespace", namespace,
                      "--identity", self.name, "--listen", f"127.0.0.1:{self.port}",
                      "--listen-metrics", f"127.0.0.1:{self.metrics_port}", "--log-level", "info", *options]
        self.process, self.past = None, []

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([SCALEOPS, *map(str, self.words)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def end(self, how=signal.SIGTERM):
        """Its exit code; what it counted is kept."""
        if self.process.poll() is None:
            self.past.append(self.ask("/metrics"))
            self.process.send_signal(how)
        return self.process.wait(timeout=30)

    def ask(self, path):
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"http://127.0.0.1:{self.metrics_port}{path}", timeout=5) as answer:
            return answer.read().decode()

    def ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended by itself:\n{self.log.read_text()[-3000:]}")
        try:
            return bool(self.ask("/readyz"))
        except (OSError, urllib.error.HTTPError):
            return False

    def count(self, series):
        """Of all its lives, "family{label=\"value\"}"."""
        texts = self.past + ([self.ask("/metrics")] if self.process.poll() is None else [])
        return sum(float(line.rpartition(" ")[2]) for text in texts for line in text.splitlines()
                   if line.startswith(series + " "))
