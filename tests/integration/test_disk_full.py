"""The disk is full at each step of the way: the sender is told so, nothing is corrupt, and all goes on by itself."""

import pathlib
import re
import struct
import tempfile
import unittest

import cases
import daemon
import orthanc
import xxhash
from small_disk import SmallDisk

DISK_MIB = 320
POSITIVE = ("--deposit", "C4:facet_left:4:700")


def dataset_checksum(file):
    content = file.read_bytes()
    return xxhash.xxh3_128_hexdigest(content[144 + struct.unpack("<I", content[140:144])[0]:])


class DiskFull(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        self.disk = self.enterContext(SmallDisk(self.folder, DISK_MIB))

    def node(self, destinations=(), **sections):
        sections.setdefault("retention", {})["free_mib"] = 0
        sections["node"] = {"data_dir": str(self.disk.root / "data")}
        node = daemon.Daemon(self.folder / "node", destinations, **sections)
        node.data_dir = self.disk.root / "data"
        return self.enterContext(node)

    def study(self, *options):
        files = cases.phantom(self.folder / "phantom", *options)
        return files, cases.study_uid(files[0])

    def assert_all_there_and_whole(self, node, files):
        rows = {row["sop_instance_uid"]: row for row in node.rows("SELECT * FROM instance")}
        self.assertEqual(set(rows), {cases.header(file).SOPInstanceUID for file in files})
        for row in rows.values():
            file = node.data_dir / "spool" / row["path"]

            def cut():
                """the file cut to its length, which is done when its sender has gone"""
                return file.stat().st_size == row["bytes"]
            daemon.wait_for(cut, 20, every=0.05)
            self.assertEqual(dataset_checksum(file), row["checksum"])
        self.assertEqual(list((node.data_dir / "spool/incoming").iterdir()), [])
        self.assertFalse(list(node.data_dir.glob("*.damaged-*")), "a full disk is no damage")

    def test_below_the_minimum_images_are_refused_with_one_line_until_there_is_clearly_more(self):
        files, _ = self.study()
        node = self.node(receive={"minimum_free_mib": 64}, study={"quiet_s": 3600}).start()
        self.assertEqual(cases.store(node.port, files[:3])[0], 0)

        self.disk.leave(60)
        _, output = cases.store(node.port, files[3:40], "-v", "-nh")
        self.assertRegex(output, "(?i)refused: out ?of ?resources")
        self.disk.leave(68)  # above the minimum, but not by enough
        _, output = cases.store(node.port, files[3:4], "-v")
        self.assertRegex(output, "(?i)refused: out ?of ?resources")
        self.assertEqual(node.log().count("NO IMAGES ARE TAKEN"), 1, node.log())
        self.assertNotRegex(node.log(), r"instance \S+ from")

        self.disk.leave(200)
        daemon.wait_for(lambda: "images are taken again" in node.log(), 30)
        self.assertEqual(cases.store(node.port, files)[0], 0)
        self.assert_all_there_and_whole(node, files)

    def test_a_write_that_finds_no_room_refuses_the_image_and_leaves_nothing_of_it(self):
        files, _ = self.study()
        node = self.node(study={"quiet_s": 3600}).start()
        self.assertEqual(cases.store(node.port, files[:2])[0], 0)
        self.disk.leave(1.2)  # for two images or so
        _, output = cases.store(node.port, files[2:20], "-v", "-nh")
        self.assertRegex(output, "(?i)refused: out ?of ?resources")
        self.assertEqual(list((node.data_dir / "spool/incoming").iterdir()), [])
        self.assertLessEqual(node.log().count("NO IMAGES ARE TAKEN"), 1)
        self.assertLessEqual(len(re.findall(r"instance \S+ from", node.log())), 1)

        self.disk.leave(200)
        daemon.wait_for(lambda: cases.store(node.port, files)[0] == 0, 30, every=1)
        self.assert_all_there_and_whole(node, files)

    def test_a_study_waits_while_there_is_no_room_for_its_result(self):
        files, study = self.study(*POSITIVE)
        node = self.node().start()
        self.disk.leave(70)
        self.assertEqual(cases.store(node.port, files)[0], 0)
        self.assertLess(self.disk.free(), 64 << 20)
        daemon.wait_for(lambda: node.study(study)["state"] == "queued", 60)
        daemon.wait_for(lambda: "no study is analysed until" in node.log(), 60)
        self.assertEqual(node.rows("SELECT attempts FROM job"), [{"attempts": 0}])
        self.disk.leave(200)
        self.assertEqual(node.wait_for_judgement(study)["verdict"], "positive")

    def test_a_disk_that_fills_up_during_the_analysis_costs_the_study_no_attempt(self):
        files, study = self.study(*POSITIVE)
        node = self.node(analysis={"max_attempts": 1, "retry_first_s": 1, "retry_longest_s": 2}).start()
        self.assertEqual(cases.store(node.port, files)[0], 0)
        daemon.wait_for(lambda: (node.study(study) or {}).get("state") == "analysing", 60, every=0.02)
        self.disk.fill()
        daemon.wait_for(lambda: re.search("stops its analysis|tries again every", node.log()), 120)
        self.assertIn(node.study(study)["state"], ("analysing", "queued"))
        self.disk.leave(200)
        self.assertEqual(node.wait_for_judgement(study)["verdict"], "positive")
        self.assertEqual(len(node.rows("SELECT 1 FROM result")), 1)

    def test_with_no_byte_left_a_study_stays_where_it_is_and_its_way_goes_on_later(self):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed")
        files, study = self.study(*POSITIVE)
        pacs = self.enterContext(orthanc.Orthanc(self.folder / "pacs"))
        node = self.node([{"name": "PACS", "host": "127.0.0.1", "port": pacs.dicom_port,
                           "ae_title": orthanc.Orthanc.AE_TITLE}]).start()
        self.assertEqual(cases.store(node.port, files)[0], 0)
        self.disk.fill()  # before it is queued
        daemon.wait_for(lambda: "no study is analysed until" in node.log() or "tries again every" in node.log(), 60)
        self.disk.leave(200)
        self.assertEqual(node.wait_for_judgement(study)["verdict"], "positive")

        self.disk.fill()  # before it is delivered: the PACS was away until now
        pacs.start()
        daemon.wait_for(lambda: len(pacs.all_instances()) == 4, 60)
        self.disk.leave(200)
        self.assertEqual(set(node.wait_for_deliveries(study).values()), {"sent"})
        self.assertEqual(len(pacs.all_instances()), 4)
        self.assert_all_there_and_whole(node, files)

    def test_a_start_without_room_says_so_and_one_with_room_goes_on(self):
        files, study = self.study()
        node = self.node(study={"quiet_s": 3600}).start()
        self.assertEqual(cases.store(node.port, files)[0], 0)
        node.kill()
        self.disk.fill()
        node.start(wait=False)
        try:
            self.assertEqual(node.process.wait(10), 1)
            self.assertIn("cannot start", node.log())
        except daemon.subprocess.TimeoutExpired:
            node.kill()  # it found the room it needs within the files that it has
        self.disk.leave(200)
        node.sections["study"]["quiet_s"] = 1
        node.start()
        self.assert_all_there_and_whole(node, files)
        self.assertEqual(node.wait_for_judgement(study)["state"], "analysed")


if __name__ == "__main__":
    unittest.main()
