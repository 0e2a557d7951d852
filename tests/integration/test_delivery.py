"""Deliveries to a real Orthanc that is misconfigured, or away for a while."""

import pathlib
import tempfile
import unittest

import cases
import daemon
import orthanc


class Delivery(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed: nothing is delivered to a real PACS")

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        self.pacs = self.enterContext(orthanc.Orthanc(self.folder / "pacs"))

    def node_for(self, called_ae):
        return self.enterContext(daemon.Daemon(self.folder / "node", destinations=[
            {"name": "PACS", "host": "127.0.0.1", "port": self.pacs.dicom_port, "ae_title": called_ae,
             "timeout_s": 2}])).start()

    def judge(self, node):
        files = cases.phantom(self.folder / "phantom", "--deposit", "C4:facet_left:4:700")
        self.assertEqual(cases.store(node.port, files)[0], 0)
        study_uid = cases.study_uid(files[0])
        self.assertEqual(node.wait_for_judgement(study_uid)["state"], "analysed")
        return study_uid

    def test_a_wrong_called_ae_title_loses_nothing_and_the_log_says_what_to_correct(self):
        node = self.node_for("SOMEBODY")
        self.pacs.start(node.port)
        study_uid = self.judge(node)

        def rejected_twice():
            """two rejections"""
            return node.rows("SELECT 1 FROM destination WHERE failures >= 2")
        daemon.wait_for(rejected_twice, 30)
        self.assertEqual(node.log().count("refuses us"), 1)
        self.assertRegex(node.log(), "PACS: refuses us, 4 objects wait and are tried again .* it is not called SOMEBODY; "
                                     "correct ae_title of the destination")
        self.assertEqual(node.stop(), 0)
        node.destinations[0]["ae_title"] = "ORTHANC"
        node.start()
        self.assertEqual(set(node.wait_for_deliveries(study_uid, 40).values()), {"sent"}, node.log())

    def test_a_destination_gets_the_kinds_that_it_names_and_others_all(self):
        classes = {"sr": "88.22", "seg": "66.4", "sc": "7", "ko": "88.59"}
        nobody = {"host": "127.0.0.1", "port": self.pacs.dicom_port, "ae_title": "ORTHANC", "timeout_s": 2}
        node = self.enterContext(daemon.Daemon(self.folder / "node", destinations=[
            {"name": "ALL", **nobody}, *({"name": kind, "kinds": [kind], **nobody} for kind in classes)])).start()
        self.judge(node)
        rows = node.rows("SELECT destination, sop_class_uid FROM delivery ORDER BY destination")
        there = {name: {row["sop_class_uid"].removeprefix("1.2.840.10008.5.1.4.1.1.") for row in rows
                        if row["destination"] == name} for name in ("ALL", *classes)}
        self.assertEqual(there, {"ALL": set(classes.values())} | {kind: {uid} for kind, uid in classes.items()})
        node.wait_for_line("objects queued: 4 for ALL, 1 for sr, 1 for seg, 1 for sc, 1 for ko")

    def test_a_pacs_that_comes_back_gets_each_object_once_also_after_a_restart(self):
        node = self.node_for("ORTHANC")
        study_uid = self.judge(node)

        def tried():
            """first failed attempt"""
            return node.rows("SELECT 1 FROM destination WHERE failures > 0")
        daemon.wait_for(tried, 20)
        self.assertEqual(node.stop(), 0)
        node.start()
        self.pacs.start(node.port)
        states = node.wait_for_deliveries(study_uid, 40)
        self.assertEqual(set(states.values()), {"sent"}, node.log())
        self.assertEqual(len(self.pacs.all_instances()), len(states))


if __name__ == "__main__":
    unittest.main()
