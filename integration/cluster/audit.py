"""Who asked the API server for what, from its audit log: the rights that somebody has used."""

import json

# Users' and accounts' requests once answered (a watch: once opened), without bodies; the control plane's own are left out.
POLICY = {
    "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
    "rules": [
        {"level": "None", "userGroups": ["system:masters"]},
        {"level": "None", "users": ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler"]},
        {"level": "None", "userGroups": ["system:serviceaccounts:kube-system"]},
        {"level": "Metadata"}]}


def arguments(folder):
    """The API server's options for it."""
    (folder / "audit.json").write_text(json.dumps(POLICY))
    return ["--audit-policy-file", folder / "audit.json", "--audit-log-path", folder / "audit.log"]


def calls(folder):
    """{(user, verb, resource[/subresource], group): the status codes that it was answered with}. Impersonated calls count
    for whom they were made for."""
    found = {}
    log = folder / "audit.log"
    for line in log.read_text().splitlines() if log.exists() else []:
        entry = json.loads(line)
        what = entry.get("objectRef")
        if not what:
            continue
        who = entry.get("impersonatedUser", entry["user"])["username"]
        resource = "/".join(part for part in (what["resource"], what.get("subresource")) if part)
        key = who, entry["verb"], resource, what.get("apiGroup", "")
        found.setdefault(key, set()).add(entry["responseStatus"]["code"])
    return found
