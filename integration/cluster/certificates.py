"""The control plane's own keys and certificates, by the openssl command. Valid for a day: nothing here lives longer."""

import subprocess


def openssl(folder, *args):
    subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)


def make_key(folder, name):
    openssl(folder, "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", f"{name}.key")


def make_authority(folder, name="ca"):
    make_key(folder, name)
    openssl(folder, "req", "-x509", "-new", "-key", f"{name}.key", "-subj", f"/CN=scaleops-test-{name}", "-days", "1",
            "-out", f"{name}.crt")


def make_certificate(folder, name, subject, extension, authority="ca"):
    make_key(folder, name)
    openssl(folder, "req", "-new", "-key", f"{name}.key", "-subj", subject, "-out", f"{name}.csr")
    (folder / f"{name}.ext").write_text(extension + "\n")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.crt", "-CAkey", f"{authority}.key",
            "-CAcreateserial", "-days", "1", "-extfile", f"{name}.ext", "-out", f"{name}.crt")


def make_all(folder):
    """CA; the API server's certificate; its client certificate for kubelets; the key that signs tokens."""
    folder.mkdir(mode=0o700)
    make_authority(folder)
    make_certificate(folder, "apiserver", "/CN=kube-apiserver",
                     "subjectAltName=IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,"
                     "DNS:kubernetes.default.svc")
    make_certificate(folder, "kubelet", "/CN=kubelet", "subjectAltName=IP:127.0.0.1,DNS:localhost")
    make_certificate(folder, "kubelet-client", "/O=system:masters/CN=kube-apiserver-kubelet-client",
                     "extendedKeyUsage=clientAuth")
    openssl(folder, "genrsa", "-out", "service-accounts.key", "2048")
    openssl(folder, "rsa", "-in", "service-accounts.key", "-pubout", "-out", "service-accounts.pub")
