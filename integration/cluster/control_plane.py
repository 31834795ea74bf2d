"""A real Kubernetes control plane on loopback, for tests and for a person: etcd, kube-apiserver,
kube-controller-manager, kube-scheduler, and kwok for the nodes and their kubelets. docs/cluster.md says more.

    with ControlPlane(folder) as plane:
        plane.kubectl("get", "nodes")
"""

import json
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import audit
import certificates
import egress
import nodes
from processes import Processes

HERE = Path(__file__).resolve().parent
BIN = HERE.parent.parent / "build" / "cluster" / "bin"
SKIP = 77  # exit code of a test that could not be run; see SKIP_RETURN_CODE in CMakeLists.txt
READY_S = 120

# Names that may sign in by token, with their groups. Everybody but admin has the rights that a test gives.
USERS = {
    "admin": ["system:masters"],
    "anna": ["developers"],
    "bert": ["operators"],
    "system:kube-controller-manager": [],
    "system:kube-scheduler": [],
}


class NotReady(Exception):
    pass


def missing():
    """Why no control plane can be started here; empty where one can."""
    absent = [name for name in ("kube", "kwok", "helm") if not (BIN / name).exists()]
    if absent:
        return f"{', '.join(absent)} not built: run integration/cluster/build"
    return "" if shutil.which("openssl") else "the openssl command is not installed"


def free_ports(count):
    """Ports of 127.0.0.1 that nobody listens on now."""
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class ControlPlane:
    """`folder`: where everything of it stands; by default a new one that goes away with it. `node_count`: kwok nodes.
    `outlive`: it goes on when this process ends, until stop(). `audited`: calls() tells who asked for what."""

    def __init__(self, folder=None, node_count=3, apiserver_args=(), outlive=False, audited=False):
        self.temporary = folder is None
        self.folder = Path(folder or tempfile.mkdtemp(prefix="scaleops-cluster-")).resolve()
        self.node_count, self.apiserver_args = node_count, list(apiserver_args)
        self.outlive, self.audited = outlive, audited
        self.pki = self.folder / "pki"
        self.processes = Processes(self.folder)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    # ---- starting ----

    def start(self):
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            certificates.make_all(self.pki)
            self.ports = dict(zip(("etcd", "etcd_peer", "api", "manager", "scheduler", "kwok"), free_ports(6)))
            self.server = f"https://127.0.0.1:{self.ports['api']}"
            self.make_users()
            (self.folder / "state.json").write_text(json.dumps({"server": self.server, "ports": self.ports}))
            self.start_egress()
            self.start_etcd()
            self.start_apiserver()
            self.start_controllers()
            self.start_nodes()
        except BaseException:
            self.stop()
            raise

    def make_users(self):
        self.tokens = {name: secrets.token_hex(16) for name in USERS}
        lines = [f'{self.tokens[name]},{name},{name},"{",".join(groups)}"\n' for name, groups in USERS.items()]
        self.write_private("tokens.csv", "".join(lines))
        for name, token in self.tokens.items():
            self.write_kubeconfig(self.kubeconfig(name), token)

    def write_private(self, name, text):
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        return path

    def kubeconfig(self, user="admin"):
        return self.folder / f"{user.rpartition(':')[2]}.kubeconfig"

    def write_kubeconfig(self, path, token, namespace="default"):
        """A kubeconfig for whoever has this token, a service account for instance. JSON is YAML."""
        cluster = {"server": self.server, "certificate-authority": str(self.pki / "ca.crt")}
        self.write_private(path.name, json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": cluster}],
            "users": [{"name": "test", "user": {"token": token}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test", "namespace": namespace}}]}))
        return path

    def start_egress(self):
        (self.folder / "routes.json").write_text("{}")
        (self.folder / "egress.json").write_text(json.dumps(egress.configuration(self.folder)))
        self.processes.start("egress", [sys.executable, "-B", HERE / "egress.py", self.folder], self.outlive)

    def start_etcd(self):
        client, peer = (f"http://127.0.0.1:{self.ports[name]}" for name in ("etcd", "etcd_peer"))
        self.processes.start("etcd", [
            BIN / "etcd", "--data-dir", self.folder / "etcd", "--listen-client-urls", client, "--advertise-client-urls",
            client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster",
            f"default={peer}", "--unsafe-no-fsync", "--log-level", "warn"], self.outlive)

    def start_apiserver(self):
        pki = self.pki
        self.processes.start("kube-apiserver", [
            BIN / "kube-apiserver", "--etcd-servers", f"http://127.0.0.1:{self.ports['etcd']}",
            "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1", "--secure-port", self.ports["api"],
            "--endpoint-reconciler-type", "none",  # refuses to publish a loopback address
            "--tls-cert-file", pki / "apiserver.crt", "--tls-private-key-file", pki / "apiserver.key",
            "--client-ca-file", pki / "ca.crt", "--token-auth-file", self.folder / "tokens.csv",
            "--service-account-key-file", pki / "service-accounts.pub",
            "--service-account-signing-key-file", pki / "service-accounts.key",
            "--service-account-issuer", "https://kubernetes.default.svc",
            "--kubelet-client-certificate", pki / "kubelet-client.crt",
            "--kubelet-client-key", pki / "kubelet-client.key", "--kubelet-preferred-address-types", "InternalIP",
            "--authorization-mode", "Node,RBAC", "--enable-admission-plugins", "NodeRestriction",
            "--egress-selector-config-file", self.folder / "egress.json", "--service-cluster-ip-range", "10.96.0.0/16", "--allow-privileged=true",
            "--profiling=false", *(audit.arguments(self.folder) if self.audited else []), *self.apiserver_args], self.outlive)
        self.wait_for("kube-apiserver", lambda: self.raw("/readyz") == b"ok")

    def start_controllers(self):
        pki, common = self.pki, ["--bind-address", "127.0.0.1", "--leader-elect=false", "--profiling=false",
                                 "--kube-api-qps", 300, "--kube-api-burst", 600]
        self.processes.start("kube-controller-manager", [
            BIN / "kube-controller-manager", "--kubeconfig", self.kubeconfig("system:kube-controller-manager"),
            "--service-account-private-key-file", pki / "service-accounts.key", "--root-ca-file", pki / "ca.crt",
            "--use-service-account-credentials", "--secure-port", self.ports["manager"],
            # A busy machine must not make nodes look dead.
            "--node-monitor-grace-period", "5m", *common], self.outlive)
        self.processes.start("kube-scheduler", [
            BIN / "kube-scheduler", "--kubeconfig", self.kubeconfig("system:kube-scheduler"),
            "--secure-port", self.ports["scheduler"], *common], self.outlive)
        self.wait_for("kube-controller-manager", lambda: self.raw("/api/v1/namespaces/default/serviceaccounts/default"))

    def start_nodes(self):
        if self.node_count == 0:
            return
        self.processes.start("kwok", [
            BIN / "kwok", "--kubeconfig", self.kubeconfig(), "--config", HERE / "kwok" / "stages.yaml",
            "--config", HERE / "kwok" / "usage.yaml", "--manage-nodes-with-annotation-selector",
            "kwok.x-k8s.io/node=fake", "--node-lease-duration-seconds", 40, "--node-ip", nodes.FIRST_ADDRESS,
            "--node-port", 10250, "--server-address", f"127.0.0.1:{self.ports['kwok']}", "--tls-cert-file",
            self.pki / "kubelet.crt", "--tls-private-key-file", self.pki / "kubelet.key"], self.outlive)
        self.create(nodes.manifests(self.node_count))
        self.wait_for("kwok", lambda: nodes.all_ready(self.get("nodes"), self.node_count))

    def wait_for(self, name, ready, seconds=READY_S):
        """Until `ready` is true; tells the end of NAME's log where it never is."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            try:
                if ready():
                    return
            except (OSError, subprocess.CalledProcessError):
                pass
            if name not in [entry["name"] for entry in self.processes.alive()]:
                break
            time.sleep(0.1)
        raise NotReady(f"{name} is not ready:\n{self.processes.tail(name)}")

    # ---- using ----

    def raw(self, path, user="admin", method="GET", body=None, content_type="application/json", act_as=None, timeout_s=10):
        """One call of the API; the answer's bytes. Raises urllib.error.HTTPError where it is refused."""
        headers = {"Authorization": f"Bearer {self.tokens[user]}", "Content-Type": content_type}
        if act_as:
            headers["Impersonate-User"] = act_as
        return self.fetch(urllib.request.Request(self.server + path, body and json.dumps(body).encode(), headers,
                                                 method=method), timeout_s)

    def fetch(self, request, timeout_s=10):
        """A request or URL of this machine, past any proxy of the environment; trusts the control plane's authority."""
        trust = ssl.create_default_context(cafile=self.pki / "ca.crt")
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust))
        with direct.open(request, timeout=timeout_s) as answer:
            return answer.read()

    def compact(self):
        """Lets etcd forget all but the newest versions: pages and watches begun before are Gone after the API server's next
        start, until then it serves them from its own memory."""
        def etcd(path, **body):
            url = f"http://127.0.0.1:{self.ports['etcd']}/v3/kv/{path}"
            return json.loads(self.fetch(urllib.request.Request(url, json.dumps(body).encode())))

        revision = etcd("range", key="AA==")["header"]["revision"]  # one zero byte: no such key
        etcd("compaction", revision=revision, physical=True)

    def kubectl(self, *args, user="admin", input=None, check=True):
        """Runs kubectl; its output as text. `check` raises where it fails."""
        done = subprocess.run([BIN / "kubectl", "--kubeconfig", self.kubeconfig(user), *args], input=input, text=True,
                              capture_output=True, env=self.environment())
        if check and done.returncode != 0:
            raise subprocess.CalledProcessError(done.returncode, args, done.stdout, done.stderr)
        return done if not check else done.stdout

    def helm(self, *args, check=True):
        done = subprocess.run([BIN / "helm", *args], text=True, capture_output=True, env=self.environment())
        if check and done.returncode != 0:
            raise subprocess.CalledProcessError(done.returncode, args, done.stdout, done.stderr)
        return done if not check else done.stdout

    def get(self, *args, user="admin"):
        return json.loads(self.kubectl("get", *args, "-o", "json", user=user))

    def apply(self, documents, user="admin", check=True):
        listed = {"apiVersion": "v1", "kind": "List", "items": documents}
        return self.kubectl("apply", "--server-side", "-f", "-", user=user, input=json.dumps(listed), check=check)

    def create(self, documents, user="admin", check=True):
        listed = {"apiVersion": "v1", "kind": "List", "items": documents}
        return self.kubectl("create", "-f", "-", user=user, input=json.dumps(listed), check=check)

    def calls(self, user):
        """{(verb, resource[/subresource], group): status codes} of the user's calls until now; only where audited."""
        return {key[1:]: codes for key, codes in audit.calls(self.folder).items() if key[0] == user}

    def route(self, namespace, service, port, *local_ports):
        """From now on the API server reaches the Service's port at these ports of this machine, its replicas."""
        address = self.get("service", service, "-n", namespace)["spec"]["clusterIP"]
        file = self.folder / "routes.json"
        fresh = self.write_private("routes.new", json.dumps(json.loads(file.read_text()) | {f"{address}:{port}": local_ports}))
        fresh.replace(file)  # it is read at each connection

    def account(self, namespace, name):
        """A kubeconfig with a token of the service account: its holder has exactly that account's rights."""
        token = self.kubectl("create", "token", name, "-n", namespace, "--duration", "8h").strip()
        return self.write_kubeconfig(self.folder / f"{namespace}.{name}.kubeconfig", token, namespace)

    def environment(self):
        """What a command needs to find it: KUBECONFIG, our kubectl and helm first in PATH, a home of its own."""
        return os.environ | {"KUBECONFIG": str(self.kubeconfig()), "PATH": f"{BIN}:{os.environ['PATH']}",
                             "SCALEOPS_CLUSTER": str(self.folder), "HELM_CACHE_HOME": str(self.folder / "helm"),
                             "HELM_CONFIG_HOME": str(self.folder / "helm"), "HELM_DATA_HOME": str(self.folder / "helm"),
                             "KUBECACHEDIR": str(self.folder / "cache")}

    def stop(self):
        self.processes.stop(grace_s=0 if self.temporary else 5)
        if self.temporary:
            shutil.rmtree(self.folder, ignore_errors=True)


def attach(folder):
    """The control plane that another process has started in `folder`; None where none is running."""
    state = Path(folder) / "state.json"
    plane = ControlPlane(folder)
    if not state.exists() or "kube-apiserver" not in [entry["name"] for entry in plane.processes.alive()]:
        return None
    known = json.loads(state.read_text())
    plane.server, plane.ports = known["server"], known["ports"]
    rows = [line.split(",") for line in (plane.folder / "tokens.csv").read_text().splitlines()]
    plane.tokens = {row[1]: row[0] for row in rows}
    return plane
