"""A CT study goes from a real Orthanc, by its own routing, through the daemon, and comes back as results."""

import collections
import json
import pathlib
import subprocess
import tempfile
import unittest

import cases
import daemon
import orthanc
import pydicom

SR, SEG, SC, KO = ("SR", "SEG", "SC", "KO")
KINDS = {
    "1.2.840.10008.5.1.4.1.1.88.22": SR,
    "1.2.840.10008.5.1.4.1.1.88.34": SR,
    "1.2.840.10008.5.1.4.1.1.66.4": SEG,
    "1.2.840.10008.5.1.4.1.1.7": SC,
    "1.2.840.10008.5.1.4.1.1.88.59": KO,
}
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"


class RoundTrip(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed: nothing travels through a real PACS")

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="calcinode-")))
        self.pacs = self.enterContext(orthanc.Orthanc(self.folder / "pacs"))
        self.node = self.enterContext(daemon.Daemon(self.folder / "node", destinations=[
            {"name": "PACS", "host": "127.0.0.1", "port": self.pacs.dicom_port, "ae_title": "ORTHANC"}]))
        self.node.start()
        self.pacs.start(self.node.port)

    def results_in_pacs(self, study_uid):
        """{kind: count} of all instances of the study that are not its CT images, and their pydicom headers."""
        headers = []
        for series in self.pacs.series(study_uid):
            for instance in series["instances"]:
                file = self.folder / "from-pacs.dcm"
                self.pacs.download(instance, file)
                data = pydicom.dcmread(file, stop_before_pixels=True)
                if data.SOPClassUID != CT_IMAGE:
                    headers.append(data)
                elif series["manufacturer"] == "Calcinode project":
                    self.fail("a CT image made by this software")
        return collections.Counter(KINDS.get(h.SOPClassUID, h.SOPClassUID) for h in headers), headers

    def travel(self, files):
        """Stores the files to the PACS and waits until the results are back. Returns the study's UID."""
        study_uid = cases.study_uid(files[0])
        self.pacs.upload(files)
        self.node.wait_for_judgement(study_uid)
        states = self.node.wait_for_deliveries(study_uid)
        self.assertEqual(set(states.values()), {"sent"}, self.node.log())
        return study_uid

    def assert_belongs_to(self, headers, source):
        for data in headers:
            for keyword in ("StudyInstanceUID", "PatientID", "PatientName", "PatientBirthDate", "PatientSex",
                            "AccessionNumber", "StudyDate", "StudyTime", "StudyID"):
                self.assertEqual(data.get(keyword), source.get(keyword), f"{keyword} of {data.SOPClassUID.name}")

    def assert_nothing_more_happens(self, study_uid, files):
        """The same study again, and the PACS routing the results back, add nothing."""
        before = sorted(self.pacs.all_instances())
        jobs = self.node.rows("SELECT count(*) AS n FROM job")[0]["n"]
        for series in self.pacs.series(study_uid):
            ours = series["manufacturer"] == "Calcinode project"
            self.assertEqual(self.pacs.forward_to_calcinode(series["id"]), not ours, series)
        code, output = cases.store(self.node.port, files, "-xt" if self.compressed(files[0]) else "-x=")
        self.assertEqual(code, 0, output)
        daemon.time.sleep(3)  # longer than quiet_s: a new job would have been queued
        self.assertEqual(self.node.rows("SELECT count(*) AS n FROM job")[0]["n"], jobs, self.node.log())
        self.assertEqual(sorted(self.pacs.all_instances()), before)

    @staticmethod
    def compressed(file):
        return pydicom.dcmread(file, stop_before_pixels=True).file_meta.TransferSyntaxUID.is_compressed

    def assert_analyze_says_the_same(self, study_uid, files):
        output = self.folder / "offline"
        subprocess.run([daemon.CALCINODE, "analyze", *map(str, files), "--output", str(output)], check=True,
                       stdout=subprocess.DEVNULL)
        offline = output / study_uid / "result.json"
        online = self.node.result(study_uid)["path"] / "result.json"
        self.assertEqual(without_times(offline.read_text()), without_times(online.read_text()))

    def test_phantom_with_a_deposit(self):
        files = cases.phantom(self.folder / "phantom", "--deposit", "C4:facet_left:4:700")
        study_uid = self.travel(files)
        kinds, headers = self.results_in_pacs(study_uid)
        self.assertEqual(kinds, {SR: 1, SEG: 1, SC: 1, KO: 1})
        self.assert_belongs_to(headers, cases.header(files[0]))
        self.assertEqual(self.node.study(study_uid)["verdict"], "positive")
        self.assert_analyze_says_the_same(study_uid, files)
        self.assert_nothing_more_happens(study_uid, files)

    def test_real_chest_is_negative(self):
        files = cases.real("lidc-0314-chest/dicom")
        study_uid = self.travel(files)
        kinds, headers = self.results_in_pacs(study_uid)
        self.assertEqual(kinds, {SR: 1})
        self.assert_belongs_to(headers, cases.header(files[0]))
        self.assertEqual(self.node.study(study_uid)["verdict"], "negative")
        self.assert_analyze_says_the_same(study_uid, files)
        self.assert_nothing_more_happens(study_uid, files)

    def test_real_chest_with_a_deposit_is_positive(self):
        files = cases.case("chest-t5-facet", self.folder / "cases")
        study_uid = self.travel(files)
        kinds, headers = self.results_in_pacs(study_uid)
        self.assertEqual(kinds, {SR: 1, SEG: 1, SC: 1, KO: 1})
        self.assert_belongs_to(headers, cases.header(files[0]))
        self.assertEqual(self.node.study(study_uid)["verdict"], "positive")
        self.assert_analyze_says_the_same(study_uid, files)
        self.assert_nothing_more_happens(study_uid, files)


def without_times(text):
    """The text of result.json but for timing_s and the software's version, all other bytes as they are."""
    data = json.loads(text)
    for key in ("timing_s",):
        text = cut_value(text, key, data[key])
    return text.replace(data["software"]["version"], "VERSION")


def cut_value(text, key, value):
    """Takes `"key": value` out of a JSON text, wherever its writer put spaces."""
    start = text.index(f'"{key}"')
    end = start + 1
    decoder = json.JSONDecoder()
    colon = text.index(":", start)
    while text[colon + 1].isspace():
        colon += 1
    read, end = decoder.raw_decode(text, colon + 1)
    assert read == value
    return text[:start] + text[end:]


if __name__ == "__main__":
    unittest.main()
