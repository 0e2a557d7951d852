"""The queue of studies: none blocks the others, urgent ones come first, and none takes more memory than it may."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import cases
import daemon
from raw_peer import RawPeer, dataset_bytes


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
        node.wait_for_line("NOT analysed")
        self.assertEqual(node.rows("SELECT state FROM job WHERE study_uid = ?", poison_uid), [{"state": "parked"}])

        # It is no end for good: the study with a new image starts with all its attempts.
        again = cases.changed_copy(poison[0], self.folder / "again.dcm", SOPInstanceUID="1.2.3.4.5",
                                   ImageType=["DERIVED", "SECONDARY"])
        self.assertEqual(cases.store(node.port, [again])[0], 0)
        daemon.wait_for(lambda: node.study(poison_uid)["state"] == "analysed", 120)

    def test_urgent_studies_come_before_those_that_were_there_first(self):
        studies = {name: self.study(name, "--seed", str(seed))
                   for seed, name in enumerate(("first", "second", "third", "from_stat", "high"), 1)}
        node = self.node(study={"quiet_s": 3600, "urgent_callers": ["STAT"]}).start()
        for name, (files, _) in studies.items():
            # The first is whole, and keeps the analysis busy while the others, quick to judge, are queued.
            files = files if name == "first" else files[:20]
            if name == "high":
                peer = RawPeer(self, node.port)
                for file in files:
                    self.assertEqual(peer.store(cases.header(file).SOPInstanceUID, dataset_bytes(file), priority=1), 0)
            else:
                calling = "STAT" if name == "from_stat" else "PACS"
                self.assertEqual(cases.store(node.port, files, calling=calling)[0], 0)
        # One of the three is sent again, in a hurry this time: nothing new, but urgent.
        self.assertEqual(cases.store(node.port, studies["third"][0][:1], calling="STAT")[0], 0)
        urgent = {row["study_uid"] for row in node.rows("SELECT study_uid FROM study WHERE priority = 1")}
        self.assertEqual(urgent, {studies[name][1] for name in ("third", "from_stat", "high")})
        node.stop()
        node.sections["study"]["quiet_s"] = 1
        node.start()
        for _, study in studies.values():
            node.wait_for_judgement(study)
        order = [row["study_uid"] for row in node.rows("SELECT study_uid FROM result ORDER BY id")]
        order.remove(studies["first"][1])  # it may have begun before the others were queued
        self.assertEqual((set(order[:3]), order[3:]), (urgent, [studies["second"][1]]))

    def test_a_study_that_would_not_fit_into_the_memory_is_refused_and_the_next_one_is_analysed(self):
        large, large_uid = self.study("large")  # 200 slices of 320 x 320: 64 + 78 MiB
        small, small_uid = self.study("small", "--seed", "2")
        node = self.node(analysis={"max_memory_mib": 130}).start()
        for files in (large, small[40:160]):
            self.assertEqual(cases.store(node.port, files)[0], 0)
        row = node.wait_for_judgement(large_uid)
        self.assertEqual(row["state"], "failed")
        reason = "not_enough_memory: 200 slices of 320 x 320 pixels need about 142 MiB of memory, and 130 MiB are allowed"
        self.assertIn(reason, row["reason"])
        node.wait_for_line(reason.partition(": ")[2])
        self.assertEqual(node.wait_for_judgement(small_uid)["state"], "analysed")

        # Offline the same bound holds.
        config = self.folder / "small.toml"
        config.write_text("[analysis]\nmax_memory_mib = 130\n")
        done = subprocess.run([daemon.CALCINODE, "analyze", str(large[0].parent), "--output",
                               str(self.folder / "results"), "--config", str(config)], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn("not_enough_memory", done.stdout)

    def test_images_that_went_bad_after_they_were_taken_are_told_in_the_result(self):
        files, uid = self.study("phantom")
        node = self.node(study={"quiet_s": 3600}).start()
        self.assertEqual(cases.store(node.port, files)[0], 0)
        node.stop()
        paths = [row["path"] for row in node.rows("SELECT path FROM instance ORDER BY path")]
        for path in paths[:2]:
            os.truncate(node.folder / "data/spool" / path, 5000)
        node.sections["study"]["quiet_s"] = 1
        node.start()
        self.assertIn(node.wait_for_judgement(uid)["state"], ("analysed", "not_applicable"))
        remarks = " ".join(node.result(uid)["json"]["remarks"])
        self.assertRegex(remarks, f"2 of {len(files)} images of the study can't be read .* not part of this result")

    def most_memory_of_analyze(self, *folders):
        """Peak MiB."""
        process = subprocess.Popen([daemon.CALCINODE, "analyze", *map(str, folders), "--output",
                                    str(self.folder / "results")], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        self.assertEqual(status, 0)
        return usage.ru_maxrss / 1024

    def test_offline_several_studies_take_no_more_memory_than_the_largest(self):
        folders = [self.study(str(seed), "--seed", str(seed))[0][0].parent for seed in (1, 2, 3)]
        one, three = self.most_memory_of_analyze(folders[0]), self.most_memory_of_analyze(*folders)
        self.assertLess(three, 1.2 * one)


if __name__ == "__main__":
    unittest.main()
