"""A database that is damaged, or gone: it is set aside and made anew, and nothing is lost or done twice."""

import pathlib
import tempfile
import unittest

import cases
import daemon
import orthanc

PAGE = 4096


def cut_off(file):
    with open(file, "r+b") as database:
        database.truncate(file.stat().st_size // 2 - 100)


def garble_header(file):
    with open(file, "r+b") as database:
        database.write(b"\x55" * 100)


def garble_pages(file):
    with open(file, "r+b") as database:
        for page in range(2, file.stat().st_size // PAGE, 2):
            database.seek(page * PAGE)
            database.write(b"\xaa" * PAGE)


class DamagedDatabase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))

    def node(self, **options):
        return self.enterContext(daemon.Daemon(self.folder / "node", **options))

    def study(self, name, *options):
        files = cases.phantom(self.folder / name, *options)
        return files, cases.study_uid(files[0])

    @staticmethod
    def database(node):
        return node.data_dir / "calcinode.db"

    def test_images_that_were_acknowledged_are_analysed_whatever_happened_to_the_database(self):
        files, study = self.study("phantom")
        for damage in (cut_off, garble_header, garble_pages):
            with self.subTest(damage=damage.__name__):
                node = self.enterContext(daemon.Daemon(self.folder / damage.__name__, study={"quiet_s": 3600}))
                node.start()
                self.assertEqual(cases.store(node.port, files)[0], 0)
                node.stop()
                damage(self.database(node))
                before = self.database(node).read_bytes()
                node.sections["study"]["quiet_s"] = 1
                node.start()
                self.assertIn("DATABASE WAS DAMAGED", node.log())
                aside = list(node.data_dir.glob("calcinode.db.damaged-*"))
                self.assertEqual([file.read_bytes() for file in aside], [before])
                self.assertEqual(node.rows("SELECT count(*) AS n FROM instance")[0]["n"], len(files))
                self.assertEqual(node.wait_for_judgement(study)["state"], "analysed")
                node.stop()

    def test_results_are_known_again_and_the_pacs_gets_no_second_set(self):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed")
        files, study = self.study("phantom", "--deposit", "C4:facet_left:4:700")
        pacs = self.enterContext(orthanc.Orthanc(self.folder / "pacs"))
        node = self.node(destinations=[{"name": "PACS", "host": "127.0.0.1", "port": pacs.dicom_port,
                                        "ae_title": orthanc.Orthanc.AE_TITLE}])
        pacs.start()
        node.start()
        # Two revisions: with some slices missing at the end, then whole.
        for part in (files[:-5], files):
            self.assertEqual(cases.store(node.port, part)[0], 0)
            wanted = len(node.rows("SELECT 1 FROM result")) + 1

            def judged():
                """the revision judged and delivered"""
                row = node.study(study)
                return row and row["state"] == "analysed" and row["revision"] == wanted
            daemon.wait_for(judged, 120)
            node.wait_for_deliveries(study)
        before, kept = node.study(study), node.result(study)
        delivered = sorted(pacs.all_instances())
        self.assertGreaterEqual(len(delivered), 6)
        node.stop()

        garble_pages(self.database(node))
        node.start()
        after = node.study(study)
        for column in ("state", "verdict", "reason", "revision"):
            self.assertEqual(after[column], before[column], column)
        self.assertEqual(node.result(study)["identity"], kept["identity"])
        self.assertEqual(set(node.wait_for_deliveries(study).values()), {"sent"})
        self.assertEqual(sorted(pacs.all_instances()), delivered)
        self.assertRegex(node.log(), r"rebuilt from the files: \d+ images, 2 results")
        self.assertEqual(node.rows("SELECT count(*) AS n FROM job")[0]["n"], 0, "nothing is analysed again")

        # And it goes on: a change of the study is its third revision.
        changed = cases.changed_copy(files[-1], self.folder / "more.dcm", SOPInstanceUID="1.2.3.4.5",
                                     ImagePositionPatient=[0, 0, 1000])
        self.assertEqual(cases.store(node.port, [changed])[0], 0)
        daemon.wait_for(lambda: node.rows("SELECT 1 FROM job WHERE state = 'done'"), 120)

    def test_a_start_that_is_killed_while_it_rebuilds_is_made_up_for_by_the_next(self):
        files, study = self.study("phantom")
        node = self.node().start()
        self.assertEqual(cases.store(node.port, files)[0], 0)
        node.wait_for_judgement(study)
        node.stop()
        garble_header(self.database(node))
        node.start(wait=False)
        daemon.wait_for(lambda: self.database(node).exists() and list(node.data_dir.glob("*.damaged-*")), 20,
                        every=0.005)
        node.kill()
        node.start()
        self.assertEqual(node.study(study)["state"], "analysed")
        self.assertEqual(node.study(study)["revision"], 1)
        self.assertEqual(node.rows("SELECT count(*) AS n FROM instance")[0]["n"], len(files))


if __name__ == "__main__":
    unittest.main()
