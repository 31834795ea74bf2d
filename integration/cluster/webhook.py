"""A webhook of this machine that labels every pod `seen: by-webhook`, after a pause where a test wants one to be slow."""

import base64
import http.server
import json
import ssl
import threading
import time

import certificates


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path.partition("?")[0], review["request"]["namespace"]))
        time.sleep(self.server.pause_s)
        labels = review["request"]["object"]["metadata"].get("labels", {}) | {"seen": "by-webhook"}
        patch = [{"op": "add", "path": "/metadata/labels", "value": labels}]
        body = json.dumps({"apiVersion": review["apiVersion"], "kind": review["kind"], "response": {
            "uid": review["request"]["uid"], "allowed": True, "patchType": "JSONPatch",
            "patch": base64.b64encode(json.dumps(patch).encode()).decode()}}).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # the API server waits no longer

    def log_message(self, *_):
        pass


class Webhook:
    """Serves with a certificate of the plane's authority for `host`; `asked` lists (path, namespace) of each review."""

    def __init__(self, plane, host):
        certificates.make_certificate(plane.pki, host, f"/CN={host}", f"subjectAltName=DNS:{host}")
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(plane.pki / f"{host}.crt", plane.pki / f"{host}.key")
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.server.asked, self.server.pause_s = [], 0
        self.authority = base64.b64encode((plane.pki / "ca.crt").read_bytes()).decode()
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def asked(self):
        return self.server.asked

    def pause(self, seconds):
        self.server.pause_s = seconds

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
