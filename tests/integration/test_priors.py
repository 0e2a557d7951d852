"""An earlier result of the same patient is compared with: the change is in the report, the figure and result.json."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import unittest

import pydicom

import cases
import orthanc
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


def tracking_uids(report):
    """Of each measurement group, in order."""
    def walk(item):
        for child in item.get("ContentSequence", []):
            name = child.get("ConceptNameCodeSequence")
            if name and name[0].CodeValue == "112040":
                yield child.UID
            yield from walk(child)
    return list(walk(report))


# What a PACS may have besides: newer, and none to compare with. A dose report; another's report; that of a patient
# who has the same ID elsewhere; that of a patient whose ID begins so.
STRANGE = ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.67"}, {"Manufacturer": "Another"},
           {"IssuerOfPatientID": "ANOTHER HOSPITAL"}, {"PatientID": "CALCINODE-PHANTOM-2"})


def made_stranger(report, file, number, **change):
    data = pydicom.dcmread(report)
    data.StudyDate, data.StudyInstanceUID = "20250601", f"2.25.9900{number}"
    data.SeriesInstanceUID, data.SOPInstanceUID = f"2.25.9910{number}", f"2.25.9920{number}"
    for keyword, value in change.items():
        setattr(data, keyword, value)
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.save_as(file)


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

    def test_a_deposit_keeps_the_tracking_uid_of_its_counterpart(self):
        (first,), (grown,) = self.first_result["lesions"], self.grown_result["lesions"]
        self.assertEqual(grown["tracking_uid"], first["tracking_uid"])
        segments = pydicom.dcmread(self.grown / "seg.dcm").SegmentSequence
        self.assertEqual(segments[0].TrackingUID, first["tracking_uid"])
        self.assertEqual(tracking_uids(pydicom.dcmread(self.grown / "sr.dcm"))[0], first["tracking_uid"])
        self.assertNotEqual(segments[-1].TrackingUID, first["tracking_uid"])

    # --- from a PACS, by a node that has nothing of its own

    def node(self, name, **priors):
        return self.enterContext(Daemon(self.folder / name, priors=priors)).start()

    def judged(self, node):
        """The result of the grown study, sent to a node."""
        code, output = cases.store(node.port, sorted(self.grown_study.glob("*.dcm")))
        self.assertEqual(code, 0, output)
        uid = self.grown_result["study_uid"]
        node.wait_for_judgement(uid)
        return node.result(uid)

    def test_an_earlier_report_is_fetched_from_the_pacs_and_what_is_not_one_is_passed_over(self):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed: no PACS has an earlier report")
        strange = self.folder / "strange"
        strange.mkdir()
        for number, change in enumerate(STRANGE):
            made_stranger(self.first / "sr.dcm", strange / f"{number}.dcm", number, **change)
        with orthanc.Orthanc(self.folder / "pacs") as pacs:
            pacs.start()
            pacs.upload([self.first / "sr.dcm", *strange.iterdir()])
            node = self.node("asking", host="127.0.0.1", port=pacs.dicom_port, ae_title="ORTHANC")
            result = self.judged(node)["json"]
            self.assertEqual(result["change"], self.grown_result["change"])
            self.assertEqual(result["lesions"][0]["change"]["trend"], "progression")
            self.assertEqual(result["lesions"][0]["tracking_uid"], self.first_result["lesions"][0]["tracking_uid"])
            self.assertEqual(result["remarks"], [])

    def test_a_pacs_that_does_not_answer_costs_the_result_a_remark_and_bounded_time(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            node = self.node("unanswered", host="127.0.0.1", port=silent.getsockname()[1], ae_title="PACS", timeout_s=2,
                             altogether_s=2)
            row = self.judged(node)
        alone, result = row["path"], row["json"]
        self.assertEqual(result["verdict"], self.grown_result["verdict"])
        self.assertEqual(result["remarks"], ["the PACS could not be asked for earlier results"])
        self.assertIn("was not asked for earlier results: ", node.log())
        self.assertLess(result["timing_s"]["priors"], 5)
        # Nothing is said of a change, and the objects are others.
        self.assertNotIn("change", result)
        self.assertEqual(comparisons(pydicom.dcmread(alone / "sr.dcm")), [])
        self.assertNotEqual(pydicom.dcmread(alone / "sr.dcm").SOPInstanceUID,
                            pydicom.dcmread(self.grown / "sr.dcm").SOPInstanceUID)
        without, with_change = (png.read((out / "figure.png").read_bytes()) for out in (alone, self.grown))
        self.assertTrue(without.shape != with_change.shape or (without != with_change).any())

    def test_validators_find_no_error(self):
        if not shutil.which("dciodvfy"):
            cases.skip_loudly("dciodvfy (package dicom3tools) is not installed")
        for out in (self.grown, self.same):
            text, code = validators.run("dciodvfy", "-new", out / "sr.dcm")
            self.assertEqual((code, [line for line in text.splitlines() if line.startswith("Error")]), (0, []))


if __name__ == "__main__":
    unittest.main()
