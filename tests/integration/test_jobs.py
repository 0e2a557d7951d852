"""The queue of studies: none blocks the others, urgent ones come first, and none takes more memory than it may."""

import pathlib
import tempfile
import unittest

import cases
import daemon


class Jobs(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))

    def node(self, **sections):
        return self.enterContext(daemon.Daemon(self.folder / "node", **sections))

    def study(self, name, *options):
        files = cases.phantom(self.folder / name, *options)
        return files, cases.study_uid(files[0])

    @staticmethod
    def wait_for_state(node, study, state):
        daemon.wait_for(lambda: (node.study(study) or {}).get("state") == state, 60, every=0.02)

    def test_a_study_that_brings_the_process_down_is_parked_and_does_not_hold_up_the_others(self):
        poison, poison_uid = self.study("poison")
        other, other_uid = self.study("other", "--seed", "2")
        node = self.node(analysis={"max_attempts": 2}, study={"quiet_s": 3600}).start()
        for files in (poison, other):
            self.assertEqual(cases.store(node.port, files)[0], 0)
        node.stop()
        node.sections["study"]["quiet_s"] = 1
        node.start()  # both are complete, and queued at once
        self.wait_for_state(node, poison_uid, "analysing")
        self.wait_for_state(node, other_uid, "queued")
        node.kill()  # what the kernel does to a process that takes too much
        node.start()
        # The other one goes first from now on, whatever becomes of the poison.
        self.assertEqual(node.wait_for_judgement(other_uid)["state"], "analysed")
        self.wait_for_state(node, poison_uid, "analysing")
        node.kill()
        node.start()
        row = node.wait_for_judgement(poison_uid)
        self.assertEqual(row["state"], "failed")
        self.assertRegex(row["reason"], "^analysis_crashed: ")
        self.assertIn("NOT analysed", node.log())
        self.assertEqual(node.rows("SELECT state FROM job WHERE study_uid = ?", poison_uid), [{"state": "parked"}])

        # It is no end for good: the study with a new image starts with all its attempts.
        again = cases.changed_copy(poison[0], self.folder / "again.dcm", SOPInstanceUID="1.2.3.4.5",
                                   ImageType=["DERIVED", "SECONDARY"])
        self.assertEqual(cases.store(node.port, [again])[0], 0)
        daemon.wait_for(lambda: node.study(poison_uid)["state"] == "analysed", 120)


if __name__ == "__main__":
    unittest.main()
