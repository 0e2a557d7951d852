"""Deliveries by TLS to a real Orthanc: nothing leaves the node before the PACS has shown that it is the right one."""

import pathlib
import tempfile
import unittest

import cases
import certificates
import daemon
import judged
import orthanc


class TlsDelivery(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed: nothing is delivered to a real PACS")
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        cls.judged = judged.Judged(folder / "judged")
        cls.hospital = certificates.Authority(folder / "hospital", "Hospital root")
        cls.elsewhere = certificates.Authority(folder / "elsewhere", "Other root")
        cls.ours = cls.hospital.issue("calcinode")
        cls.pacs_files = cls.hospital.issue("pacs.hospital")

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))

    def start(self, pacs_files, certificate_name="pacs.hospital", pacs_by_tls=True):
        certificate, key = map(str, pacs_files)
        tls = {"DicomTlsEnabled": True, "DicomTlsCertificate": certificate, "DicomTlsPrivateKey": key,
               "DicomTlsTrustedCertificates": str(self.hospital.certificate),
               "DicomTlsRemoteCertificateRequired": True} if pacs_by_tls else {}
        self.pacs = self.enterContext(orthanc.Orthanc(self.folder / "pacs", **tls)).start()
        destination = {"name": "PACS", "host": "127.0.0.1", "port": self.pacs.dicom_port, "ae_title": "ORTHANC",
                       "timeout_s": 5, "tls": True}
        if certificate_name:
            destination["certificate_name"] = certificate_name
        certificate, key = map(str, self.ours)
        self.node = self.enterContext(self.judged.node(
            self.folder / "node", [destination],
            tls={"certificate": certificate, "private_key": key, "trusted": str(self.hospital.certificate)}))
        self.node.start()

    def assert_refused(self, words):
        def failed():
            """two failed attempts"""
            rows = self.node.rows("SELECT trouble FROM destination WHERE name = 'PACS' AND failures >= 2")
            return rows and rows[0]["trouble"]
        self.assertIn(words, daemon.wait_for(failed, 60))
        self.assertEqual({row["state"] for row in self.node.rows(
            "SELECT state FROM delivery WHERE destination = 'PACS'")}, {"pending"})
        self.assertEqual(self.pacs.all_instances(), [])

    def assert_delivered(self):
        def all_sent():
            """all sent"""
            rows = self.node.rows("SELECT state FROM delivery WHERE destination = 'PACS'")
            return all(row["state"] == "sent" for row in rows)
        try:
            daemon.wait_for(all_sent, 60)
        except AssertionError:
            self.fail("not delivered; the log:\n" + self.node.log()[-4000:])
        self.assertEqual(len(self.pacs.all_instances()), len(self.judged.objects))

    def test_a_pacs_that_asks_for_our_certificate_gets_it_and_all_objects(self):
        self.start(self.pacs_files)
        self.assert_delivered()

    def test_a_certificate_for_another_name_is_refused(self):
        self.start(self.pacs_files, certificate_name=None)
        self.assert_refused("its certificate is not for 127.0.0.1; if it is the right peer, set certificate_name")

    def test_a_certificate_that_nobody_trusted_signed_is_refused(self):
        self.start(self.elsewhere.issue("pacs.hospital"))
        self.assert_refused("its certificate comes from none of those in tls.trusted")

    def test_an_expired_certificate_is_refused_and_accepted_when_renewed(self):
        self.start(self.hospital.issue("old.hospital", days=-1), certificate_name="old.hospital")
        self.assert_refused("its certificate, or one above it, has expired")
        self.pacs.stop()
        certificate, key = map(str, self.hospital.issue("old.hospital"))
        self.pacs.overrides.update(DicomTlsCertificate=certificate, DicomTlsPrivateKey=key)
        self.pacs.start()
        self.assert_delivered()

    def test_a_pacs_without_tls_gets_nothing(self):
        self.start(self.pacs_files, pacs_by_tls=False)
        self.assert_refused("by TLS")


if __name__ == "__main__":
    unittest.main()
