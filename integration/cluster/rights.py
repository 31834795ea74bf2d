"""What an account of the platform may do, from the roles that are bound to it."""


def of_component(plane, component, namespace="scaleops-system"):
    """{(verb, resource)} of the component's account; the group as a third where it matters."""
    found = set()
    for kind in ("clusterrole", "role"):
        for binding in plane.get(f"{kind}bindings", "-A")["items"]:
            subjects = [(s["kind"], s["name"], s.get("namespace")) for s in binding.get("subjects", [])]
            if ("ServiceAccount", component, namespace) not in subjects:
                continue
            home = ["-n", binding["metadata"]["namespace"]] if kind == "role" else []
            for rule in plane.get(kind, binding["roleRef"]["name"], *home)["rules"]:
                extra = ("metrics.k8s.io",) if rule["apiGroups"] == ["metrics.k8s.io"] else ()
                found |= {(verb, resource, *extra) for verb in rule["verbs"] for resource in rule["resources"]}
    return found
