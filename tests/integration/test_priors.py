"""An earlier result of the same patient is compared with: the change is in the report, the figure and result.json."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import pydicom

import cases
import png
import validators
from daemon import Daemon

PROGRESSION, STABLE = "CALC030", "CALC031"
# Of a volume's change, in percent: what edges of 0.6 x 0.6 x 0.9 mm voxels let measure of 1 ml.
ERROR_PERCENT = 8


def made(folder, name, volume_ml, date):
    study = folder / f"{name}-study"
    cases.phantom(study, "--seed", "4", "--date", date, "--deposit", f"C4:facet_left:{volume_ml}:700")
    return study


def analysed(study, output, *options):
    done = subprocess.run([cases.CALCINODE, "analyze", str(study), "--output", str(output), *options], check=True,
                          stdout=subprocess.PIPE, text=True)
    (out,) = output.iterdir()
    return out, json.loads((out / "result.json").read_text()), done.stdout


def comparisons(report):
    """(trend code, percent, referenced SOP Instance UID) of each comparison in the tree."""
    def walk(item):
        for child in item.get("ContentSequence", []):
            name = child.get("ConceptNameCodeSequence")
            if name and name[0].CodeValue == "111424" and child.ValueType == "CODE":
                below = {part.ValueType: part for part in child.ContentSequence}
                yield (child.ConceptCodeSequence[0].CodeValue,
                       float(below["NUM"].MeasuredValueSequence[0].NumericValue),
                       below["COMPOSITE"].ReferencedSOPSequence[0].ReferencedSOPInstanceUID)
            yield from walk(child)
    return list(walk(report))


class Priors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="calcinode-priors-")
        folder = cls.folder = pathlib.Path(cls.scratch.name)
        cls.first_study = made(folder, "first", 1, "20250102")
        cls.first, cls.first_result, _ = analysed(cls.first_study, folder / "first")
        cls.grown_study = made(folder, "grown", 1.4, "20260102")
        cls.grown, cls.grown_result, cls.words = analysed(cls.grown_study, folder / "grown", "--prior", str(cls.first))
        cls.same, cls.same_result, _ = analysed(made(folder, "same", 1.1, "20260102"), folder / "same", "--prior",
                                                str(cls.first / "sr.dcm"))

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def check(self, out, result, percent, trend, code):
        (lesion,) = result["lesions"]
        for change in (lesion["change"], result["change"]):
            self.assertAlmostEqual(change["percent"], percent, delta=ERROR_PERCENT)
            self.assertEqual(change["trend"], trend)
            self.assertEqual(change["prior_volume_mm3"], self.first_result["lesions"][0]["volume_mm3"])
        report, prior = pydicom.dcmread(out / "sr.dcm"), pydicom.dcmread(self.first / "sr.dcm")
        self.assertEqual(comparisons(report), [(code, result["change"]["percent"], prior.SOPInstanceUID),
                                               (code, lesion["change"]["percent"], prior.SOPInstanceUID)])
        (evidence,) = report.PertinentOtherEvidenceSequence
        self.assertEqual(evidence.StudyInstanceUID, prior.StudyInstanceUID)

    def test_a_deposit_that_grew_by_two_fifths_is_progression(self):
        self.check(self.grown, self.grown_result, 40, "progression", PROGRESSION)
        self.assertIn("progression", self.words)

    def test_one_that_grew_by_a_tenth_is_stable(self):
        self.check(self.same, self.same_result, 10, "stable", STABLE)

    def test_without_a_prior_nothing_is_said_and_the_figure_differs(self):
        alone, result, _ = analysed(self.grown_study, self.folder / "alone")
        self.assertNotIn("change", result)
        self.assertEqual(comparisons(pydicom.dcmread(alone / "sr.dcm")), [])
        self.assertNotEqual(pydicom.dcmread(alone / "sr.dcm").SOPInstanceUID,
                            pydicom.dcmread(self.grown / "sr.dcm").SOPInstanceUID)
        without, with_change = (png.read((out / "figure.png").read_bytes()) for out in (alone, self.grown))
        self.assertTrue(without.shape != with_change.shape or (without != with_change).any())

    def test_the_daemon_compares_with_what_it_made_itself(self):
        with Daemon(self.folder / "node") as node:
            node.start()
            results = []
            for study in (self.first_study, self.grown_study):
                files = sorted(study.glob("*.dcm"))
                subprocess.run(["storescu", "-aec", "CALCINODE", "127.0.0.1", str(node.port), *map(str, files)],
                               check=True, env=dict(os.environ, TCP_NODELAY="1"))
                uid = cases.header(files[0]).StudyInstanceUID
                node.wait_for_judgement(uid)
                results.append(node.result(uid)["json"])
            self.assertNotIn("change", results[0])
            # As `analyze --prior` says it: the report that was compared with is the same object.
            self.assertEqual(results[1]["change"], self.grown_result["change"])

    def test_validators_find_no_error(self):
        if not shutil.which("dciodvfy"):
            cases.skip_loudly("dciodvfy (package dicom3tools) is not installed")
        for out in (self.grown, self.same):
            text, code = validators.run("dciodvfy", "-new", out / "sr.dcm")
            self.assertEqual((code, [line for line in text.splitlines() if line.startswith("Error")]), (0, []))


if __name__ == "__main__":
    unittest.main()
