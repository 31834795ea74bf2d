"""Grants on the real API server: who writes one writes it in the own name; the dashboards may name the person they act for."""

import json
import unittest

from cluster_test import ROOT, main
from control_plane import ControlPlane

NAMESPACE = "shop"
DASHBOARDS = "--as=system:serviceaccount:scaleops-system:dashboards"
REFUSED = "a grant is given in one's own name"


def recommendation(name, **spec):
    return {"apiVersion": "analysis.scaleops.sh/v1alpha1", "kind": "Recommendation",
            "metadata": {"name": f"deployment-{name}", "namespace": NAMESPACE},
            "spec": {"target": {"kind": "Deployment", "name": name}} | spec}


def namespace_grant(name, who):
    return {"apiVersion": "analysis.scaleops.sh/v1alpha1", "kind": "AutomatedNamespace", "metadata": {"name": name},
            "spec": {"automation": by(who)}}


def by(who, at="2026-01-05T12:00:00Z"):
    return {"grantedBy": who, "grantedAt": at}


class Grants(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(node_count=0)
        cls.plane.start()
        cls.addClassCleanup(cls.plane.stop)
        cls.plane.helm("install", "scaleops", str(ROOT / "helm"), "--namespace", "scaleops-system", "--create-namespace")
        cls.plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        cls.plane.kubectl("create", "namespace", NAMESPACE)
        cls.plane.kubectl("create", "clusterrole", "granter", "--verb=get,list,create,update,patch",
                          "--resource=recommendations.analysis.scaleops.sh,automatednamespaces.analysis.scaleops.sh")
        cls.plane.kubectl("create", "clusterrolebinding", "granter", "--clusterrole=granter", "--user=anna", "--user=bert",
                          "--user=system:anonymous")
        cls.plane.create([recommendation("web"), recommendation("probe")])
        # The policy is in force a moment after it was made.
        cls.plane.wait_for("kube-apiserver", lambda: REFUSED in cls.patch("probe", by("nobody")).stderr, 30)

    @classmethod
    def patch(cls, name, automation, *flags, user="admin", **more):
        wish = json.dumps({"spec": {"automation": automation} | more})
        return cls.plane.kubectl("patch", "rec", f"deployment-{name}", "-n", NAMESPACE, "--type=merge", "-p", wish, *flags,
                                 user=user, check=False)

    def accepted(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)

    def refused(self, done, *words):
        self.assertNotEqual(done.returncode, 0)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_one_grants_in_the_own_name_only(self):
        self.refused(self.patch("web", by("bert"), user="anna"),
                     'spec.automation.grantedBy is "bert", but you are "anna": a grant is given in one\'s own name')
        self.accepted(self.patch("web", by("anna"), user="anna"))

    def test_creating_is_no_way_around(self):
        self.refused(self.plane.create([recommendation("new", automation=by("anna"))], user="bert", check=False), REFUSED)
        self.accepted(self.plane.create([recommendation("new", automation=by("bert"))], user="bert", check=False))

    def test_even_an_administrator_does_not_sign_for_others(self):
        self.refused(self.patch("web", by("anna", "2026-02-01T00:00:00Z")), REFUSED)

    def test_what_another_granted_may_stay_but_not_be_dated_anew(self):
        self.plane.create([recommendation("kept", automation=by("anna"))], user="anna")
        self.accepted(self.patch("kept", by("anna"), user="bert", policy="cost"))
        self.refused(self.patch("kept", by("anna", "2026-03-01T00:00:00Z"), user="bert"), REFUSED)

    def test_anybody_who_may_write_it_may_take_a_grant_back_or_take_it_over(self):
        self.plane.create([recommendation("back", automation=by("anna"))], user="anna")
        self.accepted(self.patch("back", by("bert"), user="bert"))
        self.accepted(self.patch("back", None, user="anna"))
        self.assertNotIn("automation", self.plane.get("rec", "deployment-back", "-n", NAMESPACE)["spec"])

    def test_the_dashboards_name_the_person_they_act_for(self):
        self.accepted(self.patch("probe", by("carla"), DASHBOARDS))

    def test_no_other_account_of_ours_does(self):
        self.plane.kubectl("create", "clusterrolebinding", "too-much", "--clusterrole=granter",
                           "--serviceaccount=scaleops-system:updater", "--serviceaccount=shop:dashboards")
        for account in ("scaleops-system:updater", "shop:dashboards"):
            self.refused(self.patch("web", by("carla"), f"--as=system:serviceaccount:{account}"), REFUSED)

    def test_somebody_unknown_grants_nothing(self):
        self.refused(self.patch("web", by("system:anonymous"), "--as=system:anonymous", "--as-group=system:unauthenticated"),
                     "a grant needs somebody who is known by name")

    def test_a_status_may_be_written_by_who_has_granted_nothing(self):
        self.plane.create([recommendation("status", automation=by("anna"))], user="anna")
        path = f"/apis/analysis.scaleops.sh/v1alpha1/namespaces/{NAMESPACE}/recommendations/deployment-status/status"
        kept = json.loads(self.plane.raw(path, method="PATCH", body={"status": {"policy": "web"}},
                                         content_type="application/merge-patch+json",
                                         act_as="system:serviceaccount:scaleops-system:recommender"))
        self.assertEqual((kept["status"]["policy"], kept["spec"]["automation"]), ("web", by("anna")))

    def test_a_kubeconfig_of_an_account_has_that_accounts_rights(self):
        config = self.plane.account("scaleops-system", "recommender")
        done = self.plane.kubectl("--kubeconfig", str(config), "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}")
        self.assertEqual(done, "system:serviceaccount:scaleops-system:recommender")
        done = self.plane.kubectl("--kubeconfig", str(config), "get", "pods", "-A", check=False)
        self.assertIn("cannot list resource", done.stderr)

    def test_whole_namespaces_are_granted_by_the_same_rule(self):
        self.refused(self.plane.create([namespace_grant("shop", "bert")], user="anna", check=False), REFUSED)
        self.accepted(self.plane.create([namespace_grant("shop", "anna")], user="anna", check=False))


if __name__ == "__main__":
    main()
