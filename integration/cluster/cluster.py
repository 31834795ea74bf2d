"""The control plane from the command line.

    cluster.py run [--nodes N] [--reuse] [--] COMMAND...   starts one, runs the command with KUBECONFIG and PATH set, tears it
                                                           down; the command's exit code. --reuse: takes the one of
                                                           `start`, where it runs
    cluster.py start [--nodes N]                           one for a person, in build/cluster/up
    cluster.py stop                                        ends that one
    cluster.py route NAMESPACE SERVICE PORT LOCAL_PORT     inside of `run`: from now on the API server reaches the Service
                                                           at that port of this machine
    cluster.py account NAMESPACE NAME                      inside of `run`: prints a kubeconfig of that service account
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys

from control_plane import BIN, SKIP, ControlPlane, NotReady, attach, missing

UP = BIN.parent / "up"


def run(nodes, reuse, command):
    plane = attach(UP) if reuse else None
    if plane:
        return subprocess.run(command, env=plane.environment()).returncode
    with ControlPlane(node_count=nodes) as plane:
        return subprocess.run(command, env=plane.environment()).returncode


def start(nodes):
    plane = attach(UP)
    if plane is None:
        shutil.rmtree(UP, ignore_errors=True)
        plane = ControlPlane(UP, nodes, outlive=True)
        plane.start()
    print(f"""A Kubernetes control plane runs at {plane.server}, its nodes are played by kwok.
    export KUBECONFIG={plane.kubeconfig()}
    export PATH={BIN}:$PATH          # kubectl, helm
Logs stand in {plane.folder}/log. It ends by: make cluster-stop""")
    return 0


def stop():
    plane = attach(UP)
    ControlPlane(UP).stop()
    shutil.rmtree(UP, ignore_errors=True)
    print("stopped" if plane else "none was running")
    return 0


def route(namespace, service, port, local_port):
    plane = attach(os.environ.get("SCALEOPS_CLUSTER", UP))
    if plane is None:
        print("cluster: none is running", file=sys.stderr)
        return 1
    plane.route(namespace, service, port, local_port)
    return 0


def account(namespace, name):
    plane = attach(os.environ.get("SCALEOPS_CLUSTER", UP))
    if plane is None:
        print("cluster: none is running", file=sys.stderr)
        return 1
    print(plane.account(namespace, name))
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("run", "start", "stop", "route", "account"):
        one = verbs.add_parser(verb)
        if verb == "route":
            for name, kind in (("namespace", str), ("service", str), ("port", int), ("local_port", int)):
                one.add_argument(name, type=kind)
        if verb == "account":
            one.add_argument("namespace")
            one.add_argument("name")
        if verb in ("run", "start"):
            one.add_argument("--nodes", type=int, default=3)
        if verb == "run":
            one.add_argument("--reuse", action="store_true")
            one.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    if asked.verb == "run" and asked.command[:1] == ["--"]:
        asked.command = asked.command[1:]
    if asked.verb == "run" and not asked.command:
        parser.error("run needs a command")
    if asked.verb == "stop":
        return stop()
    if asked.verb == "route":
        return route(asked.namespace, asked.service, asked.port, asked.local_port)
    if asked.verb == "account":
        return account(asked.namespace, asked.name)
    if why := missing():
        print(f"cluster: skipped: {why}", file=sys.stderr)
        return SKIP
    # Ended politely, whoever ends us: what was started is torn down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return run(asked.nodes, asked.reuse, asked.command) if asked.verb == "run" else start(asked.nodes)
    except NotReady as problem:
        print(f"cluster: {problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
