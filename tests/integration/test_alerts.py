"""Alerts to real receivers: what is told, and that nothing is lost or told twice whatever a receiver does; and the
audit trail of it all."""

import json
import os
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
import syslog_listener
import webhook_listener

try:
    import hl7_listener
except ModuleNotFoundError:
    hl7_listener = None

SOURCE = pathlib.Path(os.environ.get("CALCINODE_SOURCE", pathlib.Path(__file__).parents[2]))
PATIENT = "Secretname^Änna|B"
SECRET = b"correct horse"
JUDGED = None  # the one study of all tests
BASE = None


def name_the_patient(image):
    image.SpecificCharacterSet = "ISO_IR 100"
    image.PatientName = PATIENT
    image.PatientID = "ID|1^2"
    image.IssuerOfPatientID = "HOSP"
    image.AccessionNumber = "ACC7"
    image.PatientSex = "F"
    image.PatientBirthDate = "19610203"


def all_alerts():
    nobody = f"http://127.0.0.1:{orthanc.free_port()}/"
    return [{"name": "RIS", "kind": "hl7", "host": "127.0.0.1", "port": orthanc.free_port(), "timeout_s": 2,
             "receiving_application": "RIS&1", "text": "{verdict} at {level}, {volume_ml} ml: {conclusion}"},
            {"name": "HOOK", "kind": "webhook", "url": nobody, "secret_file": str(BASE / "secret"), "timeout_s": 2},
            {"name": "FHIR", "kind": "webhook", "url": nobody, "format": "fhir", "token_file": str(BASE / "token"),
             "timeout_s": 2, "with_patient": True},
            {"name": "NEVER", "kind": "webhook", "url": nobody, "secret_file": str(BASE / "secret"),
             "when": ["negative"]}]


def setUpModule():
    """One positive study, judged with alerts for receivers that were never there; each test sends one of them."""
    global BASE, JUDGED
    if hl7_listener is None:
        cases.skip_loudly("python3-hl7 is not installed: no HL7 message is looked at")
    folder = tempfile.TemporaryDirectory(prefix="calcinode-")
    unittest.addModuleCleanup(folder.cleanup)
    BASE = pathlib.Path(folder.name)
    (BASE / "secret").write_bytes(SECRET + b"\n")
    (BASE / "token").write_text("t0ken")
    JUDGED = judged.Judged(BASE / "judged", alerts=all_alerts(), change=name_the_patient)


class Alerts(unittest.TestCase):
    name = None  # of the alert that is sent

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))

    def node(self, port, **changes):
        alert = next(alert for alert in all_alerts() if alert["name"] == self.name)
        alert |= {"port": port} if alert["kind"] == "hl7" else {"url": f"http://127.0.0.1:{port}/hook?a=b"}
        return self.enterContext(JUDGED.node(self.folder / "node", [], alerts=[alert | changes]))

    def alert_row(self, node):
        return node.rows("SELECT state, attempts, last_error FROM delivery WHERE kind = 'alert' AND destination = ?",
                         self.name)[0]

    def wait_for_trouble(self, node):
        def noticed():
            """receiver known to be away"""
            return node.rows("SELECT trouble FROM destination WHERE name = ? AND failures >= 1", self.name)
        return daemon.wait_for(noticed, 20)[0]["trouble"]

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
    name = "RIS"

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
        result = JUDGED.result["json"]
        self.assertEqual(str(found["113014", ""][5]), JUDGED.study_uid)
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
        self.wait_for_trouble(node)
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
            self.assertIn("its certificate is not for 127.0.0.1", self.wait_for_trouble(node))
            self.assertEqual(ris.messages, [])
            node.stop()
            node.alerts[0]["certificate_name"] = "ris.hospital"
            node.start()
            self.wait_for_state(node, "sent")
        self.assertEqual(len(ris.messages), 1)


class Webhook(Alerts):
    name = "HOOK"

    def test_a_study_is_told_once_signed_and_without_the_patient(self):
        with webhook_listener.Listener() as hook:
            node = self.node(hook.port).start()
            self.wait_for_state(node, "sent")
        path, headers, body = hook.requests[0]
        self.assertEqual(len(hook.requests), 1)
        self.assertEqual(path, "/hook?a=b")
        self.assertTrue(webhook_listener.is_signed(headers, body, SECRET))
        self.assertFalse(webhook_listener.is_signed(headers, body + b" ", SECRET))
        told = json.loads(body)
        schema = json.loads((SOURCE / "src/notify/alert.schema.json").read_text())
        self.assertEqual(set(told) - set(schema["properties"]), set())
        self.assertEqual(set(schema["required"]) - set(told), set())
        self.assertEqual(headers["Calcinode-Alert"], told["id"])
        self.assertEqual(told["study"], {"uid": JUDGED.study_uid, "accession": "ACC7"})
        result = JUDGED.result["json"]
        self.assertEqual([told["verdict"], told["severity"]], [result["verdict"], result["severity"]])
        self.assertEqual(told["deposits"][0]["level"], "C4")
        self.assertNotIn(b"Secretname", body)

    def test_trouble_of_the_server_repeats_the_same_body_under_the_same_identifier(self):
        with webhook_listener.Listener([503, "close", 429]) as hook:
            node = self.node(hook.port).start()
            self.wait_for_state(node, "sent")
        self.assertEqual(len(hook.requests), 4)
        self.assertEqual(len({body for _, _, body in hook.requests}), 1)
        self.assertEqual(len({headers["Calcinode-Alert"] for _, headers, _ in hook.requests}), 1)
        for _, headers, body in hook.requests:
            self.assertTrue(webhook_listener.is_signed(headers, body, SECRET))

    def test_a_refusal_is_parked_and_so_is_a_redirection(self):
        for status in (404, 302):
            with self.subTest(status=status), webhook_listener.Listener([status]) as hook:
                self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
                node = self.node(hook.port).start()
                self.assertIn(str(status), self.wait_for_state(node, "parked")["last_error"])
                self.assertEqual(len(hook.requests), 1)
                node.kill()

    def test_a_kill_before_the_answer_repeats_the_same_alert_and_afterwards_nothing(self):
        with webhook_listener.Listener([None]) as hook:
            node = self.node(hook.port, timeout_s=30).start()
            first = hook.came.get(timeout=20)
            node.kill()
            node.start()
            self.wait_for_state(node, "sent")
            self.assertEqual(hook.came.get(timeout=20), first)
            node.kill()
            node.start()
            self.assertEqual(node.stop(), 0)
        self.assertEqual(len(hook.requests), 2)

    def test_by_https_only_a_server_with_the_right_certificate_is_told(self):
        hospital = certificates.Authority(self.folder / "hospital", "Hospital root")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, hospital.issue("hook.hospital")))
        with webhook_listener.Listener(context=context) as hook:
            node = self.node(hook.port, url=f"https://localhost:{hook.port}/", trusted=str(hospital.certificate))
            node.start()
            self.assertIn("its certificate is not for localhost", self.wait_for_trouble(node))
            self.assertEqual(hook.requests, [])
            node.stop()
            node.alerts[0]["certificate_name"] = "hook.hospital"
            node.start()
            self.wait_for_state(node, "sent")
        self.assertEqual(len(hook.requests), 1)

    def test_a_secret_that_cannot_be_read_is_named_by_check(self):
        node = self.node(1, secret_file="/no/such/secret")
        config = self.folder / "check.toml"
        config.write_text(daemon.to_toml(node.sections, alerts=node.alerts))
        said = subprocess.run([daemon.CALCINODE, "check", "--config", str(config)], check=False, text=True,
                              capture_output=True)
        self.assertEqual(said.returncode, 2)
        self.assertIn("/no/such/secret", said.stdout)


class Fhir(Alerts):
    name = "FHIR"

    def test_a_diagnostic_report_comes_with_its_observations_once(self):
        with webhook_listener.Listener([201]) as server:
            node = self.node(server.port).start()
            self.wait_for_state(node, "sent")
        _, headers, body = server.requests[0]
        self.assertEqual(headers["Content-Type"], "application/fhir+json")
        self.assertEqual(headers["Authorization"], "Bearer t0ken")
        report = json.loads(body)
        self.assertEqual([report["resourceType"], report["status"]], ["DiagnosticReport", "preliminary"])
        self.assertIn(report["identifier"][0]["value"], headers["If-None-Exist"])
        self.assertEqual([entry["reference"] for entry in report["result"]],
                         ["#" + one["id"] for one in report["contained"]])
        for one in report["contained"]:
            self.assertEqual([one["resourceType"], one["status"]], ["Observation", "preliminary"])
            self.assertTrue(one["code"]["coding"][0]["system"].startswith(("http://", "urn:")))
        self.assertEqual(report["subject"]["identifier"]["value"], "ID|1^2")
        self.assertEqual(report["basedOn"][0]["identifier"]["value"], "ACC7")
        self.assertEqual(report["imagingStudy"][0]["identifier"]["value"], "urn:oid:" + JUDGED.study_uid)


class Audit(Alerts):
    """The audit trail of a node that starts, takes images in, lets strangers not in, tells a result, and stops."""

    name = "HOOK"

    def run_node(self, syslog, **audit):
        with webhook_listener.Listener() as hook:
            node = self.node(hook.port)
            node.sections["audit"] = {"host": "127.0.0.1", "port": syslog.port, "source_id": "NODE1", **audit}
            node.sections["receive"]["allowed_callers"] = ["TEST"]
            node.start()
            self.wait_for_state(node, "sent")
            files = cases.phantom(self.folder / "phantom", "--seed", "7")[:3]
            self.assertEqual(cases.store(node.port, files)[0], 0)
            self.assertNotEqual(cases.store(node.port, files[:1], calling="STRANGER")[0], 0)
            self.assertEqual(node.stop(), 0)
        return cases.study_uid(files[0])

    def assert_trail(self, syslog, study_uid):
        messages = [syslog.next() for _ in range(5)]
        self.assertEqual([message.event for message in messages],
                         ["110100", "110104", "110104", "110113", "110100"])
        started, told, received, stranger, stopped = messages
        self.assertEqual([started.type, stopped.type, stranger.type], [["110120"], ["110121"], ["110126"]])
        self.assertEqual([started.outcome, stranger.outcome], ["0", "4"])
        self.assertEqual([role[0][0] for role in told.roles], ["110153", "110152"])
        self.assertEqual([role[0][0] for role in received.roles], ["110153", "110152"])
        self.assertEqual(told.objects["110180"].get("ParticipantObjectID"), JUDGED.study_uid)
        self.assertEqual(told.objects["2"].get("ParticipantObjectID"), "ID|1^2")
        self.assertEqual(received.objects["110180"].get("ParticipantObjectID"), study_uid)
        self.assertEqual(received.objects["110180"].find("SOPClass").get("NumberOfInstances"), "3")
        self.assertEqual(received.participants[0].get("AlternativeUserID"), "AETITLES=TEST")
        self.assertEqual(stranger.participants[1].get("NetworkAccessPointID"), "127.0.0.1")
        self.assertEqual(started.root.find("AuditSourceIdentification").get("AuditSourceID"), "NODE1")

    def test_by_udp(self):
        with syslog_listener.Listener() as syslog:
            self.assert_trail(syslog, self.run_node(syslog))

    def test_by_tls(self):
        hospital = certificates.Authority(self.folder / "hospital", "Hospital root")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, hospital.issue("log.hospital")))
        with syslog_listener.Listener("tcp", context) as syslog, webhook_listener.Listener() as hook:
            node = self.node(hook.port)
            node.sections["tls"] = {"trusted": str(hospital.certificate)}
            node.sections["audit"] = {"host": "127.0.0.1", "port": syslog.port, "transport": "tls",
                                      "certificate_name": "log.hospital"}
            node.start()
            self.assertEqual(syslog.next().type, ["110120"])
            self.assertEqual(node.stop(), 0)

    def test_a_server_that_is_away_holds_up_nothing_and_gets_all_when_it_is_back(self):
        port = orthanc.free_port()
        with webhook_listener.Listener() as hook:
            node = self.node(hook.port)
            node.sections["audit"] = {"host": "127.0.0.1", "port": port, "transport": "tcp"}
            node.start()
            self.wait_for_state(node, "sent")
            with syslog_listener.Listener("tcp", port=port) as syslog:
                self.assertEqual([syslog.next().event for _ in range(2)], ["110100", "110104"])
                self.assertEqual(node.stop(), 0)


class Withdrawn(Alerts):
    """A positive study is judged again, and is positive no more: by thresholds that nothing can meet."""

    name = "HOOK"

    def judge_again(self, node):
        self.assertEqual(node.stop(), 0)
        node.sections["verdict"] = {"positive_confidence": 1.0, "indeterminate_confidence": 1.0}
        node.start()
        subprocess.run([daemon.CALCINODE, "reanalyze", "--config", str(node.folder / "calcinode.toml"), "--study",
                        JUDGED.study_uid], check=True, stdout=subprocess.DEVNULL)

        def judged_again():
            """a second result"""
            return node.rows("SELECT 1 FROM result WHERE revision = 2")
        daemon.wait_for(judged_again, 240)

    def test_who_was_told_of_a_positive_study_is_told_that_it_is_none_whatever_when_says(self):
        with webhook_listener.Listener() as hook:
            node = self.node(hook.port, when=["positive"]).start()
            self.wait_for_state(node, "sent")
            self.judge_again(node)
            first, second = (json.loads(hook.came.get(timeout=30)) for _ in range(2))
        self.assertEqual([first["verdict"], first["revision"], first["corrects"]], ["positive", 1, False])
        self.assertNotEqual(second["verdict"], "positive")
        self.assertEqual([second["revision"], second["corrects"]], [2, True])

    def test_a_receiver_that_is_away_meanwhile_hears_of_the_newest_revision_only(self):
        port = orthanc.free_port()
        node = self.node(port, when=["positive"]).start()
        self.wait_for_trouble(node)
        self.judge_again(node)
        rows = node.rows("SELECT last_error, given_up FROM delivery WHERE kind = 'alert' AND destination = 'HOOK' "
                         "ORDER BY id")
        self.assertEqual(rows[0]["last_error"], "superseded by revision 2")
        self.assertTrue(rows[0]["given_up"])
        self.assertIsNone(rows[1]["given_up"])
        with webhook_listener.Listener(port=port) as hook:
            told = json.loads(hook.came.get(timeout=60))
            node.stop()
            self.assertEqual(len(hook.requests), 1)
        self.assertEqual([told["revision"], told["corrects"]], [2, True])


class When(unittest.TestCase):
    def test_a_verdict_that_is_not_asked_for_is_not_told(self):
        with JUDGED.node(BASE / "when", []) as node:
            told = node.rows("SELECT destination FROM delivery WHERE kind = 'alert' ORDER BY destination")
        self.assertEqual([row["destination"] for row in told], ["FHIR", "HOOK", "RIS"])


if __name__ == "__main__":
    unittest.main()
