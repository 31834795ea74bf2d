"""The nodes that kwok plays: as many as wanted, of 32 cores and 128 GiB, over three zones."""

import ipaddress

# Never dialled: egress.py answers for them. The API server refuses to proxy to a loopback address.
FIRST_ADDRESS = "10.77.0.1"


def address(index):
    return str(ipaddress.ip_address(FIRST_ADDRESS) + index)


def name_at(host):
    """The name of the node at an address; empty for any other host."""
    try:
        index = int(ipaddress.ip_address(host)) - int(ipaddress.ip_address(FIRST_ADDRESS))
    except ValueError:
        return ""
    return f"node-{index}" if 0 <= index < 1 << 16 else ""


def manifest(index, cpu="32", memory="128Gi", pods="500"):
    name = f"node-{index}"
    room = {"cpu": cpu, "memory": memory, "pods": pods}
    return {
        "apiVersion": "v1", "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {"kwok.x-k8s.io/node": "fake", "scaleops.test/address": address(index)},
            "labels": {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                       "topology.kubernetes.io/zone": f"zone-{index % 3}"}},
        "status": {"capacity": room, "allocatable": room}}


def manifests(count):
    return [manifest(index) for index in range(count)]


def all_ready(listed, count):
    """Whether `count` nodes say that they are ready."""
    ready = [node for node in listed["items"]
             if any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"].get("conditions", []))]
    return len(ready) >= count
