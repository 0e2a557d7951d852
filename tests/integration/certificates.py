"""Certificate authorities, certificates and keys for tests of TLS, made by openssl."""

import pathlib
import subprocess


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Authority:
    """A root that signs certificates, in a folder of its own."""

    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.certificate, self.key = self.folder / "root.pem", self.folder / "root.key"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", self.certificate,
                "-days", 10, "-subj", f"/CN={name}")

    def issue(self, name, days=10, kind="rsa:2048"):
        """(certificate, key) of `name`; with days=-1 it expired yesterday."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        request = self.folder / f"{name}.csr"
        kind = ["rsa:2048"] if kind == "rsa:2048" else ["ec", "-pkeyopt", f"ec_paramgen_curve:{kind}"]
        openssl("req", "-new", "-newkey", *kind, "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial",
                "-out", certificate, "-days", days)
        key.chmod(0o600)
        return certificate, key
