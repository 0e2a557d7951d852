"""Stops, kills and starts of the daemon: nothing acknowledged is lost, nothing is done twice."""

import pathlib
import socket
import tempfile
import time
import unittest

import cases
import daemon


class Shutdown(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))

    def node(self, **sections):
        return self.enterContext(daemon.Daemon(self.folder / "node", **sections))

    def test_sigterm_ends_an_idle_daemon_at_once_with_exit_code_0(self):
        node = self.node().start()
        begin = time.monotonic()
        self.assertEqual(node.stop(), 0)
        self.assertLess(time.monotonic() - begin, 5)
        self.assertIn("stopped", node.log())

    def test_an_open_association_is_aborted_within_the_bound(self):
        node = self.node(receive={"shutdown_s": 1}).start()
        with socket.create_connection(("127.0.0.1", node.port)):
            time.sleep(0.5)
            begin = time.monotonic()
            self.assertEqual(node.stop(), 0)
            self.assertLess(time.monotonic() - begin, 8)

    def test_a_second_daemon_on_the_same_folder_does_not_start(self):
        node = self.node().start()
        second = self.enterContext(daemon.Daemon(self.folder / "second", node={"data_dir": str(node.data_dir)}))
        second.start(wait=False)
        self.assertEqual(second.process.wait(20), 1)
        self.assertIn("is in use by another calcinode daemon", second.log())
        self.assertEqual(node.stop(), 0)

    def test_a_port_in_use_is_said_clearly(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            node = self.node(node={"port": taken.getsockname()[1]})
            node.start(wait=False)
            self.assertEqual(node.process.wait(20), 1)
        self.assertIn("in use", node.log())

    def test_a_study_received_before_a_kill_is_analysed_after_the_next_start(self):
        files = cases.phantom(self.folder / "phantom")
        study_uid = cases.study_uid(files[0])
        node = self.node(study={"quiet_s": 3600}).start()
        code, output = cases.store(node.port, files)
        self.assertEqual(code, 0, output)
        node.kill()
        node.sections["study"]["quiet_s"] = 1
        node.start()
        self.assertEqual(node.wait_for_judgement(study_uid)["state"], "analysed")
        self.assertEqual(node.rows("SELECT count(*) AS n FROM instance")[0]["n"], len(files))

    def test_a_kill_within_the_analysis_leaves_a_job_that_the_next_start_does(self):
        files = cases.phantom(self.folder / "phantom")
        study_uid = cases.study_uid(files[0])
        node = self.node().start()
        self.assertEqual(cases.store(node.port, files)[0], 0)

        def analysing():
            """analysis begun"""
            row = node.study(study_uid)
            return row and row["state"] != "receiving" and row["state"] != "queued"
        daemon.wait_for(analysing, 60, every=0.02)
        node.kill()
        node.start()
        self.assertEqual(node.wait_for_judgement(study_uid)["state"], "analysed")
        self.assertEqual(node.rows("SELECT count(*) AS n FROM result")[0]["n"], 1)
        self.assertFalse(list((node.data_dir / "results").glob("*/.making-*")))

    def test_results_wait_for_a_destination_that_is_away(self):
        files = cases.phantom(self.folder / "phantom")
        study_uid = cases.study_uid(files[0])
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            node = self.enterContext(daemon.Daemon(self.folder / "node", destinations=[
                {"name": "AWAY", "host": "127.0.0.1", "port": nobody.getsockname()[1], "ae_title": "AWAY"}]))
            node.start()
            self.assertEqual(cases.store(node.port, files)[0], 0)
            node.wait_for_judgement(study_uid)

            def tried():
                """attempts to reach the destination"""
                return node.rows("SELECT 1 FROM destination WHERE failures >= 2")
            daemon.wait_for(tried, 20)
            states = node.rows("SELECT state FROM delivery")
            self.assertEqual({row["state"] for row in states}, {"pending"})
            self.assertEqual(node.stop(), 0)


if __name__ == "__main__":
    unittest.main()
