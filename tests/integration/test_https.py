"""Dashboard and API by TLS, with Python's own TLS at the other end: who gets in, who does not, and what is said."""

import http.client
import pathlib
import re
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

import certificates
import daemon

TOKEN = "a-token-of-more-than-16-characters"
HANDSHAKE_BOUND_S = 10  # web/limits.hpp


class Https(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        cls.hospital = certificates.Authority(cls.shared / "hospital", "Hospital root")
        cls.elsewhere = certificates.Authority(cls.shared / "elsewhere", "Other root")
        cls.files = cls.hospital.issue("localhost")

    def node(self, **http_section):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        certificate, key = self.files
        node = self.enterContext(daemon.Daemon(folder / "node", http={
            "certificate": str(certificate), "private_key": str(key), **http_section}))
        return node

    def start(self, **http_section):
        node = self.node(**http_section).start()

        def told():
            """the log tells the port"""
            return re.search(r"metrics at https://127\.0\.0\.1:(\d+)/", node.log())
        self.port = int(daemon.wait_for(told, 20).group(1))
        return node

    def metric(self, name):
        line = next(line for line in self.answer("/metrics")[1].decode().splitlines() if line.startswith(name))
        return float(line.split()[-1])

    def ask(self, path="/api/v1/studies", identity=None, headers=None):
        return self.answer(path, identity, headers)[0]

    def answer(self, path, identity=None, headers=None):
        """The status and the body, over a connection whose certificate is verified."""
        context = ssl.create_default_context(cafile=self.hospital.certificate)
        context.hostname_checks_common_name = True  # the test's certificates have no other name
        if identity:
            context.load_cert_chain(*identity)
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=20, context=context)
        # "localhost" may be ::1 as well
        connection._create_connection = lambda address, *rest: socket.create_connection(("127.0.0.1", address[1]), *rest)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def test_it_is_served_by_tls_and_by_nothing_else(self):
        node = self.start()
        self.assertEqual([self.ask(path) for path in ("/", "/api/v1/studies", "/metrics", "/readyz")], [200] * 4)
        days_left = (self.metric('calcinode_certificate_expiry_seconds{use="http"}') - time.time()) / 86400
        self.assertTrue(9 < days_left <= 10, days_left)
        self.assertRegex(node.log(), r"localhost.pem: the certificate of /CN=localhost expires on .*; get a new one")
        plain = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        plain.request("GET", "/healthz")
        answer = plain.getresponse()
        self.assertEqual(answer.status, 400)
        self.assertIn(b"begins with https", answer.read())
        plain.close()
        daemon.wait_for(lambda: re.search(r"HTTP: 127\.0\.0\.1: no TLS: http request", node.log()), 10)
        old = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-tls1_1"],
                             stdin=subprocess.DEVNULL, capture_output=True, check=False)
        self.assertNotEqual(old.returncode, 0)

    def test_the_health_of_the_node_is_seen_without_it(self):
        node = self.start(client_certificate="required", trusted=str(self.hospital.certificate))
        healthy = [daemon.CALCINODE, "healthcheck", "--config", node.folder / "calcinode.toml"]
        daemon.wait_for(lambda: subprocess.run(healthy, capture_output=True, check=False).returncode == 0, 15)

    def test_a_required_certificate_opens_without_a_token_and_nothing_else_does(self):
        node = self.start(client_certificate="required", trusted=str(self.hospital.certificate))
        self.assertEqual(self.ask(identity=self.hospital.issue("desk")), 200)
        for identity, why in ((None, "peer did not return a certificate"),
                              (self.elsewhere.issue("stranger"), "unable to get local issuer certificate"),
                              (self.hospital.issue("old", days=-1), "certificate has expired")):
            with self.assertRaises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected), msg=why):
                self.ask(identity=identity)
        # The log tells the first, and the metrics count all.
        daemon.wait_for(lambda: "no TLS: peer did not return a certificate" in node.log(), 10)

    def test_the_token_is_asked_for_by_tls_as_well(self):
        (self.shared / "token").write_text(TOKEN + "\n")
        self.start(token_file=str(self.shared / "token"))
        self.assertEqual((self.ask(), self.ask(headers={"Authorization": f"Bearer {TOKEN}"})), (401, 200))

    def test_a_handshake_that_does_not_end_is_ended(self):
        self.start()
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as silent, \
                socket.create_connection(("127.0.0.1", self.port), timeout=30) as slow:
            begun = time.monotonic()
            slow.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")  # the first bytes of a ClientHello
            self.assertEqual(self.ask("/healthz"), 200, "others are served meanwhile")
            self.assertEqual((silent.recv(1), slow.recv(1)), (b"", b""))
            self.assertLess(time.monotonic() - begun, 2 * HANDSHAKE_BOUND_S)

    def test_check_and_serve_say_what_is_wrong_with_the_files(self):
        _, other_key = self.hospital.issue("other")
        for wrong in ({"private_key": str(other_key)}, {"certificate": str(self.shared / "none.pem")}):
            node = self.node(**wrong)
            node.start(wait=False)
            self.assertEqual(node.process.wait(30), 1, node.log())
            self.assertIn(next(iter(wrong.values())), node.log())
            check = subprocess.run([daemon.CALCINODE, "check", "--config", node.folder / "calcinode.toml"],
                                   capture_output=True, text=True, check=False)
            self.assertEqual(check.returncode, 2, check.stdout)
            self.assertIn(next(iter(wrong.values())), check.stdout)


if __name__ == "__main__":
    unittest.main()
