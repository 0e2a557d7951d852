"""What was analysed and delivered goes when its time is over or room is needed; what was not never does."""

import pathlib
import random
import tempfile
import unittest

import cases
import daemon
import orthanc
from small_disk import SmallDisk

DAY_MS = 24 * 3600 * 1000
POSITIVE = ("--deposit", "C4:facet_left:4:700")


class Retention(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))

    def pacs(self):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed")
        return self.enterContext(orthanc.Orthanc(self.folder / "pacs"))

    def node(self, pacs=None, name="node", **sections):
        sections.setdefault("retention", {}).setdefault("free_mib", 0)
        destinations = [{"name": "PACS", "host": "127.0.0.1", "port": pacs.dicom_port,
                         "ae_title": orthanc.Orthanc.AE_TITLE}] if pacs else []
        return self.enterContext(daemon.Daemon(self.folder / name, destinations, **sections))

    def study(self, name, *options):
        files = cases.phantom(self.folder / name, *options)
        return files, cases.study_uid(files[0])

    @staticmethod
    def images(node):
        return list((node.data_dir / "spool/instances").glob("*/*.dcm"))

    @staticmethod
    def restart_days_later(node, days, wait=True):
        """Stops it, makes all that it has so many days older, and starts it."""
        node.stop()
        with daemon.sqlite3.connect(node.data_dir / "calcinode.db") as database:
            database.execute("UPDATE study SET last_received = last_received - ?", (days * DAY_MS,))
            database.execute("UPDATE result SET created = created - ?", (days * DAY_MS,))
        database.close()
        node.start(wait)

    def wait_until_removed(self, node):
        daemon.wait_for(lambda: not self.images(node), daemon.DISK_SECONDS)
        daemon.wait_for(lambda: not node.rows("SELECT 1 FROM instance"), daemon.DISK_SECONDS)

    def test_the_same_study_sent_again_after_its_removal_gives_the_pacs_nothing_new(self):
        pacs = self.pacs().start()
        files, study = self.study("phantom", *POSITIVE)
        node = self.node(pacs, retention={"keep_days": 30, "keep_results_days": 60}).start()
        # Its second revision, so that a new count would give other UIDs.
        for part, revision in ((files[:-5], 1), (files, 2)):
            self.assertEqual(cases.store(node.port, part)[0], 0)
            daemon.wait_for(lambda: node.study(study)["revision"] == revision, 120)
            node.wait_for_deliveries(study)
        delivered = sorted(pacs.all_instances())
        kept = node.result(study)
        objects = {file.name: cases.header(file).SOPInstanceUID for file in kept["path"].glob("*.dcm")}

        self.restart_days_later(node, 31)
        self.wait_until_removed(node)
        self.assertTrue(kept["path"].is_dir(), "results have a time of their own")
        row = node.study(study)
        self.assertEqual((row["state"], row["verdict"], row["removed_instances"]),
                         ("analysed", "positive", len(files)))
        self.restart_days_later(node, 31)
        daemon.wait_for(lambda: not kept["path"].exists(), daemon.DISK_SECONDS)

        # A part of it is not judged for the whole, and says so.
        self.assertEqual(cases.store(node.port, files[:40])[0], 0)
        daemon.wait_for(lambda: node.study(study)["state"] == "failed", 60)
        self.assertRegex(node.study(study)["reason"], "^images_removed: .* 40 of it came again")
        self.assertEqual(cases.store(node.port, files)[0], 0)
        daemon.wait_for(lambda: node.study(study)["state"] == "analysed", 120)
        self.assertEqual(node.study(study)["revision"], 2)
        again = node.result(study)
        self.assertEqual(again["folder"], kept["folder"])
        self.assertEqual({file.name: cases.header(file).SOPInstanceUID for file in again["path"].glob("*.dcm")},
                         objects)
        self.assertEqual({row["state"] for row in node.rows("SELECT state FROM delivery")}, {"sent"})
        self.assertEqual(sorted(pacs.all_instances()), delivered)

    def test_what_is_not_delivered_stays_whatever_its_age(self):
        """Beside a study that was delivered, and goes."""
        pacs = self.pacs().start()
        node = self.node(pacs, delivery={"park_after_h": 8760}).start()
        delivered, first = self.study("delivered")
        self.assertEqual(cases.store(node.port, delivered)[0], 0)
        node.wait_for_deliveries(first)
        sent = len(pacs.all_instances())
        pacs.stop()
        waiting, second = self.study("waiting", "--seed", "2", *POSITIVE)
        self.assertEqual(cases.store(node.port, waiting)[0], 0)
        node.wait_for_judgement(second)
        self.restart_days_later(node, 100)
        daemon.wait_for(lambda: "removed" in node.log() and len(self.images(node)) <= len(waiting), daemon.DISK_SECONDS)
        self.assertEqual(len(self.images(node)), len(waiting))
        pacs.start()
        self.wait_until_removed(node)
        self.assertEqual(len(pacs.all_instances()), sent + 4)

    def test_a_kill_during_a_removal_leaves_no_half_of_a_study(self):
        files, study = self.study("phantom")
        node = self.node(retention={"keep_days": 30}).start()
        chance = random.Random(5)
        self.assertEqual(cases.store(node.port, files)[0], 0)
        node.wait_for_judgement(study)
        broken_off = rounds = 0
        while rounds < 5 or (broken_off == 0 and rounds < 25):
            rounds += 1
            one = chance.choice(self.images(node))
            self.restart_days_later(node, 31, wait=False)
            daemon.wait_for(lambda: not one.exists(), daemon.DISK_SECONDS, every=0)  # all go within milliseconds
            node.kill()
            broken_off += 0 < len(self.images(node)) < len(files)
            node.start()
            self.assertEqual(self.images(node), [])
            self.assertEqual(node.rows("SELECT 1 FROM instance"), [])
            self.assertEqual(node.study(study)["state"], "analysed")
            # The same again, for the next round.
            self.assertEqual(cases.store(node.port, files)[0], 0)
            daemon.wait_for(lambda: node.study(study)["state"] == "analysed", 120)
        self.assertGreaterEqual(broken_off, 1, "no kill met a removal")
        self.assertNotIn("by other hands", node.log())
        self.assertEqual(len(node.rows("SELECT 1 FROM result")), 1)

    def test_where_the_disk_gets_short_the_oldest_make_room_and_nobody_is_refused(self):
        disk = self.enterContext(SmallDisk(self.folder, 400))
        node = self.node(node={"data_dir": str(disk.root / "data")}, receive={"minimum_free_mib": 16},
                         retention={"free_mib": 150})
        node.data_dir = disk.root / "data"
        node.start()
        studies = []
        for number in range(3):
            files, study = self.study(f"phantom{number}", "--seed", str(number + 1))
            self.assertEqual(cases.store(node.port, files)[0], 0)
            node.wait_for_judgement(study)
            studies.append(study)
        self.assertEqual(len(node.rows("SELECT DISTINCT study_uid FROM instance")), 3)
        a_study_mib = node.rows("SELECT bytes FROM study")[0]["bytes"] / (1 << 20)
        disk.leave(150 - 1.5 * a_study_mib)
        daemon.wait_for(lambda: len(node.rows("SELECT DISTINCT study_uid FROM instance")) == 1, 30)
        self.assertEqual(node.rows("SELECT DISTINCT study_uid FROM instance"), [{"study_uid": studies[2]}])
        self.assertRegex(node.log(), r"images \(\d+ MiB\) removed: \d+ MiB free on the disk, 150 wanted")

        disk.leave(120 - a_study_mib)  # more than the last one can give
        daemon.wait_for(lambda: "nothing more may be removed" in node.log(), 30)
        self.assertEqual(self.images(node), [])
        self.assertNotIn("NO IMAGES ARE TAKEN", node.log())


if __name__ == "__main__":
    unittest.main()
