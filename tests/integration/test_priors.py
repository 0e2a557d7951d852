"""An earlier result of the same patient is compared with, wherever it is: the change is in report and result.json, and
a deposit keeps its tracking UID."""

import json
import pathlib
import socket
import subprocess
import tempfile
import unittest

import pydicom

import cases
import orthanc
import validators
from daemon import Daemon

PROGRESSION, STABLE, NEW = "CALC030", "CALC031", "CALC034"
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


def items(parent, code, value_type):
    """All items of that concept and type below, in order."""
    for child in parent.get("ContentSequence", []):
        name = child.get("ConceptNameCodeSequence")
        if name and name[0].CodeValue == code and child.ValueType == value_type:
            yield child
        yield from items(child, code, value_type)


def comparisons(report):
    """(trend code, percent, referenced SOP Instance UID) of each comparison in the tree."""
    for item in items(report, "111424", "CODE"):
        below = {part.ValueType: part for part in item.ContentSequence}
        yield (item.ConceptCodeSequence[0].CodeValue, float(below["NUM"].MeasuredValueSequence[0].NumericValue),
               below["COMPOSITE"].ReferencedSOPSequence[0].ReferencedSOPInstanceUID)


# What a PACS may have besides: newer, and none to compare with. A dose report; another's report; that of a patient
# who has the same ID elsewhere; that of a patient whose ID begins so.
STRANGE = ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.67"}, {"Manufacturer": "Another"},
           {"IssuerOfPatientID": "ANOTHER HOSPITAL"}, {"PatientID": "CALCINODE-PHANTOM-2"})


def strangers(report, folder):
    """Files that are like the report but for what STRANGE says, in later studies."""
    folder.mkdir()
    for number, change in enumerate(STRANGE):
        data = pydicom.dcmread(report)
        data.StudyDate, data.StudyInstanceUID = "20250601", f"2.25.9900{number}"
        data.SeriesInstanceUID, data.SOPInstanceUID = f"2.25.9910{number}", f"2.25.9920{number}"
        for keyword, value in change.items():
            setattr(data, keyword, value)
        data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
        data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
        data.save_as(folder / f"{number}.dcm")
        yield folder / f"{number}.dcm"


class Priors(unittest.TestCase):
    """Each analysis serves several tests: three on the command line or of a node that asks a PACS, two of a node that
    has made the earlier result itself and whose PACS does not answer."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="calcinode-priors-")
        folder = cls.folder = pathlib.Path(cls.scratch.name)
        cls.first_study = made(folder, "first", 1, "20250102")
        cls.first, cls.first_result, _ = analysed(cls.first_study, folder / "first")
        cls.grown_study = made(folder, "grown", 1.4, "20260102")
        cls.grown, cls.grown_result, cls.words = analysed(cls.grown_study, folder / "grown", "--prior", str(cls.first))

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
        self.assertEqual(list(comparisons(report)), [(code, change["percent"], prior.SOPInstanceUID)
                                                     for change in (result["change"], lesion["change"])])
        (evidence,) = report.PertinentOtherEvidenceSequence
        self.assertEqual(evidence.StudyInstanceUID, prior.StudyInstanceUID)
        self.check_tracking(out, result)
        text, code = validators.run("dciodvfy", "-new", out / "sr.dcm")
        self.assertEqual((code, [line for line in text.splitlines() if line.startswith("Error")]), (0, []))

    def check_tracking(self, out, result):
        """The deposit has its counterpart's tracking UID in all objects, the total one of its own."""
        uid = self.first_result["lesions"][0]["tracking_uid"]
        self.assertEqual(result["lesions"][0]["tracking_uid"], uid)
        segments = [segment.TrackingUID for segment in pydicom.dcmread(out / "seg.dcm").SegmentSequence]
        self.assertEqual(segments, [item.UID for item in items(pydicom.dcmread(out / "sr.dcm"), "112040", "UIDREF")])
        self.assertEqual([segment == uid for segment in segments], [True, False])

    def judged(self, node, study):
        """The result of a study that is sent to a node."""
        files = sorted(study.glob("*.dcm"))
        code, output = cases.store(node.port, files)
        self.assertEqual(code, 0, output)
        uid = cases.study_uid(files[0])
        node.wait_for_judgement(uid)
        return node.result(uid)

    def test_a_deposit_that_grew_by_two_fifths_is_progression(self):
        validators.need("dciodvfy")
        self.check(self.grown, self.grown_result, 40, "progression", PROGRESSION)
        self.assertIn("progression", self.words)

    def test_one_that_grew_by_a_tenth_is_stable_also_since_a_report_that_only_the_pacs_has(self):
        validators.need("dciodvfy")
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed: no PACS has an earlier report")
        with orthanc.Orthanc(self.folder / "pacs") as pacs:
            pacs.start()
            pacs.upload([self.first / "sr.dcm", *strangers(self.first / "sr.dcm", self.folder / "strangers")])
            self.assertEqual(len(pacs.all_instances()), 1 + len(STRANGE))
            priors = {"host": "127.0.0.1", "port": pacs.dicom_port, "ae_title": "ORTHANC"}
            with Daemon(self.folder / "asking", priors=priors) as node:
                row = self.judged(node.start(), made(self.folder, "same", 1.1, "20260102"))
        self.check(row["path"], row["json"], 10, "stable", STABLE)
        self.assertEqual(row["json"]["remarks"], [])

    def test_a_deposit_that_was_not_there_is_new_which_is_progression_without_a_percentage(self):
        validators.need("dciodvfy")
        clean = self.folder / "clean-study"
        cases.phantom(clean, "--seed", "4", "--date", "20240102")
        before, _, _ = analysed(clean, self.folder / "clean")
        out, result, words = analysed(self.first_study, self.folder / "new", "--prior", str(before))
        self.assertIn("1 new deposit, ", words)
        change = result["change"]
        self.assertEqual((change["trend"], change["percent"], change["new"]), ("progression", None, [1]))
        self.assertIsNone(result["lesions"][0]["change"])
        (item,) = items(pydicom.dcmread(out / "sr.dcm"), "111424", "CODE")
        self.assertEqual(item.ConceptCodeSequence[0].CodeValue, NEW)
        self.assertNotIn("NUM", [part.ValueType for part in item.ContentSequence])
        text, code = validators.run("dciodvfy", "-new", out / "sr.dcm")
        self.assertEqual((code, [line for line in text.splitlines() if line.startswith("Error")]), (0, []))

    def test_a_node_compares_with_its_own_results_also_where_the_pacs_does_not_answer(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            priors = {"host": "127.0.0.1", "port": silent.getsockname()[1], "ae_title": "PACS", "timeout_s": 2,
                      "altogether_s": 2}
            with Daemon(self.folder / "unanswered", priors=priors) as node:
                node.start()
                alone, compared = self.judged(node, self.first_study), self.judged(node, self.grown_study)
        for row in (alone, compared):
            self.assertEqual(row["json"]["remarks"], ["the PACS could not be asked for earlier results"])
            self.assertLess(row["json"]["timing_s"]["priors"], 6)
        self.assertIn("was not asked for earlier results: ", node.log())
        # Without an earlier result the same objects as ever, and nothing of a change.
        self.assertNotIn("change", alone["json"])
        self.assertEqual((alone["path"] / "sr.dcm").read_bytes(), (self.first / "sr.dcm").read_bytes())
        self.assertEqual(list(comparisons(pydicom.dcmread(alone["path"] / "sr.dcm"))), [])
        # As `analyze --prior` says it: the report that was compared with is the same object.
        self.assertEqual(compared["json"]["change"], self.grown_result["change"])


if __name__ == "__main__":
    unittest.main()
