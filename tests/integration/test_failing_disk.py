"""A disk that fails to write: no image is acknowledged that it lost, the node stays, and goes on when the disk does."""

import json
import pathlib
import random
import subprocess
import tempfile
import time
import unittest

import pydicom

import cases
import daemon
import orthanc
from raw_peer import RawPeer, dataset_bytes, images
from thin_disk import ThinDisk

OUT_OF_RESOURCES = 0xA700
COUNT, FIRST = 60, 20  # images; and those that are taken before the disk fails


def without(instances, others):
    return {uid: dataset for uid, dataset in instances.items() if uid not in others}


class FailingDisk(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))

    def disk(self, **options):
        return self.enterContext(ThinDisk(self.folder, **options))

    def node(self, disk, destinations=(), prepared_mib=0, **sections):
        node = daemon.Daemon(self.folder / "node", destinations, node={"data_dir": str(disk.root / "data")},
                             receive={"prepared_mib": prepared_mib}, retention={"free_mib": 0}, **sections)
        return self.enterContext(node)

    def send(self, node, instances):
        """{SOP Instance UID: status}, of one association."""
        peer = RawPeer(self, node.port)
        try:
            return {uid: peer.store(uid, dataset) for uid, dataset in instances.items()}
        finally:
            peer.socket.close()  # so many as are tried here are not allowed to be open at once

    def assert_alive(self, node):
        self.assertIsNone(node.process.poll(), node.log()[-4000:])
        self.assertEqual(subprocess.run(["echoscu", "-aec", "CALCINODE", "127.0.0.1", str(node.port)]).returncode, 0)

    def assert_kept(self, node, instances):
        rows = {row["sop_instance_uid"]: row["path"] for row in node.rows("SELECT sop_instance_uid, path FROM instance")}
        self.assertEqual(set(instances) - set(rows), set())
        for uid, dataset in instances.items():
            self.assertEqual(dataset_bytes(node.data_dir / "spool" / rows[uid]), dataset, uid)

    def start_on_what_is_there(self, disk, node):
        node.stop()
        disk.mount_again()
        node.start()

    def node_with_some(self, disk, instances, prepared_mib=0):
        """A node that has taken the first of the images, and those that it has not."""
        some, others = dict(list(instances.items())[:FIRST]), dict(list(instances.items())[FIRST:])
        node = self.node(disk, study={"quiet_s": 3600}, prepared_mib=prepared_mib).start()
        if prepared_mib:
            stock = node.data_dir / "spool/prepared"
            daemon.wait_for(lambda: len(list(stock.iterdir())) >= FIRST, 20)
        self.assertEqual(set(self.send(node, some).values()), {0})
        return node, others

    def send_while_writes_fail(self, disk, node, instances):
        """Those that it did not take."""
        disk.fail()
        answers = self.send(node, instances)
        self.assertEqual(set(answers.values()) - {0, OUT_OF_RESOURCES}, set())
        self.assertIn(OUT_OF_RESOURCES, answers.values())
        self.assert_alive(node)
        return {uid: instances[uid] for uid, status in answers.items() if status != 0}

    def says_that_images_are_refused(self, node):
        status = json.loads(subprocess.run([daemon.CALCINODE, "status", "--json", "--config",
                                           node.folder / "calcinode.toml"], check=True,
                                           capture_output=True).stdout)
        self.assertGreater(status["disk"]["free_bytes"], status["disk"]["refuse_below_bytes"])
        return status["disk"]["images_refused"]

    def assert_goes_on(self, disk, node, instances, refused):
        daemon.wait_for(lambda: set(self.send(node, refused).values()) == {0}, 120, every=1)
        self.assertIn("images are taken again", node.log())
        daemon.wait_for(lambda: not self.says_that_images_are_refused(node), 20)
        self.start_on_what_is_there(disk, node)
        self.assert_kept(node, instances)
        self.assertEqual(list((node.data_dir / "spool/incoming").iterdir()), [])
        self.assertFalse(list(node.data_dir.glob("*.damaged-*")))

    def test_what_could_not_be_written_to_a_new_file_is_refused_and_taken_later(self):
        disk, instances = self.disk(), images(self.folder, COUNT, random.Random(1))
        node, others = self.node_with_some(disk, instances)
        refused = self.send_while_writes_fail(disk, node, others)
        self.assert_kept(node, without(instances, refused))
        time.sleep(6)  # until it tries whether there is room
        self.assertEqual(set(self.send(node, refused).values()), {OUT_OF_RESOURCES})
        self.assertEqual(node.log().count("NO IMAGES ARE TAKEN"), 1, node.log())
        self.assertNotIn("images are taken again", node.log())
        self.assertTrue(self.says_that_images_are_refused(node))
        disk.recover()
        self.assert_goes_on(disk, node, instances, refused)

    def test_what_finds_prepared_files_is_written_there_and_the_rest_refused_and_taken_later(self):
        disk, instances = self.disk(), images(self.folder, COUNT, random.Random(1))
        node, others = self.node_with_some(disk, instances, prepared_mib=16)
        refused = self.send_while_writes_fail(disk, node, others)
        self.assertLess(len(refused), len(others), "no prepared file was left")
        disk.recover()
        self.assert_goes_on(disk, node, instances, refused)

    def test_an_aborted_journal_costs_nothing_that_was_acknowledged(self):
        disk, instances = self.disk(journal_fails=True), images(self.folder, COUNT, random.Random(2))
        node, others = self.node_with_some(disk, instances)
        refused = self.send_while_writes_fail(disk, node, others)
        disk.recover()
        with self.assertRaisesRegex(OSError, "Read-only", msg="the journal goes on: this proves nothing"):
            (disk.root / "new").write_bytes(b"anything")
        self.start_on_what_is_there(disk, node)
        self.assert_kept(node, without(instances, refused))
        self.assertEqual(set(self.send(node, instances).values()), {0})

    def test_a_file_system_that_became_read_only_is_told_once_and_refused_by_what_it_is(self):
        disk, instances = self.disk(), images(self.folder, COUNT, random.Random(3))
        node, others = self.node_with_some(disk, instances)
        disk.abort()
        self.assertEqual(set(self.send(node, others).values()), {OUT_OF_RESOURCES})
        self.assert_alive(node)
        self.assertEqual(node.log().count("NO IMAGES ARE TAKEN"), 1, node.log())
        self.assertIn("Read-only file system", node.log())
        daemon.wait_for(lambda: self.says_that_images_are_refused(node), 20)
        self.start_on_what_is_there(disk, node)
        self.assert_kept(node, without(instances, others))
        self.assertEqual(set(self.send(node, instances).values()), {0})

    def test_a_result_that_cannot_be_written_costs_the_study_no_attempt_and_is_made_again(self):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed")
        pacs = self.enterContext(orthanc.Orthanc(self.folder / "pacs")).start()
        disk = self.disk()
        node = self.node(disk, [{"name": "PACS", "host": "127.0.0.1", "port": pacs.dicom_port,
                                 "ae_title": orthanc.Orthanc.AE_TITLE}],
                         analysis={"max_attempts": 1, "retry_first_s": 1, "retry_longest_s": 2}).start()
        files = cases.phantom(self.folder / "phantom", "--deposit", "C4:facet_left:4:700")
        study = cases.study_uid(files[0])
        self.assertEqual(cases.store(node.port, files)[0], 0)
        daemon.wait_for(lambda: (node.study(study) or {}).get("state") == "analysing", 60, every=0.02)
        disk.fail()
        daemon.wait_for(lambda: node.log().count("the disk or the database stops its analysis") == 3, 60)
        self.assert_alive(node)
        disk.recover()
        self.assertEqual(node.wait_for_judgement(study)["verdict"], "positive")
        self.assertEqual(set(node.wait_for_deliveries(study).values()), {"sent"})
        self.assertEqual(len(pacs.all_instances()), 4)
        self.start_on_what_is_there(disk, node)
        result = node.result(study)
        self.assertEqual(json.loads((result["path"] / "result.json").read_text())["verdict"], "positive")
        self.assertEqual(pydicom.dcmread(result["path"] / "sr.dcm").StudyInstanceUID, study)


if __name__ == "__main__":
    unittest.main()
