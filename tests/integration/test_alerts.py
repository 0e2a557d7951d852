"""Alerts to real receivers: what is told, and that nothing is lost or told twice whatever a receiver does."""

import pathlib
import ssl
import subprocess
import tempfile
import unittest

import cases
import certificates
import daemon
import judged
import orthanc

try:
    import hl7_listener
except ModuleNotFoundError:
    hl7_listener = None

ALERT = {"name": "RIS", "kind": "hl7", "host": "127.0.0.1", "timeout_s": 2}
PATIENT = "Secretname^Änna|B"


class Alerts(unittest.TestCase):
    """One positive study, judged once with an alert for a receiver that was never there; each test sends it."""

    @classmethod
    def setUpClass(cls):
        if hl7_listener is None:
            cases.skip_loudly("python3-hl7 is not installed: no HL7 message is looked at")
        cls.base = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        cls.judged = judged.Judged(cls.base / "judged", alerts=cls.all_alerts(), change=cls.name_the_patient)

    @classmethod
    def all_alerts(cls):
        nobody = orthanc.free_port()
        return [{**ALERT, "port": nobody, "receiving_application": "RIS&1",
                 "text": "{verdict} at {level}, {volume_ml} ml: {conclusion}"}]

    @staticmethod
    def name_the_patient(image):
        image.SpecificCharacterSet = "ISO_IR 100"
        image.PatientName = PATIENT
        image.PatientID = "ID|1^2"
        image.IssuerOfPatientID = "HOSP"
        image.AccessionNumber = "ACC7"
        image.PatientSex = "F"
        image.PatientBirthDate = "19610203"

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))

    def node(self, port, **alert):
        return self.enterContext(self.judged.node(self.folder / "node", [], alerts=[
            {**self.all_alerts()[0], "port": port, **alert}]))

    def alert_row(self, node):
        return node.rows("SELECT state, attempts, last_error FROM delivery WHERE kind = 'alert'")[0]

    def wait_for_state(self, node, state, attempts=0):
        def there():
            row = self.alert_row(node)
            return row if row["state"] == state and row["attempts"] >= attempts else None
        there.__doc__ = f"alert {state}"
        try:
            return daemon.wait_for(there, 30)
        except AssertionError:
            self.fail(f"{self.alert_row(node)}; the log:\n" + node.log()[-3000:])


class Hl7(Alerts):
    def test_a_positive_study_is_told_with_patient_order_and_findings(self):
        with hl7_listener.Listener() as ris:
            node = self.node(ris.port).start()
            message = ris.next()
            self.wait_for_state(node, "sent")
        self.assertEqual(len(ris.messages), 1)
        told = hl7_listener.parsed(message)
        self.assertEqual(str(told["MSH"][0][9]), "ORU^R01^ORU_R01")
        self.assertEqual([str(told["MSH"][0][n]) for n in (11, 12, 18)], ["P", "2.5.1", "UNICODE UTF-8"])
        self.assertEqual(len(str(told["MSH"][0][10])), 20)
        self.assertEqual(message.split("\r")[0].split("|")[4], "RIS\\T\\1")
        pid = message.split("\r")[1].split("|")
        self.assertEqual(pid[3], "ID\\F\\1\\S\\2^^^HOSP^PI")
        self.assertEqual(pid[5], "Secretname^Änna\\F\\B^^^^^L^A")
        self.assertEqual(pid[7:9], ["19610203", "F"])
        obr = told.segment("OBR")
        self.assertEqual([str(obr[n]) for n in (3, 18, 25)], ["ACC7", "ACC7", "P"])
        found = hl7_listener.observations(message)
        result = self.judged.result["json"]
        self.assertEqual(str(found["113014", ""][5]), self.judged.study_uid)
        self.assertEqual(str(found["18115005", ""][5]), "52101004^Present^SCT")
        self.assertEqual(str(found["18115005", ""][8]), "A")
        self.assertAlmostEqual(float(str(found["118565006", ""][5])), result["totals"]["volume_mm3"], delta=0.1)
        self.assertEqual(str(found["118565006", "1"][6]), "mm3^cubic millimeter^UCUM")
        self.assertEqual(str(found["363698007", "1"][5]), "5329002^C4 vertebra^SCT")
        self.assertTrue(str(found["121077", ""][5]).startswith("positive at C4"), found["121077", ""])
        self.assertEqual({str(obx[11]) for obx in found.values()}, {"P"})
        self.assertNotIn("Secretname", node.log())

    def test_no_answer_in_time_or_a_closed_connection_repeats_the_same_message(self):
        left = [None, "close", None]
        with hl7_listener.Listener(lambda m: left.pop() if left else
                                   hl7_listener.acknowledgement(hl7_listener.control_id_of(m))) as ris:
            node = self.node(ris.port, timeout_s=1).start()
            self.wait_for_state(node, "sent")
        self.assertEqual(len(ris.messages), 4)
        self.assertEqual(len(set(ris.messages)), 1)

    def test_an_error_is_tried_again_and_an_acknowledgement_of_another_message_is_none(self):
        answers = [lambda i: hl7_listener.acknowledgement("other"),
                   lambda i: hl7_listener.acknowledgement(i, "AE", 207), lambda i: "no HL7"]
        with hl7_listener.Listener(lambda m: (answers.pop() if answers else hl7_listener.acknowledgement)(
                hl7_listener.control_id_of(m))) as ris:
            node = self.node(ris.port).start()
            self.assertEqual(self.wait_for_state(node, "sent")["attempts"], 4)
        self.assertEqual(len(ris.messages), 4)
        self.assertIn("it answers AE, HL7 error 207", node.log())
        self.assertNotIn("words of mine", node.log())

    def test_a_rejected_alert_is_parked_and_sent_again_on_command(self):
        with hl7_listener.Listener(lambda m: hl7_listener.acknowledgement(
                hl7_listener.control_id_of(m), "AR")) as ris:
            node = self.node(ris.port).start()
            self.assertIn("AR", self.wait_for_state(node, "parked")["last_error"])
            self.assertEqual(len(ris.messages), 1)
            config = str(node.folder / "calcinode.toml")
            status = subprocess.run([daemon.CALCINODE, "status", "--config", config], check=True, text=True,
                                    capture_output=True).stdout
            self.assertIn("RIS: 1 parked", status)
            ris.answer = lambda m: hl7_listener.acknowledgement(hl7_listener.control_id_of(m), "CA")
            subprocess.run([daemon.CALCINODE, "resend", "--config", config, "--destination", "RIS", "--parked"],
                           check=True, stdout=subprocess.DEVNULL)
            self.wait_for_state(node, "sent")
        self.assertEqual(len(ris.messages), 2)
        self.assertEqual(len(set(ris.messages)), 1)

    def test_a_rejection_that_may_pass_is_tried_again_where_the_configuration_says_so(self):
        left = ["AR", "CR"]
        with hl7_listener.Listener(lambda m: hl7_listener.acknowledgement(
                hl7_listener.control_id_of(m), left.pop() if left else "AA")) as ris:
            node = self.node(ris.port, retry_rejected=True).start()
            self.assertEqual(self.wait_for_state(node, "sent")["attempts"], 3)

    def test_a_receiver_that_is_down_gets_it_when_it_is_back_also_after_a_kill(self):
        port = orthanc.free_port()
        node = self.node(port).start()

        def noticed():
            """receiver known to be away"""
            return node.rows("SELECT 1 FROM destination WHERE name = 'RIS' AND failures >= 1")
        daemon.wait_for(noticed, 20)
        node.kill()
        with hl7_listener.Listener(port=port) as ris:
            node.start()
            self.wait_for_state(node, "sent")
        self.assertEqual(len(ris.messages), 1)

    def test_a_kill_between_message_and_acknowledgement_repeats_the_same_message(self):
        silent = True
        with hl7_listener.Listener(lambda m: None if silent else hl7_listener.acknowledgement(
                hl7_listener.control_id_of(m))) as ris:
            node = self.node(ris.port, timeout_s=30).start()
            first = ris.next()
            node.kill()
            silent = False
            node.start()
            self.wait_for_state(node, "sent")
            self.assertEqual(ris.next(), first)

    def test_by_tls_only_the_receiver_that_shows_the_right_certificate_is_told(self):
        hospital = certificates.Authority(self.folder / "hospital", "Hospital root")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, hospital.issue("ris.hospital")))
        with hl7_listener.Listener(context=context) as ris:
            node = self.node(ris.port, tls=True, trusted=str(hospital.certificate)).start()

            def refused():
                """certificate refused"""
                return node.rows("SELECT trouble FROM destination WHERE name = 'RIS' AND failures >= 1")
            self.assertIn("its certificate is not for 127.0.0.1", daemon.wait_for(refused, 20)[0]["trouble"])
            self.assertEqual(ris.messages, [])
            node.stop()
            node.alerts[0]["certificate_name"] = "ris.hospital"
            node.start()
            self.wait_for_state(node, "sent")
        self.assertEqual(len(ris.messages), 1)


if __name__ == "__main__":
    unittest.main()
