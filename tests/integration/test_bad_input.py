"""Bad input: each ends with a clear message and the state it ought to have, and costs nothing else."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import cases
import daemon


class BadInput(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))

    def start(self, **sections):
        return self.enterContext(daemon.Daemon(self.folder / "node", **sections)).start()

    def received(self, node):
        return node.rows("SELECT count(*) AS n FROM instance")[0]["n"]

    def assert_alive(self, node):
        """Another study still goes all the way to an answer."""
        files = cases.phantom(self.folder / "healthy", "--seed", "77")
        code, output = cases.store(node.port, files)
        self.assertEqual(code, 0, output)
        self.assertEqual(node.wait_for_judgement(cases.study_uid(files[0]))["state"], "analysed")

    # --- on the network

    def test_unknown_calling_ae_is_rejected(self):
        files = cases.phantom(self.folder / "phantom")[:1]
        node = self.start(receive={"allowed_callers": ["PACS"]})
        code, output = cases.store(node.port, files, calling="STRANGER")
        self.assertNotEqual(code, 0)
        self.assertIn("Calling AE Title Not Recognized", output)
        self.assertEqual(self.received(node), 0)
        daemon.wait_for(lambda: "STRANGER" in node.log(), 10)  # the peer has its answer first
        self.assertEqual(cases.store(node.port, files, calling="PACS")[0], 0)
        self.assertEqual(self.received(node), 1)

    def test_wrong_called_ae_is_rejected(self):
        files = cases.phantom(self.folder / "phantom")[:1]
        node = self.start()
        code, output = cases.store(node.port, files, called="SOMEBODY")
        self.assertNotEqual(code, 0)
        self.assertIn("Called AE Title Not Recognized", output)
        self.assertEqual(self.received(node), 0)

    def test_what_is_not_ct_is_not_accepted(self):
        node = self.start()
        source = cases.phantom(self.folder / "phantom")[0]
        mr_image = "1.2.840.10008.5.1.4.1.1.4"
        data = cases.pydicom.dcmread(source)
        data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = mr_image
        data.save_as(self.folder / "mr.dcm")
        code, _ = cases.store(node.port, [self.folder / "mr.dcm"])
        self.assertNotEqual(code, 0)
        self.assertEqual(self.received(node), 0)

    # --- studies that cannot be judged

    def judged(self, files, node=None, **sections):
        node = node or self.start(**sections)
        code, output = cases.store(node.port, files)
        self.assertEqual(code, 0, output)
        study_uid = cases.study_uid(files[0])
        row = node.wait_for_judgement(study_uid)
        result = node.result(study_uid)
        self.assertEqual(result["json"]["status"], row["state"])
        node.wait_for_line(study_uid)
        return node, row, result["json"]

    def assert_no_object(self, node):
        self.assertEqual(node.rows("SELECT count(*) AS n FROM delivery")[0]["n"], 0)
        self.assertFalse(list((node.data_dir / "results").rglob("*.dcm")))

    def test_localizer_only_is_not_applicable(self):
        source = cases.phantom(self.folder / "phantom")[0]
        localizer = cases.changed_copy(source, self.folder / "localizer.dcm",
                                       ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
        node, row, result = self.judged([localizer])
        self.assertEqual(row["state"], "not_applicable")
        self.assertIn("localizer", (row["reason"] + str(result)).lower())
        self.assert_no_object(node)

    def test_gantry_tilt_with_changing_gaps_is_refused_with_a_reason(self):
        files = cases.real("encodings/gantry-tilt-ge")
        node, row, result = self.judged(files)
        self.assertEqual(row["state"], "not_applicable")
        self.assertTrue(result["reason"])
        self.assertNotIn("verdict", {k for k, v in result.items() if v})
        self.assert_no_object(node)

    def test_a_missing_slice_is_waited_for_and_then_stated(self):
        files = cases.phantom(self.folder / "phantom")
        by_position = sorted(files, key=lambda f: float(cases.header(f).ImagePositionPatient[2]))
        missing = by_position[len(by_position) // 2]
        begin = daemon.time.monotonic()
        node, row, result = self.judged([f for f in files if f != missing], study={"quiet_s": 1, "gap_wait_s": 5})
        self.assertGreaterEqual(daemon.time.monotonic() - begin, 5)
        self.assertIn(row["state"], ("analysed", "not_applicable"))
        self.assertIn("missing", (node.log() + row["reason"] + str(result)).lower())

        # The slice comes after all: the study is judged again, as another revision.
        self.assertEqual(cases.store(node.port, [missing])[0], 0)
        study_uid = cases.study_uid(missing)

        def judged_again():
            """second revision"""
            return node.study(study_uid)["revision"] == 2
        daemon.wait_for(judged_again, 60)
        self.assertEqual(node.study(study_uid)["state"], "analysed")

    def test_same_uid_with_other_bytes_keeps_the_first(self):
        source = cases.phantom(self.folder / "phantom")[0]
        node = self.start(study={"quiet_s": 3600})
        self.assertEqual(cases.store(node.port, [source])[0], 0)
        before = node.rows("SELECT checksum FROM instance")
        other = cases.changed_copy(source, self.folder / "other.dcm", ImageComments="changed")
        cases.store(node.port, [other])
        self.assertEqual(node.rows("SELECT checksum FROM instance"), before)
        self.assertEqual(node.rows("SELECT sum(conflicts) AS n FROM instance")[0]["n"], 1)

    def test_own_objects_that_come_back_are_ignored(self):
        # As CT images, the worst case: our other classes are not even negotiated.
        source = cases.phantom(self.folder / "phantom")[0]
        own = cases.changed_copy(source, self.folder / "own.dcm", Manufacturer="Calcinode project",
                                 ManufacturerModelName="Calcinode")
        node = self.start()
        cases.store(node.port, [own])
        self.assertEqual(self.received(node), 0)
        self.assertFalse(list((node.data_dir / "spool/instances").rglob("*.dcm")))

    def test_broken_pixels_end_as_failed_or_not_applicable_and_the_daemon_lives(self):
        files = cases.phantom(self.folder / "phantom")
        for file in files:
            data = cases.pydicom.dcmread(file)
            data.PixelData = data.PixelData[:1000]
            data.save_as(file)
        node, row, result = self.judged(files)
        self.assertIn(row["state"], ("failed", "not_applicable"))
        self.assertTrue(result["reason"])
        self.assert_no_object(node)
        self.assert_alive(node)

    # --- files, offline

    def analyze(self, *paths):
        return subprocess.run([daemon.CALCINODE, "analyze", *map(str, paths), "--output", str(self.folder / "out")],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def test_truncated_and_foreign_files_are_named_and_exit_with_3(self):
        source = cases.phantom(self.folder / "phantom")[0]
        truncated = self.folder / "truncated.dcm"
        truncated.write_bytes(source.read_bytes()[:5000])
        foreign = self.folder / "letter.txt"
        foreign.write_text("Dear colleague, ...\n" * 100)
        for file in (truncated, foreign):
            done = self.analyze(file)
            self.assertEqual(done.returncode, 3, done.stdout)
            self.assertIn(file.name, done.stdout)

    def test_no_such_file_is_said(self):
        done = self.analyze(self.folder / "nothing-here")
        self.assertEqual(done.returncode, 3)
        self.assertIn("nothing-here", done.stdout)

    # --- the administrator's mistakes

    def serve(self, config):
        return subprocess.run([daemon.CALCINODE, "serve", "--config", str(config)], timeout=20,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def test_a_typo_in_the_configuration_is_named_with_its_line(self):
        config = self.folder / "typo.toml"
        config.write_text('[node]\nae_title = "CALCINODE"\nprot = 104\n\n[study]\nquiet_s = "soon"\n')
        for command in ("check", "serve"):
            done = subprocess.run([daemon.CALCINODE, command, "--config", str(config)], timeout=20,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertIn(f"{config}:3: node.prot: is not known here", done.stdout)
            self.assertIn(f"{config}:6: study.quiet_s: must be a whole number", done.stdout)

    def test_a_right_configuration_is_explained(self):
        config = self.folder / "right.toml"
        config.write_text(daemon.to_toml({"node": {"port": 4711}}))
        done = subprocess.run([daemon.CALCINODE, "check", "--config", str(config)], stdout=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0)
        self.assertIn("4711", done.stdout)

    def test_a_data_folder_that_cannot_be_written_is_said(self):
        # A file where the folder should be: this holds for root, too, whom no permission stops.
        obstacle = self.folder / "obstacle"
        obstacle.write_text("")
        config = self.folder / "unwritable.toml"
        config.write_text(daemon.to_toml({"node": {"port": 0, "bind": "127.0.0.1", "data_dir": str(obstacle / "data")}}))
        done = self.serve(config)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("cannot start: cannot make folder " + str(obstacle), done.stdout)

    def test_a_spool_folder_that_cannot_be_written_is_said(self):
        if os.geteuid() == 0:
            # Root writes anywhere but where a file is in the way.
            (self.folder / "data").mkdir()
            (self.folder / "data/spool").write_text("")
        else:
            (self.folder / "data/spool").mkdir(parents=True, mode=0o500)
        config = self.folder / "unwritable.toml"
        config.write_text(daemon.to_toml({"node": {"port": 0, "bind": "127.0.0.1",
                                                   "data_dir": str(self.folder / "data")}}))
        done = self.serve(config)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(str(self.folder / "data/spool"), done.stdout)


if __name__ == "__main__":
    unittest.main()
