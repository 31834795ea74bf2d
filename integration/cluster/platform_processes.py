"""The six components as processes of their own beside a real control plane: the chart is installed, each process holds a token
of its service account and has exactly the chart's rights. What kubelet and DNS do for a pod is done here: its volumes are
filled, and each process is told where the others are.

    with ControlPlane() as plane, Platform(plane) as platform:
        platform.wait_ready()
"""

import json
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request

import control_plane
from cluster_test import ROOT, SCALEOPS

NAMESPACE = "scaleops-system"
CHART = str(ROOT / "helm")
COMPONENTS = ["recommender", "admissions", "agent", "updater", "dashboards", "healthcheck"]
SPEAKERS = ["agent", "dashboards"]  # have a volume with peers' authorities
GATES = ["recommender", "updater"]  # take messages


class Platform:
    """`settings`: of the chart, beside mode=automatic."""

    def __init__(self, plane, *settings):
        self.plane, self.settings = plane, settings
        self.folder = plane.folder / "platform"
        self.running, self.logs = {}, {}

    def __enter__(self):
        self.install()
        self.start(*COMPONENTS)
        return self

    def __exit__(self, *_):
        for name in list(self.running):
            self.kill(name)

    # ---- starting ----

    def install(self):
        self.folder.mkdir()
        words = [word for setting in ("mode=automatic", *self.settings) for word in ("--set", setting)]
        self.plane.helm("upgrade", "--install", "scaleops", CHART, "--namespace", NAMESPACE, "--create-namespace", "--wait",
                        "--timeout", "300s", *words)
        self.kubeconfigs = {name: self.plane.account(NAMESPACE, name) for name in COMPONENTS}
        ports = control_plane.free_ports(3 * len(COMPONENTS))
        self.ports = {name: dict(zip(("metrics", "own", "peers"), ports[3 * i:])) for i, name in enumerate(COMPONENTS)}
        self.plane.route(NAMESPACE, "admissions", 443, self.ports["admissions"]["own"])
        for name in SPEAKERS:
            self.fill_volume(name)

    def fill_volume(self, name):
        """As kubelet projects it: a token for our audience now, authorities as soon as they are known."""
        volume = self.folder / name
        volume.mkdir(exist_ok=True)
        token = self.plane.kubectl("create", "token", name, "-n", NAMESPACE, "--audience", "scaleops")
        (volume / "token").write_text(token.strip())
        for gate in GATES:
            authority = self.plane.get("configmap", f"{gate}-authority", "-n", NAMESPACE).get("data", {}).get("ca.crt")
            if authority:
                (volume / f"{gate}.crt").write_text(authority)
        return all((volume / f"{gate}.crt").exists() for gate in GATES)

    def arguments(self, name):
        local = "127.0.0.1"
        ports = self.ports[name]
        words = [name, "--kubeconfig", self.kubeconfigs[name], "--namespace", NAMESPACE, "--identity", f"{name}-0",
                 "--listen-metrics", f"{local}:{ports['metrics']}", "--log-level", "info"]
        if name in ("admissions", "dashboards"):
            words += ["--listen", f"{local}:{ports['own']}"]
        if name == "dashboards":
            words += ["--access", "admin=group:system:masters", "--access", "operator/shop=user:anna"]
        if name in GATES:
            words += ["--listen-peers", f"{local}:{ports['peers']}"]
        if name in SPEAKERS:
            words += ["--peer-credentials", self.folder / name]
        if name == "agent":
            words += ["--scrape-interval", "5s"]
        if name == "recommender":
            words += ["--checkpoint-interval", "1m"]
        if name not in ("recommender", "admissions"):
            for other in COMPONENTS:
                place = f"{other}=http://{local}:{self.ports[other]['metrics']}"
                words += ["--peer", place + (f"+https://{local}:{self.ports[other]['peers']}" if other in GATES else "")]
        return [str(word) for word in words]

    def start(self, *names):
        for name in names:
            with open(self.folder / f"{name}.log", "ab") as log:
                self.running[name] = subprocess.Popen([SCALEOPS, *self.arguments(name)], stdin=subprocess.DEVNULL,
                                                      stdout=log, stderr=log)

    def kill(self, name, how=signal.SIGKILL):
        process = self.running.pop(name)
        process.send_signal(how)
        return process.wait(timeout=30)

    def restart(self, name, how=signal.SIGKILL):
        self.kill(name, how)
        self.start(name)

    # ---- looking ----

    def log(self, name):
        return (self.folder / f"{name}.log").read_text()

    def ask(self, name, path):
        url = f"http://127.0.0.1:{self.ports[name]['metrics']}{path}"
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(url, timeout=5) as answer:
            return answer.read().decode()

    def status(self, name):
        """Its /status; None where it does not answer."""
        try:
            return json.loads(self.ask(name, "/status"))
        except (OSError, urllib.error.HTTPError, ValueError):
            return None

    def ready(self, name):
        status = self.status(name)
        return bool(status and status["ready"])

    def metric(self, name, family, **labels):
        """The sum over the series of the family that have these labels."""
        total = 0.0
        for line in self.ask(name, "/metrics").splitlines():
            series, _, value = line.rpartition(" ")
            bare, _, rest = series.partition("{")
            if bare == family and all(f'{key}="{wanted}"' in rest for key, wanted in labels.items()):
                total += float(value)
        return total

    def wait(self, what, holds, seconds=60):
        """Until `holds` is true; the time that it took. A process that ended meanwhile ends the waiting."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                if holds():
                    return time.monotonic() - began
            except (OSError, subprocess.CalledProcessError):
                pass
            for name, process in self.running.items():
                if process.poll() is not None:
                    raise AssertionError(f"{name} ended by itself:\n{self.log(name)[-3000:]}")
            time.sleep(0.1)
        told = "\n".join(f"{name}: {self.status(name)}" for name in COMPONENTS)
        raise AssertionError(f"not within {seconds} s: {what}\n{told}\n" +
                             "\n".join(f"--- {name}\n{self.log(name)[-1500:]}" for name in COMPONENTS))

    def wait_ready(self, seconds=60):
        self.wait("the authorities are known", lambda: all(self.fill_volume(name) for name in SPEAKERS), seconds)
        return max(self.wait(f"{name} is ready", lambda name=name: self.ready(name), seconds)
                   for name in COMPONENTS if name != "healthcheck")
