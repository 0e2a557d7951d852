"""status, resend, discard and reanalyze: what an administrator sees and does beside a daemon, or without one."""

import contextlib
import json
import pathlib
import subprocess
import tempfile
import unittest

import pydicom

import cases
import daemon
import orthanc

NOBODY = "1.2.826.0.1.3680043.10.999.404"
# A PACS that takes reports and nothing else.
REPORTS_ONLY = r"""
[[TransferSyntaxes]]
[Explicit]
TransferSyntax1 = LittleEndianExplicit
[[PresentationContexts]]
[Reports]
PresentationContext1 = EnhancedSRStorage\Explicit
[[Profiles]]
[ReportsOnly]
PresentationContexts = Reports
"""


class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed: nothing is delivered to a real PACS")

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        self.pacs = self.enterContext(orthanc.Orthanc(self.folder / "pacs"))
        self.node = self.enterContext(daemon.Daemon(self.folder / "node", destinations=[
            {"name": "PACS", "host": "127.0.0.1", "port": self.pacs.dicom_port, "ae_title": "ORTHANC"}]))

    def run_command(self, *words, code=0):
        """What the command says on both outputs."""
        done = subprocess.run([daemon.CALCINODE, words[0], "--config", self.folder / "node/calcinode.toml", *words[1:]],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def status(self, *words):
        return json.loads(self.run_command("status", "--json", *words))

    def deliveries(self):
        return {state: group["count"] for state, group in
                self.status()["destinations"]["PACS"]["deliveries"].items()}

    def wait_for_delivery(self, count, message="delivered"):
        def all_sent():
            return self.deliveries() == {"sent": count}
        all_sent.__doc__ = message
        daemon.wait_for(all_sent, 60)

    def judge(self):
        files = cases.phantom(self.folder / "phantom", "--deposit", "C4:facet_left:4:700", "--patient-name",
                              "Secretname^Nobody")
        self.sent = files
        self.assertEqual(cases.store(self.node.port, files)[0], 0)
        study_uid = cases.study_uid(files[0])
        self.assertEqual(self.node.wait_for_judgement(study_uid)["state"], "analysed")
        return study_uid

    @contextlib.contextmanager
    def pacs_for_reports_only(self):
        profile = self.folder / "profile.cfg"
        profile.write_text(REPORTS_ONLY)
        (self.folder / "received").mkdir()
        scp = subprocess.Popen(["storescp", "-xf", str(profile), "ReportsOnly", "-od", str(self.folder / "received"),
                                str(self.pacs.dicom_port)])
        try:
            yield
        finally:
            scp.terminate()
            scp.wait(10)

    def park_all_but_the_report(self):
        self.node.start()
        with self.pacs_for_reports_only():
            study_uid = self.judge()
            states = self.node.wait_for_deliveries(study_uid)
        self.assertEqual(sorted(states.values()), ["parked", "parked", "parked", "sent"])
        return study_uid

    def test_what_was_parked_is_shown_with_its_cause_and_sent_again_on_command(self):
        study_uid = self.park_all_but_the_report()
        words = self.run_command("status")
        self.assertIn("PACS: 3 parked, 1 sent", words)
        self.assertIn("does not accept SOP class", words)
        self.assertIn("calcinode resend --config", words)
        self.assertIn("calcinode discard --config", words)
        self.assertIn("daemon: running", words)
        self.assertNotIn("Secretname", words + self.run_command("status", "--study", study_uid))

        self.pacs.start(self.node.port)
        self.assertIn("3 objects will be sent again", self.run_command("resend", "--parked"))
        self.wait_for_delivery(4)
        self.assertEqual(len(self.pacs.all_instances()), 3)
        self.assertIn("no such parked object", self.run_command("resend", "--parked", code=4))

    def test_what_a_pacs_will_never_take_is_given_up_and_brought_back_on_command(self):
        study_uid = self.park_all_but_the_report()
        self.assertIn("say which", self.run_command("discard", code=2))
        self.assertIn("nothing of that is parked", self.run_command("discard", "--study", NOBODY, code=4))
        self.assertIn("PACS: 3 objects given up.", self.run_command("discard", "--destination", "PACS"))
        self.assertEqual(self.deliveries(), {"sent": 1, "given_up": 3})
        self.assertIn("PACS: 3 given up, 1 sent", self.run_command("status"))
        self.assertIn("nothing of that is parked", self.run_command("discard", "--destination", "PACS", code=4))

        self.pacs.start(self.node.port)
        self.assertIn("no such parked object", self.run_command("resend", "--parked", code=4))
        self.assertIn("3 objects will be sent again", self.run_command("resend", "--parked", "--study", study_uid))
        self.wait_for_delivery(4)

    def test_what_waits_for_a_destination_that_is_not_configured_any_more_is_given_up(self):
        self.node.start()
        study_uid = self.judge()
        self.assertIn("nothing of that is parked", self.run_command("discard", "--destination", "PACS", code=4))
        self.assertEqual(self.node.stop(), 0)
        self.node.destinations[0]["name"] = "ARCHIVE"
        self.node.start()
        self.assertIn("not in the configuration: what waits for it stays", self.run_command("status"))
        self.assertIn("PACS: 4 objects given up; it is not in the configuration",
                      self.run_command("discard", "--destination", "PACS"))
        self.assertEqual(self.deliveries(), {"given_up": 4})
        self.assertEqual(set(self.node.wait_for_deliveries(study_uid).values()), {"parked"})

    def test_delivered_and_analysed_again_a_study_is_the_same_and_the_pacs_has_it_once(self):
        self.node.start()
        self.pacs.start(self.node.port)
        study_uid = self.judge()
        objects = self.node.wait_for_deliveries(study_uid)
        self.wait_for_delivery(len(objects))

        self.assertIn(f"{len(objects)} objects will be sent again", self.run_command("resend", "--study", study_uid))
        self.wait_for_delivery(len(objects), "delivered again")

        def jobs_done():
            """both analyses done"""
            return self.status()["jobs"] == {"done": 2}
        self.assertIn("no second result", self.run_command("reanalyze", "--study", study_uid))
        daemon.wait_for(jobs_done, 120)
        self.assertEqual(self.status("--study", study_uid)["study"]["state"], "analysed")
        self.assertEqual(self.node.rows("SELECT count(*) AS n FROM result"), [{"n": 1}])
        self.assertEqual(self.deliveries(), {"sent": len(objects)})
        self.assertEqual(sorted(self.node.wait_for_deliveries(study_uid)), sorted(objects))
        self.assertEqual(len(self.pacs.all_instances()), len(objects))

    def test_a_forgotten_study_goes_and_a_corrected_one_comes_under_the_same_uids_as_a_new_revision(self):
        self.node.start()
        self.pacs.start(self.node.port)
        study_uid = self.judge()
        self.wait_for_delivery(4)
        first = set(self.node.wait_for_deliveries(study_uid))
        self.assertIn("not known here", self.run_command("forget", "--study", NOBODY, code=4))
        self.assertIn("removed within seconds", self.run_command("forget", "--study", study_uid))
        daemon.wait_for(lambda: self.node.rows("SELECT count(*) AS n FROM instance") == [{"n": 0}],
                        daemon.DISK_SECONDS)
        self.assertFalse(any((self.node.data_dir / "spool/instances").rglob("*.dcm")))
        self.assertIn("not kept any more", self.run_command("forget", "--study", study_uid, code=4))

        (self.folder / "corrected").mkdir()
        corrected = [cases.changed_copy(file, self.folder / "corrected" / file.name, PatientID="ANOTHER")
                     for file in self.sent]
        self.assertEqual(cases.store(self.node.port, corrected)[0], 0)
        daemon.wait_for(lambda: self.status()["jobs"] == {"done": 2}, 120)
        self.wait_for_delivery(8)
        row = self.node.result(study_uid)
        self.assertEqual((row["revision"], row["json"]["status"]), (2, "analysed"))
        sent = set(self.node.wait_for_deliveries(study_uid))
        self.assertEqual(len(sent - first), 4)
        report = pydicom.dcmread(row["path"] / "sr.dcm")
        self.assertEqual(report.PatientID, "ANOTHER")

    def test_while_no_daemon_runs_all_is_shown_and_asked_for_and_the_next_start_does_it(self):
        self.node.start()
        study_uid = self.judge()
        self.assertEqual(self.node.stop(), 0)
        self.assertIn("daemon: NOT running here", self.run_command("status"))
        self.assertIn("done when one is started", self.run_command("reanalyze", "--study", study_uid))
        self.assertIn("waits for its analysis already", self.run_command("reanalyze", "--study", study_uid))
        self.assertEqual(self.status("--study", study_uid)["study"]["state"], "queued")
        self.pacs.start()
        self.node.start()
        self.assertEqual(self.node.wait_for_judgement(study_uid)["state"], "analysed")
        self.wait_for_delivery(4)

    def test_wrong_words_do_nothing_and_say_what_is_wrong(self):
        self.node.start()
        self.node.stop()
        self.assertIn("say which", self.run_command("resend", code=2))
        self.assertIn("names no destination ELSEWHERE", self.run_command("resend", "--destination", "ELSEWHERE", code=2))
        self.assertIn("is no UID", self.run_command("reanalyze", "--study", "1.2.", code=2))
        self.assertIn("not known here", self.run_command("reanalyze", "--study", NOBODY, code=4))
        self.assertIn("not known here", self.run_command("status", "--study", NOBODY, code=4))
        database = self.node.data_dir / "calcinode.db"
        database.unlink()
        self.assertIn("no database", self.run_command("status", code=3))
        self.assertFalse(database.exists())


if __name__ == "__main__":
    unittest.main()
