"""Deliveries to a real Orthanc behind a line that fails in every way: all arrives once it is back, nothing twice."""

import pathlib
import tempfile
import unittest

import cases
import daemon
import judged
import orthanc
import proxy


class PacsFaults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed: nothing is delivered to a real PACS")
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="calcinode-"))
        cls.judged = judged.Judged(folder)

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        self.pacs = self.enterContext(orthanc.Orthanc(self.folder / "pacs")).start()
        self.line = self.enterContext(proxy.Line(self.pacs.dicom_port))

    def node(self, *more, timeout_s=2, **sections):
        """A daemon with the judged study, that delivers over the line; started."""
        destinations = [{"name": "PACS", "host": "127.0.0.1", "port": self.line.port, "ae_title": "ORTHANC",
                         "timeout_s": timeout_s}, *more]
        return self.enterContext(self.judged.node(self.folder / "node", destinations, **sections)).start()

    def trouble(self, node, failures=1):
        """Waits until so many attempts in a row have failed, and returns why."""
        def failed():
            """failed attempts"""
            rows = node.rows("SELECT failures, trouble FROM destination WHERE name = 'PACS'")
            return rows and rows[0]["failures"] >= failures and rows[0]["trouble"]
        return daemon.wait_for(failed, 60, every=0.05)

    def assert_each_object_arrived_once(self, node, seconds=60):
        def all_sent():
            """all sent"""
            rows = node.rows("SELECT state FROM delivery WHERE destination = 'PACS'")
            return all(row["state"] == "sent" for row in rows)
        try:
            daemon.wait_for(all_sent, seconds)
        except AssertionError:
            self.fail("not delivered; the log:\n" + node.log()[-4000:])
        there = sorted(self.pacs.get(f"/instances/{id}/tags?simplify")["SOPInstanceUID"]
                       for id in self.pacs.all_instances())
        self.assertEqual(there, self.judged.objects)

    def test_a_pacs_that_is_down_costs_one_log_line_however_often_it_is_tried(self):
        self.line.up = False
        node = self.node()
        self.assertIn("refused", self.trouble(node))
        log = node.log()
        self.trouble(node, failures=5)
        self.assertEqual(node.log(), log)
        self.assertEqual(log.count("not reachable"), 1)
        self.line.up = True
        self.assert_each_object_arrived_once(node)
        node.wait_for_line("PACS: reachable again after")

    def test_a_pacs_that_rejects_for_now_is_tried_again(self):
        self.line.reject_with = proxy.rejection(proxy.TRANSIENT, proxy.PRESENTATION, proxy.CONGESTION)
        node = self.node()
        self.assertIn("temporary congestion", self.trouble(node, failures=2))
        self.line.reject_with = None
        self.assert_each_object_arrived_once(node)

    def test_a_pacs_that_keeps_silent_holds_up_no_other_destination(self):
        self.line.silent = True
        node = self.node({"name": "OTHER", "host": "127.0.0.1", "port": self.pacs.dicom_port,
                          "ae_title": "ORTHANC"}, timeout_s=30)

        def delivered_to_the_other():
            """all sent to the other destination"""
            rows = node.rows("SELECT state FROM delivery WHERE destination = 'OTHER'")
            return all(row["state"] == "sent" for row in rows)
        daemon.wait_for(delivered_to_the_other, 15)  # half of what the silent one takes for its first failure
        self.assertEqual(node.rows("SELECT name FROM destination WHERE failures > 0"), [], node.log())
        self.line.silent = False
        self.line.cut()
        self.assert_each_object_arrived_once(node)

    def test_a_line_cut_in_mid_transfer_anywhere_loses_nothing(self):
        self.line.cut_up_after = 100  # within the association request
        node = self.node()
        for passed in (1000, 5000, 40000, 200000):
            self.trouble(node)
            self.line.cut_up_after = passed
            connections = self.line.connections
            daemon.wait_for(lambda: self.line.connections > connections, 30, every=0.02)
        self.line.cut_up_after = None
        self.assert_each_object_arrived_once(node)

    def test_an_answer_lost_on_its_way_leads_to_no_second_object(self):
        # The acceptance of the association passes, the response to the first C-STORE does not.
        self.line.cut_down_after = 400
        node = self.node()
        self.trouble(node, failures=2)
        self.assertGreaterEqual(len(self.pacs.all_instances()), 1)
        self.assertGreaterEqual(node.rows("SELECT max(attempts) AS n FROM delivery")[0]["n"], 1)
        self.line.cut_down_after = None
        self.assert_each_object_arrived_once(node)

    def test_a_slow_pacs_gets_everything_over_one_association(self):
        self.line.pause_s = 0.1
        node = self.node(timeout_s=10)
        self.assert_each_object_arrived_once(node)
        self.assertEqual(self.line.connections, 1)

    def test_a_kill_while_results_are_sent_leads_to_no_second_object(self):
        self.line.pause_s = 0.1
        node = self.node(timeout_s=10)
        daemon.wait_for(lambda: self.pacs.all_instances(), 30, every=0.02)
        node.kill()
        self.line.pause_s = 0
        node.start()
        self.assert_each_object_arrived_once(node)


if __name__ == "__main__":
    unittest.main()
