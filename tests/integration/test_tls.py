"""DICOM over TLS, with DCMTK's own sender at the other end: who gets in, who does not, and what the log says of it."""

import pathlib
import re
import socket
import ssl
import subprocess
import tempfile
import unittest

import cases
import certificates
import daemon
import orthanc


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        cls.hospital = certificates.Authority(cls.shared / "hospital", "Hospital root")
        cls.elsewhere = certificates.Authority(cls.shared / "elsewhere", "Other root")
        cls.node_files = cls.hospital.issue("calcinode")
        cls.scanner = cls.hospital.issue("ct1")
        cls.stranger = cls.elsewhere.issue("stranger")
        cls.slices = cases.phantom(cls.shared / "phantom")[:3]

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))

    def tls(self, **more):
        certificate, key = self.node_files
        return {"port": orthanc.free_port(), "certificate": str(certificate), "private_key": str(key),
                "trusted": str(self.hospital.certificate), **more}

    def node(self, receive=None, **tls):
        node = self.enterContext(daemon.Daemon(self.folder / "node", tls=self.tls(**tls), receive=receive or {},
                                               study={"quiet_s": 3600})).start()
        self.tls_port = node.sections["tls"]["port"]
        return node

    def send(self, *options, root=None, files=None):
        return cases.store(self.tls_port, files or self.slices, *options, "+cf",
                           str(root or self.hospital.certificate))

    @staticmethod
    def shows(identity):
        certificate, key = identity
        return ["+tls", str(key), str(certificate)]

    def stored(self, node):
        return node.rows("SELECT count(*) AS n FROM instance")[0]["n"]

    def assert_refused(self, node, sent, reason):
        self.assertNotEqual(sent[0], 0, sent[1])
        self.assertEqual(self.stored(node), 0)
        daemon.wait_for(lambda: re.search(reason, node.log()), 10)

    def test_images_come_through_tls_as_they_come_without(self):
        node = self.node()
        code, output = self.send("+tla")
        self.assertEqual(code, 0, output)
        self.assertEqual(self.stored(node), len(self.slices))
        daemon.wait_for(lambda: re.search(r"TEST at 127.0.0.1 \(TLSv1\.[23]\) released: 3 stored", node.log()), 10)
        self.assertEqual(cases.store(node.port, self.slices)[0], 0)  # the plain port is open beside it
        daemon.wait_for(lambda: "TEST at 127.0.0.1 released: 0 stored, 3 duplicates" in node.log(), 10)

    def test_every_profile_that_dcmtk_has_for_today_is_served_and_the_retired_ones_are_not(self):
        node = self.node()
        for profile in ("--profile-bcp195-nd", "--profile-bcp195", "--profile-bcp195-ex"):
            with self.subTest(profile=profile):
                self.assertEqual(self.send("+tla", profile)[0], 0)
        self.assertEqual(self.stored(node), len(self.slices))
        self.assertNotEqual(self.send("+tla", "--profile-null")[0], 0)

    def s_client(self, *options):
        """Exit code of a handshake that offers all that openssl has."""
        return subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.tls_port}", *options],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=30).returncode

    def test_ciphers_without_forward_secrecy_or_authenticated_encryption_are_refused(self):
        self.node()
        for cipher in ("AES128-SHA", "AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA"):
            with self.subTest(cipher=cipher):
                self.assertNotEqual(self.s_client("-tls1_2", "-cipher", cipher + ":@SECLEVEL=0"), 0)
        self.assertEqual(self.s_client("-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"), 0)

    def test_versions_before_1_2_are_refused_and_1_3_is_spoken(self):
        self.node()
        context = ssl.create_default_context(cafile=self.hospital.certificate)
        context.check_hostname = False
        with socket.create_connection(("127.0.0.1", self.tls_port), timeout=10) as plain, \
                context.wrap_socket(plain) as secured:
            self.assertEqual(secured.version(), "TLSv1.3")
        for version in ("-tls1", "-tls1_1"):
            with self.subTest(version=version):
                self.assertNotEqual(self.s_client(version, "-cipher", "ALL:@SECLEVEL=0"), 0)
        self.assertEqual(self.s_client("-tls1_2", "-cipher", "ALL:@SECLEVEL=0"), 0)

    def test_a_sender_that_does_not_trust_our_root_sends_nothing(self):
        node = self.node()
        self.assert_refused(node, self.send("+tla", root=self.elsewhere.certificate), "no TLS: .*unknown ca")

    def test_a_required_certificate_lets_only_those_in_that_show_a_trusted_one(self):
        node = self.node(client_certificate="required")
        self.assert_refused(node, self.send("+tla"), "no TLS: it shows no certificate")
        self.assert_refused(node, self.send(*self.shows(self.stranger)), "no TLS: unable to get local issuer")
        expired = self.hospital.issue("expired", days=-1)
        self.assert_refused(node, self.send(*self.shows(expired)), "no TLS: certificate has expired")
        code, output = self.send(*self.shows(self.scanner))
        self.assertEqual(code, 0, output)
        self.assertEqual(self.stored(node), len(self.slices))
        daemon.wait_for(lambda: "certificate of /CN=ct1" in node.log(), 10)

    def test_an_optional_certificate_need_not_be_shown_but_must_be_trusted(self):
        node = self.node(client_certificate="optional")
        self.assert_refused(node, self.send(*self.shows(self.stranger)), "no TLS: unable to get local issuer")
        self.assertEqual(self.send("+tla")[0], 0)
        self.assertEqual(self.send(*self.shows(self.scanner))[0], 0)
        self.assertEqual(self.stored(node), len(self.slices))

    def test_a_node_with_an_elliptic_curve_certificate_serves_too(self):
        certificate, key = self.hospital.issue("curve", kind="P-256")
        node = self.node(certificate=str(certificate), private_key=str(key))
        self.assertEqual(self.send("+tla")[0], 0)
        self.assertEqual(self.stored(node), len(self.slices))

    def test_each_kind_of_peer_at_the_other_kinds_port_is_closed_and_told_apart(self):
        node = self.node()
        self.assert_refused(node, cases.store(self.tls_port, self.slices), "no TLS: it does not speak TLS")
        self.tls_port, tls_port = node.port, self.tls_port
        self.assert_refused(node, self.send("+tla"), "TLS has a port of its own")
        self.tls_port = tls_port
        self.assertEqual(self.send("+tla")[0], 0)

    def test_the_plain_port_can_be_closed(self):
        certificate, key = self.node_files
        closed = orthanc.free_port()
        node = self.enterContext(daemon.Daemon(self.folder / "node", tls=self.tls(), receive={"plain": False},
                                               node={"port": closed}))
        node.start(wait=False)
        self.tls_port = node.sections["tls"]["port"]
        daemon.wait_for(lambda: "listening with TLS" in node.log(), 20)
        self.assertEqual(self.send("+tla")[0], 0)
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", closed), timeout=5)

    def test_peers_that_are_slow_with_their_handshake_delay_nobody(self):
        node = self.node(receive={"acse_timeout_s": 2})
        silent = [self.enterContext(socket.create_connection(("127.0.0.1", self.tls_port))) for _ in range(20)]
        for peer in silent[:10]:
            peer.sendall(b"\x16\x03\x01\x02\x00\x01")  # the beginning of a client's hello
        self.assertEqual(self.send("+tla")[0], 0)
        self.assertEqual(self.stored(node), len(self.slices))
        daemon.wait_for(lambda: "no TLS: the TLS handshake did not end" in node.log(), 10)
        silent[0].settimeout(10)
        self.assertEqual(silent[0].recv(1), b"")


class Check(unittest.TestCase):
    """What `calcinode check`, and a start, say of files that are wrong."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        self.root = certificates.Authority(self.folder / "root", "Hospital root")
        self.certificate, self.key = self.root.issue("calcinode", days=365)

    def check(self, certificate=None, key=None, trusted=None):
        """Exit code and output."""
        tls = {"port": orthanc.free_port(), "certificate": str(certificate or self.certificate),
               "private_key": str(key or self.key), "trusted": str(trusted or self.root.certificate),
               "client_certificate": "required"}
        self.node = daemon.Daemon(self.folder / "node", tls=tls)
        self.node.folder.mkdir(exist_ok=True)
        file = self.folder / "node.toml"
        file.write_text(daemon.to_toml(self.node.sections))
        done = subprocess.run([daemon.CALCINODE, "check", "--config", str(file)], capture_output=True, text=True)
        return done.returncode, done.stdout

    def assert_unusable(self, what, **files):
        code, output = self.check(**files)
        self.assertEqual(code, 2, output)
        self.assertIn(what, output)
        with self.node as node:  # a start says the same, and is none
            node.start(wait=False)
            self.assertEqual(node.process.wait(20), 1)
            self.assertIn(what, node.log())

    def write(self, name, content):
        file = self.folder / name
        file.write_text(content)
        file.chmod(0o600)
        return file

    def test_good_files_are_fine(self):
        code, output = self.check(trusted=self.certificate)  # its own root has ten days left
        self.assertEqual(code, 0, output)
        self.assertNotIn("Beware", output)
        self.assertIn("with TLS", output)
        self.assertRegex(output, r"tls: .*: the certificate of /CN=\S+ is valid until \d{4}-\d\d-\d\d \d\d:\d\d UTC\.")
        self.assertRegex(output, r"tls_trusted: .* is valid until ")

    def test_files_that_cannot_be_used_are_named_with_the_reason(self):
        other = self.root.issue("other")
        locked = self.folder / "locked.key"
        certificates.openssl("rsa", "-in", self.key, "-aes128", "-passout", "pass:secret", "-out", locked)
        self.assert_unusable("/none.pem", certificate="/none.pem")
        self.assert_unusable("is not the key of the certificate", key=other[1])
        self.assert_unusable("needs a passphrase", key=locked)
        self.assert_unusable("holds no private key", key=self.certificate)
        self.assert_unusable("holds no certificate", certificate=self.key)
        self.assert_unusable("holds no certificate", trusted=self.write("empty.pem", ""))

    def test_dates_and_readable_keys_are_warned_of(self):
        expired = self.root.issue("expired", days=-1)
        code, output = self.check(certificate=expired[0], key=expired[1])
        self.assertEqual(code, 0, output)
        self.assertRegex(output, r"Beware: .*expired.pem: the certificate of /CN=expired expired on \d{4}-")
        ending = self.root.issue("ending", days=5)
        ending[1].chmod(0o644)
        output = self.check(certificate=ending[0], key=ending[1])[1]
        self.assertRegex(output, r"Beware: .*ending.pem: .* expires on .*; get a new one")
        self.assertRegex(output, r"Beware: .*ending.key: everybody on this machine may read")


if __name__ == "__main__":
    unittest.main()
