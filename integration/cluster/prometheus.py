"""Debian's Prometheus beside a control plane: it scrapes the made-up kubelets, and may have a past that was written for it.

    history = [Series("shop", "web-1", "app", "node-0", cpu=0.5, memory=64 << 20, swing=0.5)]
    url = start(plane, history, days=2)
"""

import json
import math
import shutil
import subprocess
import time
from dataclasses import dataclass

from control_plane import BIN, free_ports

SCRAPE_S = 5
STEP_S = 300  # between the samples of the past


def missing():
    """Why it cannot be started here; empty where it can."""
    return "" if (BIN / "prometheus").exists() else "Debian's prometheus package could not be had: see integration/cluster/build"


@dataclass
class Series:
    """One container's past: cores and bytes, each up to `swing` more at noon and less at midnight (UTC)."""
    namespace: str
    pod: str
    container: str
    node: str
    cpu: float
    memory: float
    swing: float = 0.0

    def labels(self):
        return (f'{{namespace="{self.namespace}",pod="{self.pod}",container="{self.container}",node="{self.node}",'
                f'job="kubelet-cadvisor"}}')

    def curve(self, at):
        return 1 - self.swing * math.cos(at / 86400 * 2 * math.pi)


def open_metrics(history, begin, end):
    """The past as promtool reads it: each family in one piece, samples by time."""
    yield "# TYPE container_cpu_usage_seconds counter\n"
    for series in history:
        used = 0.0
        for at in range(begin, end, STEP_S):
            used += series.cpu * series.curve(at) * STEP_S
            yield f"container_cpu_usage_seconds_total{series.labels()} {used:.3f} {at}\n"
    yield "# TYPE container_memory_working_set_bytes gauge\n"
    for series in history:
        for at in range(begin, end, STEP_S):
            yield f"container_memory_working_set_bytes{series.labels()} {series.memory * series.curve(at):.0f} {at}\n"
    yield "# EOF\n"


def write_history(folder, history, days):
    """The newest two hours stay free: Prometheus takes no blocks there."""
    end = int(time.time()) // 7200 * 7200 - 7200
    text = folder / "history.txt"
    with open(text, "w", encoding="ascii") as file:
        file.writelines(open_metrics(history, end - int(days * 86400), end))
    subprocess.run([BIN / "promtool", "tsdb", "create-blocks-from", "openmetrics", text, folder / "prometheus"], check=True,
                   capture_output=True)
    text.unlink()


def start(plane, history=(), days=2):
    """Starts it and waits until it answers; its URL. It ends with the control plane."""
    folder = plane.folder
    shutil.rmtree(folder / "prometheus", ignore_errors=True)
    if history:
        write_history(folder, history, days)
    names = [item["metadata"]["name"] for item in plane.get("nodes")["items"]]
    (folder / "nodes.json").write_text(json.dumps([
        {"targets": [f"127.0.0.1:{plane.ports['kwok']}"],
         "labels": {"node": name, "__metrics_path__": f"/metrics/nodes/{name}/metrics/resource"}} for name in names]))
    (folder / "prometheus.yml").write_text(json.dumps({
        "global": {"scrape_interval": f"{SCRAPE_S}s"},
        "scrape_configs": [{"job_name": "kubelet-cadvisor", "scheme": "https",
                            "tls_config": {"ca_file": str(plane.pki / "ca.crt")},
                            "file_sd_configs": [{"files": [str(folder / "nodes.json")]}]}]}))
    port = free_ports(1)[0]
    plane.processes.start("prometheus", [
        BIN / "prometheus", "--config.file", folder / "prometheus.yml", "--storage.tsdb.path", folder / "prometheus",
        "--storage.tsdb.retention.time", "90d", "--web.listen-address", f"127.0.0.1:{port}"], plane.outlive)
    url = f"http://127.0.0.1:{port}"
    plane.wait_for("prometheus", lambda: b"Ready" in plane.fetch(url + "/-/ready"), 60)
    return url
