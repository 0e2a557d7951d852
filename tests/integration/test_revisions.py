"""A study that is judged again gets objects that name those they replace: there are never two unmarked truths in the
PACS. With a real Orthanc."""

import pathlib
import subprocess
import tempfile
import unittest

import pydicom

import cases
import daemon
import orthanc
import small_neck
import volumes

LATE = 8  # slices at the feet end that come after the first result
SR, SEG, SC, KO = ("1.2.840.10008.5.1.4.1.1." + end for end in ("88.22", "66.4", "7", "88.59"))
CLASSES = {SR, SEG, SC, KO}


class Revisions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed: no PACS holds two revisions")

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-revisions-")))
        self.pacs = self.enterContext(orthanc.Orthanc(self.folder / "pacs")).start()
        self.node = self.enterContext(daemon.Daemon(self.folder / "node", destinations=[
            {"name": "PACS", "host": "127.0.0.1", "port": self.pacs.dicom_port, "ae_title": "ORTHANC"}]))
        self.node.start()
        neck = small_neck.with_deposits(small_neck.make(self.folder), small_neck.BESIDE_C4, small_neck.BEHIND_C6)
        self.files = sorted(volumes.write(neck, self.folder / "study").iterdir())
        self.study_uid = cases.study_uid(self.files[0])

    def send(self, files):
        code, output = cases.store(self.node.port, files)
        self.assertEqual(code, 0, output)

    def revision(self, number):
        """The PACS's objects of that revision by SOP class, once all have arrived."""
        def judged():
            """judged as revision"""
            return self.node.rows("SELECT 1 FROM result WHERE study_uid = ? AND revision = ?", self.study_uid, number)
        daemon.wait_for(judged, 240)  # an analysis gives way to all else on the machine
        self.assertEqual(set(self.node.wait_for_deliveries(self.study_uid).values()), {"sent"})
        found = {}
        for instance in self.pacs.all_instances():
            file = self.folder / "from-pacs.dcm"
            self.pacs.download(instance, file)
            data = pydicom.dcmread(file)
            if data.SOPClassUID in CLASSES and data.InstanceNumber == number:
                self.assertNotIn(data.SOPClassUID, found, "two objects of one class in a revision")
                found[data.SOPClassUID] = data
        self.assertEqual(set(found), CLASSES)
        return found

    def assert_replaces(self, new, old, number):
        (study,) = new[SR].PredecessorDocumentsSequence
        (series,) = study.ReferencedSeriesSequence
        (reference,) = series.ReferencedSOPSequence
        self.assertEqual((study.StudyInstanceUID, series.SeriesInstanceUID, reference.ReferencedSOPInstanceUID),
                         (self.study_uid, old[SR].SeriesInstanceUID, old[SR].SOPInstanceUID))
        for kind in (SEG, SC):
            (reference,) = new[kind].ReferencedInstanceSequence
            self.assertEqual(reference.ReferencedSOPInstanceUID, old[kind].SOPInstanceUID)
            self.assertEqual(reference.PurposeOfReferenceCodeSequence[0].CodeValue, "CALC015")
        said = f"Revision {number} of the result of this study"
        self.assertTrue(new[KO].ContentSequence[0].TextValue.startswith(said))
        self.assertIn(said, new[SC].ImageComments)
        self.assertIn(f"revision {number}", new[SEG].ContentDescription)

    def test_late_slices_and_another_configuration_make_revisions_that_name_the_one_before(self):
        self.send(self.files[LATE:])
        first = self.revision(1)
        self.assertNotIn("PredecessorDocumentsSequence", first[SR])
        self.assertNotIn("ReferencedInstanceSequence", first[SEG])

        self.send(self.files[:LATE])
        second = self.revision(2)
        self.assert_replaces(second, first, 2)

        self.assertEqual(self.node.stop(), 0)
        self.node.sections["results"] = {"series_description": "SPINE {verdict} {kind}"}
        self.node.start()
        self.reanalyse()
        third = self.revision(3)
        self.assert_replaces(third, second, 3)
        self.assertEqual(third[SEG].SeriesDescription, "SPINE POSITIVE SEGMENTATION")

        # What held before the third holds again: the PACS must not be left with the third as the last word.
        self.assertEqual(self.node.stop(), 0)
        del self.node.sections["results"]
        self.node.start()
        self.reanalyse()
        fourth = self.revision(4)
        self.assert_replaces(fourth, third, 4)
        self.assertEqual(fourth[SEG].SeriesDescription, second[SEG].SeriesDescription)

    def reanalyse(self):
        done = subprocess.run([cases.CALCINODE, "reanalyze", "--config", str(self.node.folder / "calcinode.toml"),
                               "--study", self.study_uid], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
