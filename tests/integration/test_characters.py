"""Names and descriptions in any character set come through exactly, what is missing stays missing, and every result is
valid."""

import concurrent.futures
import pathlib
import tempfile
import unittest

import pydicom
from pydicom.uid import ExplicitVRLittleEndian

import cases
import small_neck
import validators
import volumes

JAPANESE = b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B"
ARABIC = "\u0642\u0628\u0627\u0646\u064a^\u0644\u0646\u0632\u0627\u0631".encode("iso8859-6")
UTF8 = "Wang^XiaoDong=\u738b^\u5c0f\u6771=".encode()
GREEK = "\u0394\u03b9\u03bf\u03bd\u03c5\u03c3\u03b9\u03bf\u03c2".encode("iso8859-7")

# By attribute, the bytes it has in the source; None: the attribute is missing there.
STUDIES = {
    "Japanese": {"SpecificCharacterSet": b"\\ISO 2022 IR 87", "PatientName": JAPANESE,
                 "StudyDescription": b"\x1b$B7[DG\x1b(B CT"},
    "Arabic": {"SpecificCharacterSet": b"ISO_IR 127", "PatientName": ARABIC},
    "Greek": {"SpecificCharacterSet": b"ISO_IR 126", "PatientName": GREEK, "StudyDescription": GREEK},
    "UTF-8": {"SpecificCharacterSet": b"ISO_IR 192", "PatientName": UTF8,
              "StudyDescription": "H\u00e4lfte \u2013 \u65b0\u751f\u513f".encode()},
    "Latin 1": {"SpecificCharacterSet": b"ISO_IR 100", "PatientName": "Ko\u015bcielny".encode("iso8859-2")},
    "missing": {name: None for name in (
        "SpecificCharacterSet", "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName", "PatientBirthDate",
        "PatientSex", "StudyDescription", "SeriesDescription", "BodyPartExamined", "PatientAge", "InstitutionName",
        "AcquisitionDate", "AcquisitionTime", "ContentDate", "ContentTime", "SeriesDate", "SeriesTime")},
    "empty": {"AccessionNumber": b"", "PatientName": b"", "PatientID": b"", "StudyID": b""},
    "over-long": {"StudyDescription": b"CT of the cervical spine, without contrast, " * 4,
                  "SeriesDescription": b"soft tissue kernel " * 10, "AccessionNumber": b"A1234567890123456789"},
}
TAKEN_OVER = ("SpecificCharacterSet", "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID",
              "StudyDate", "StudyTime", "StudyID", "StudyDescription", "AccessionNumber", "ReferringPhysicianName",
              "PatientAge")
# Nothing that our objects need: where the source has none, they have none.
NOT_INVENTED = ("PatientAge", "StudyDescription", "InstitutionName", "OperatorsName", "PerformingPhysicianName",
                "StationName", "OtherPatientIDsSequence")
# A source that breaks a rule is not mended: the value stands in our objects as it stands in the images.
THE_SOURCES_OWN = ("StudyDescription(", "AccessionNumber(", "PatientID(", "PatientName(", "SpecificCharacterSet(",
                   "99CALC", "DICOMDIR", "RADLEX")


def raw(dataset, keyword):
    """The bytes of a value, without padding; None where it is missing or empty."""
    tag = pydicom.datadict.tag_for_keyword(keyword)
    element = dataset.get_item(tag)
    if element is None or element.value is None:
        return None
    value = element.value
    return (value if isinstance(value, bytes) else str(value).encode()).rstrip(b" \0") or None


def put_raw(dataset, keyword, value):
    tag = pydicom.tag.Tag(pydicom.datadict.tag_for_keyword(keyword))
    if value is None:
        dataset.pop(tag, None)
        return
    if len(value) % 2:
        value += b" "
    dataset[tag] = pydicom.dataelem.RawDataElement(tag, pydicom.datadict.dictionary_VR(tag), len(value), value, 0,
                                                   False, True)


class Study:
    def __init__(self, name, files, folder):
        self.name, self.folder = name, folder / name.replace(" ", "-")
        (self.folder / "study").mkdir(parents=True)
        for file in files:
            data = pydicom.dcmread(file)
            for keyword, value in STUDIES[name].items():
                put_raw(data, keyword, value)
            data.read_encoding = data._character_set  # else pydicom would write the texts anew
            data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
            data.save_as(self.folder / "study" / file.name)
        self.source = next((self.folder / "study").iterdir())
        self.text, self.code = validators.run(cases.CALCINODE, "analyze", self.folder / "study", "--output",
                                              self.folder / "out")
        self.objects = sorted(self.folder.glob("out/*/*.dcm"))


class Characters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="calcinode-characters-")
        cls.addClassCleanup(folder.cleanup)
        folder = pathlib.Path(folder.name)
        neck = small_neck.with_deposits(small_neck.make(folder), small_neck.BESIDE_C4)
        files = sorted(volumes.write(neck, folder / "template").iterdir())
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            cls.studies = list(pool.map(lambda name: Study(name, files, folder), STUDIES))

    def test_each_study_has_all_objects(self):
        for study in self.studies:
            with self.subTest(study.name):
                self.assertEqual(study.code, 0, study.text)
                self.assertEqual([file.name for file in study.objects], ["ko.dcm", "sc-1.dcm", "seg.dcm", "sr.dcm"])

    def test_what_the_source_has_is_taken_over_byte_for_byte_and_nothing_is_invented(self):
        for study in self.studies:
            source = pydicom.dcmread(study.source, stop_before_pixels=True)
            for file in study.objects:
                made = pydicom.dcmread(file, stop_before_pixels=True)
                with self.subTest(f"{study.name}: {file.name}"):
                    for keyword in TAKEN_OVER:
                        self.assertEqual(raw(made, keyword), raw(source, keyword), keyword)
                    for keyword, value in STUDIES[study.name].items():
                        if keyword != "SpecificCharacterSet":  # which pydicom has read already
                            self.assertEqual(raw(source, keyword), value and value.rstrip(b" ") or None, keyword)
                    for keyword in NOT_INVENTED:
                        if keyword not in source:
                            self.assertNotIn(keyword, made)

    def test_names_read_the_same(self):
        read = {s.name: pydicom.dcmread(s.objects[-1]).PatientName for s in self.studies}
        self.assertEqual(read["Japanese"].ideographic, "\u5c71\u7530^\u592a\u90ce")
        self.assertEqual(read["Japanese"].phonetic, "\u3084\u307e\u3060^\u305f\u308d\u3046")
        self.assertEqual(str(read["Arabic"]), ARABIC.decode("iso8859-6"))
        self.assertEqual(read["UTF-8"].ideographic, "\u738b^\u5c0f\u6771")

    def test_each_result_is_valid(self):
        for study in self.studies:
            for file, (complaints, _) in validators.dciodvfy(study.objects).items():
                with self.subTest(f"{study.name}: {file.name}"):
                    self.assertEqual([c for c in complaints if not any(own in c for own in THE_SOURCES_OWN)], [])

    def test_dcmtk_prints_the_report(self):
        validators.need("dsr2html")
        for study in self.studies:
            with self.subTest(study.name):
                text, code = validators.run("dsr2html", study.objects[-1])
                self.assertEqual(code, 0, text)
                self.assertIn("pattern compatible with calcinosis", text)


if __name__ == "__main__":
    unittest.main()
