"""What comes in: nothing acknowledged is lost, whatever a peer, the network or a kill does."""

import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import unittest

import cases
import daemon
import xxhash
from raw_peer import RawPeer, dataset_bytes


class Ingest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))

    def node(self, **sections):
        sections.setdefault("study", {"quiet_s": 3600})
        return self.enterContext(daemon.Daemon(self.folder / "node", **sections))

    def slices(self, count):
        """Copies of one slice with instance UIDs of their own, in order."""
        source = cases.phantom(self.folder / "phantom")[0]
        data = cases.pydicom.dcmread(source)
        files = []
        (self.folder / "slices").mkdir(exist_ok=True)
        for number in range(count):
            data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number + 1}"
            files.append(self.folder / "slices" / f"{number:04}.dcm")
            data.save_as(files[-1])
        return files

    def assert_whole(self, node, file):
        """The instance is in the spool with exactly its bytes, and indexed."""
        row = node.rows("SELECT path, checksum FROM instance WHERE sop_instance_uid = ?",
                        cases.header(file).SOPInstanceUID)
        self.assertEqual(len(row), 1, file)
        kept = node.data_dir / "spool" / row[0]["path"]

        def cut():
            """the file cut to its length: a prepared one is longer until its sender has gone, and says where it ends"""
            return xxhash.xxh3_128_hexdigest(dataset_bytes(kept)) == row[0]["checksum"]
        daemon.wait_for(cut, 20, every=0.05)
        self.assertEqual(dataset_bytes(kept), dataset_bytes(file))

    def test_a_kill_within_an_association_loses_nothing_that_was_acknowledged(self):
        files = self.slices(300)
        node = self.node().start()
        sender = subprocess.Popen(["storescu", "-v", "-aec", "CALCINODE", "127.0.0.1", str(node.port),
                                   *map(str, files)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

        def under_way():
            """a third received"""
            return node.rows("SELECT count(*) AS n FROM instance")[0]["n"] >= 100
        daemon.wait_for(under_way, 30, every=0.02)
        node.kill()
        output = sender.communicate(timeout=60)[0]
        acknowledged = output.count("Received Store Response (Success)")
        self.assertGreaterEqual(acknowledged, 1)
        self.assertLess(acknowledged, len(files), "the kill came too late to prove anything")

        node.start()
        for file in files[:acknowledged]:  # storescu sends in the order given
            self.assert_whole(node, file)
        self.assertEqual(list((node.data_dir / "spool/incoming").iterdir()), [])
        # At most the one that was stored and not yet answered is there beyond.
        self.assertLessEqual(node.rows("SELECT count(*) AS n FROM instance")[0]["n"], acknowledged + 1)

        code, output = cases.store(node.port, files)
        self.assertEqual(code, 0, output)
        self.assertEqual(node.rows("SELECT count(*) AS n FROM instance")[0]["n"], len(files))
        self.assertEqual(node.rows("SELECT sum(conflicts) AS n FROM instance")[0]["n"], 0)

    def test_a_lost_database_is_rebuilt_from_the_files(self):
        files = self.slices(5)
        node = self.node().start()
        self.assertEqual(cases.store(node.port, files)[0], 0)
        self.assertEqual(node.stop(), 0)
        for file in node.data_dir.glob("calcinode.db*"):
            file.unlink()
        node.start()
        for file in files:
            self.assert_whole(node, file)
        self.assertIn("5 files indexed again", node.log())

    def test_truncated_and_foreign_datasets_are_refused_and_the_association_goes_on(self):
        file = self.slices(1)[0]
        dataset = dataset_bytes(file)
        node = self.node().start()
        peer = RawPeer(self, node.port)
        self.assertEqual(peer.store("1.2.3.1", dataset[:-1000]), 0xC000)
        self.assertEqual(peer.store("1.2.3.1", b"Dear colleague, ... " * 500), 0xC000)
        self.assertEqual(peer.store("1.2.3.1", b""), 0xC000)
        self.assertEqual(node.rows("SELECT count(*) AS n FROM instance")[0]["n"], 0)
        self.assertEqual(list((node.data_dir / "spool/incoming").iterdir()), [])
        self.assertEqual(peer.store("1.2.3.1", dataset), 0)
        self.assert_whole(node, file)
        self.assertIn("cut off in", node.log())

    def test_without_room_instances_are_refused_for_now_and_taken_later(self):
        file = self.slices(1)[0]
        node = self.node(receive={"minimum_free_mib": 1 << 30}).start()
        _, output = cases.store(node.port, [file], "-v")
        self.assertRegex(output, "(?i)refused: out ?of ?resources")
        self.assertIn("NO IMAGES ARE TAKEN", node.log())
        node.stop()
        node.sections["receive"]["minimum_free_mib"] = 0
        node.start()
        self.assertEqual(cases.store(node.port, [file])[0], 0)
        self.assert_whole(node, file)

    def test_a_sender_that_was_not_tuned_is_not_slowed_by_delayed_acknowledgements(self):
        files = self.slices(100)
        node = self.node().start()
        untouched = {name: value for name, value in os.environ.items() if name != "TCP_NODELAY"}
        begin = time.monotonic()
        subprocess.run(["storescu", "-aec", "CALCINODE", "127.0.0.1", str(node.port), *map(str, files)],
                       check=True, env=untouched)
        # With delayed acknowledgements each image takes 40 ms: 4 s. Without, about 0.3 s.
        self.assertLess(time.monotonic() - begin, 3)

    def test_strangers_cannot_fill_the_log(self):
        node = self.node(receive={"allowed_callers": ["PACS"]}).start()
        for number in range(300):
            with socket.create_connection(("127.0.0.1", node.port)) as peer:
                peer.sendall(b"GET / HTTP/1.1\r\n\r\n")

        def refusals():
            return [line for line in node.log().splitlines()
                    if re.search(r"association from .*not an association", line)]

        daemon.wait_for(refusals)
        # An echo that is answered: all that stood before it in the queue has been dealt with, and logged.
        self.assertEqual(subprocess.run(["echoscu", "-aet", "PACS", "-aec", "CALCINODE", "127.0.0.1",
                                         str(node.port)]).returncode, 0)
        self.assertLess(len(refusals()), 100)

    def test_the_log_names_no_patient(self):
        source = cases.phantom(self.folder / "phantom")[0]
        file = cases.changed_copy(source, self.folder / "named.dcm", PatientName="Secret^Person",
                                  PatientID="ID-4711", PatientBirthDate="19600229")
        other = cases.changed_copy(file, self.folder / "other.dcm", ImageComments="Secret^Person")
        node = self.node().start()
        cases.store(node.port, [file, other])
        peer = RawPeer(self, node.port)
        peer.store("1.2.3.1", dataset_bytes(file)[:-100])
        for secret in ("Secret", "ID-4711", "19600229"):
            self.assertNotIn(secret, node.log())


if __name__ == "__main__":
    unittest.main()
