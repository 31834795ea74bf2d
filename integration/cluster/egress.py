"""Stands between the API server and what it calls inside of a cluster, because on loopback there is no such inside. The API
server's egress selector sends it every connection to a node or to a Service as HTTP CONNECT:

- to a node: it answers as that node's kubelet, whose metrics kwok makes up;
- to a Service with a route (`cluster.py route`): it goes on to a port of this machine, where a test has its webhook, or to
  one of several ports, the replicas;
- everything else is refused.

    egress.py FOLDER        of a control plane; listens on FOLDER/egress.sock
"""

import http.client
import http.server
import json
import random
import socket
import socketserver
import ssl
import sys
import threading
from pathlib import Path

import nodes

METRICS = ("/metrics/resource", "/metrics/cadvisor")


def configuration(folder):
    """The API server's: what goes where."""
    return {"apiVersion": "apiserver.k8s.io/v1beta1", "kind": "EgressSelectorConfiguration", "egressSelections": [
        {"name": "cluster", "connection": {"proxyProtocol": "HTTPConnect",
                                           "transport": {"uds": {"udsName": str(folder / "egress.sock")}}}}]}


class Kubelet(http.server.BaseHTTPRequestHandler):
    """One connection to a node; `node` is its name, `kwok` where kwok serves."""

    protocol_version = "HTTP/1.1"
    node, kwok, trust = "", ("127.0.0.1", 0), None

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path in METRICS:  # kwok has one path a node, with all series
            path = f"/metrics/nodes/{self.node}/metrics/resource"
        upstream = http.client.HTTPSConnection(*self.kwok, timeout=30, context=self.trust)
        try:
            upstream.request("GET", path)
            answer = upstream.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.getheader("Content-Type") or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError as problem:
            self.send_error(502, str(problem))
        finally:
            upstream.close()

    def log_message(self, *_):
        pass


class Tunnel(socketserver.BaseRequestHandler):
    def handle(self):
        target = self.read_target()
        name = nodes.name_at(target.rpartition(":")[0])
        route = json.loads((self.server.folder / "routes.json").read_text()).get(target)
        if name:
            self.answer("200 OK")
            try:
                with self.server.tls.wrap_socket(self.request, server_side=True) as secured:
                    type("Of", (Kubelet,), {"node": name, "kwok": self.server.kwok, "trust": self.server.trust})(
                        secured, (name, 0), self.server)
            except OSError:
                pass  # it has hung up
        elif route:
            self.forward(route)
        else:
            print(f"refused: {target}", flush=True)
            self.answer("503 No Route")

    def read_target(self):
        """The host:port of the CONNECT, byte by byte: what follows belongs to the one behind."""
        head = b""
        while not head.endswith(b"\r\n\r\n") and len(head) < 4096:
            byte = self.request.recv(1)
            if not byte:
                break
            head += byte
        words = head.decode("latin-1").split()
        return words[1] if len(words) > 1 and words[0] == "CONNECT" else ""

    def answer(self, status):
        self.request.sendall(f"HTTP/1.1 {status}\r\n\r\n".encode())

    def forward(self, ports):
        behind, problem = None, ""
        for port in random.sample(ports, len(ports)):
            try:
                behind = socket.create_connection(("127.0.0.1", port), timeout=5)
                break
            except OSError as refused:
                problem = refused
        if not behind:
            return self.answer(f"502 {problem}")
        behind.settimeout(None)
        self.answer("200 OK")
        back = threading.Thread(target=copy, args=(behind, self.request), daemon=True)
        back.start()
        copy(self.request, behind)
        back.join()
        behind.close()


def copy(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, folder):
        self.folder = folder
        self.kwok = "127.0.0.1", json.loads((folder / "state.json").read_text())["ports"]["kwok"]
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(folder / "pki" / "kubelet.crt", folder / "pki" / "kubelet.key")
        self.trust = ssl.create_default_context(cafile=folder / "pki" / "ca.crt")
        (folder / "egress.sock").unlink(missing_ok=True)
        super().__init__(str(folder / "egress.sock"), Tunnel)


if __name__ == "__main__":
    with Server(Path(sys.argv[1])) as server:
        server.serve_forever()
