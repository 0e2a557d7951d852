"""Every object that `analyze` writes passes the validators of dicom3tools and PixelMed, is read by DCMTK, belongs to the
source study, and result.json follows its schema. Each warning that is left is explained here.

    CALCINODE_CASES=FOLDER CALCINODE_EVERY_CASE=1 tests/integration/test_report_validators.py
                                        all cases in FOLDER as they are, beside the phantom (minutes)
"""

import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shutil
import tempfile
import unittest

import pydicom

import cases
import small_neck
import validators
import volumes

SOURCE = pathlib.Path(os.environ.get("CALCINODE_SOURCE", pathlib.Path(__file__).parents[2]))
OBJECTS = {"sr.dcm", "sc-1.dcm", "seg.dcm", "ko.dcm"}
STUDY_ATTRIBUTES = ("SpecificCharacterSet", "PatientName", "PatientID", "PatientBirthDate", "PatientSex",
                    "StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "AccessionNumber",
                    "ReferringPhysicianName")
# PixelMed's time grows with the square of the number of images.
MOST_IMAGES = 60

# What validators say of us that is no mistake of ours, and why.
EXPLAINED = {
    r"Unrecognized defined term = <99CALC>": "the designator of a private scheme, which the attribute allows",
    r"Qualitative Evaluations.*Content Item not in template$":
        "TID 1500 is extensible: slips and comparisons stand below its qualitative evaluations",
    r"GeneralSeriesModule/Laterality/: : Missing conditional attribute":
        "asked for of a spine, which is not a paired part of the body",
    r"SpecificCharacterSet/value\[1\]: Unrecognized defined term :ISO_IR (192|13)":
        "the validator is older than the term, or does not know it; PS3.3 C.12.1.1.2 has it",
    r"Study(Time|ID)\(\w+,\w+\)> - Missing attribute or value that would be needed to build DICOMDIR":
        "the source has none, and nothing is invented",
    r"Different information entities for attribute - Element=<AccessionNumber>":
        "dcentvfy takes Accession Number for the study's in some classes, for the series' in others",
}


@dataclasses.dataclass
class Study:
    name: str
    images: list
    out: pathlib.Path = None
    result: dict = None

    def objects(self):
        return sorted(self.out.glob("*.dcm"))

    def analyse(self, folder):
        output = folder / (self.name + "-out")
        text, code = validators.run(cases.CALCINODE, "analyze", self.images[0].parent, "--output", output)
        assert code == 0, text
        (self.out,) = output.iterdir()
        self.result = json.loads((self.out / "result.json").read_text())


def phantoms(folder):
    neck = small_neck.make(folder)
    for name, deposits in (("positive", (small_neck.BESIDE_C4, small_neck.BEHIND_C6)), ("negative", ())):
        made = small_neck.with_deposits(neck, *deposits)
        yield Study(name, sorted(volumes.write(made, folder / name).iterdir()))


def part_of(files, folder, middle):
    """Copies of the images around a part of the series."""
    by_place = sorted(files, key=lambda file: float(cases.header(file).ImagePositionPatient[2]))
    first = int(len(by_place) * middle) - MOST_IMAGES // 2
    folder.mkdir()
    return [pathlib.Path(shutil.copy(file, folder)) for file in by_place[first:first + MOST_IMAGES]]


def real_studies(folder):
    """Real anatomy; real headers, de-identified, with empty Study Time, Study ID and patient name."""
    yield Study("deposit", part_of(cases.case("chest-t5-facet", folder / "cases"), folder / "deposit", 0.5))
    yield Study("de-identified", part_of(cases.real("lidc-0314-chest/dicom"), folder / "de-identified", 0.6))


def every_case():
    if not os.environ.get("CALCINODE_EVERY_CASE"):
        return
    for case in sorted(pathlib.Path(os.environ["CALCINODE_CASES"]).iterdir()):
        if (case / "dicom").is_dir():
            yield Study(case.name, sorted((case / "dicom").iterdir()))


class Material:
    """All studies, analysed, and what the validators say of all objects: made once."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="calcinode-validators-")
        self.pixelmed = validators.Pixelmed()  # compiles its style sheets while studies are made
        folder = pathlib.Path(self.folder.name)
        self.missing = None
        self.studies = list(phantoms(folder))
        try:
            self.studies += real_studies(folder)
        except unittest.SkipTest as why:
            self.missing = str(why)
        self.studies += every_case()
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda study: study.analyse(folder), self.studies))
        self.files = [str(file) for study in self.studies for file in study.objects()]
        self.pixelmed_answers = self.pixelmed.validate(self.files)

    def study(self, name):
        (study,) = [s for s in self.studies if s.name == name]
        return study

    def close(self):
        self.pixelmed.stop()
        self.folder.cleanup()


def setUpModule():
    global material
    material = Material()
    unittest.addModuleCleanup(material.close)


class Objects(unittest.TestCase):
    def check(self, complaints):
        self.assertEqual([c for c in complaints if not any(re.search(known, c) for known in EXPLAINED)], [])

    def test_real_studies_were_among_them(self):
        if material.missing:
            self.skipTest(material.missing)

    def test_a_positive_study_has_all_objects_a_negative_one_the_report(self):
        found = {name: ({file.name for file in material.study(name).out.iterdir()},
                        material.study(name).result["verdict"]) for name in ("positive", "negative")}
        self.assertEqual(found["positive"], (OBJECTS | {"figure.png", "result.json"}, "positive"))
        self.assertEqual(found["negative"], ({"sr.dcm", "result.json"}, "negative"))

    def test_dciodvfy_finds_no_error_and_no_warning_without_an_explanation(self):
        for file, (complaints, code) in validators.dciodvfy(material.files).items():
            with self.subTest(file):
                self.assertEqual(code, 0, complaints)
                self.check(complaints)

    def test_pixelmed_finds_no_error_and_no_warning_without_an_explanation(self):
        if material.pixelmed_answers is None:
            cases.skip_loudly(f"{validators.PIXELMED} or javac is not installed")
        for file in material.files:
            with self.subTest(file):
                answer = material.pixelmed_answers[file]
                self.assertIn("IOD", answer)
                if pathlib.Path(file).name in validators.DOCUMENTS:
                    self.assertIn("IOD validation complete", answer)
                    self.assertIn("Root Template Validation Complete", answer)
                self.check(validators.complaints(answer))

    def test_every_explanation_is_needed(self):
        if material.pixelmed_answers is None:
            cases.skip_loudly(f"{validators.PIXELMED} or javac is not installed")
        if material.missing:
            self.skipTest("some are of real studies")
        said = [c for complaints, _ in validators.dciodvfy(material.files).values() for c in complaints]
        said += [c for answer in material.pixelmed_answers.values() for c in validators.complaints(answer)]
        for study in material.studies:
            said += validators.dcentvfy([*study.objects(), study.images[0]])
        for known in EXPLAINED:
            self.assertTrue(any(re.search(known, c) for c in said), known)

    def test_source_and_results_are_consistent(self):
        for study in material.studies:
            with self.subTest(study.name):
                self.check(validators.dcentvfy([*study.objects(), *study.images[:20]]))

    def test_dcmtk_reads_the_documents(self):
        validators.need("dsrdump")
        for study in material.studies:
            with self.subTest(study.name):
                for file in (f for f in study.objects() if f.name in validators.DOCUMENTS):
                    text, code = validators.run("dsrdump", "+Pu", file)
                    self.assertEqual(code, 0, text)

    def test_results_follow_their_schema(self):
        schema = json.loads((SOURCE / "src/report/result.schema.json").read_text())
        for study in material.studies:
            with self.subTest(study.name):
                self.assertEqual(list(validators.violations(study.result, schema, schema)), [])

    def test_objects_join_the_source_study(self):
        for study in material.studies:
            with self.subTest(study.name):
                source = cases.header(study.images[0])
                series = {source.SeriesInstanceUID}
                for file in study.objects():
                    made = pydicom.dcmread(file)
                    for name in STUDY_ATTRIBUTES:
                        self.assertEqual(made.get(name) or None, source.get(name) or None, f"{file.name}: {name}")
                    self.assertNotIn(made.SeriesInstanceUID, series)
                    series.add(made.SeriesInstanceUID)

    def test_analysing_again_gives_the_same_objects(self):
        study = material.study("positive")
        again = study.out.parent.with_name("again")
        text, code = validators.run(cases.CALCINODE, "analyze", study.images[0].parent, "--output", again)
        self.assertEqual(code, 0, text)
        (out,) = again.iterdir()
        for name in (*OBJECTS, "figure.png"):
            self.assertEqual((out / name).read_bytes(), (study.out / name).read_bytes(), name)


class Slip(unittest.TestCase):
    """The neck's third vertebra has slipped on the fourth."""

    def test_it_is_measured_and_never_raises_the_verdict(self):
        result = material.study("negative").result
        self.assertEqual(result["verdict"], "negative")
        slips = {(s["upper"], s["lower"]): s for s in result["spine"]["listhesis"]}
        self.assertAlmostEqual(slips["C3", "C4"]["slip_mm"], small_neck.SLIP_MM, delta=1)

    def test_the_report_holds_it_with_its_place_on_a_source_image(self):
        study = material.study("negative")
        report = pydicom.dcmread(study.out / "sr.dcm")
        self.assertEqual(report.SeriesDescription, "CALC NEGATIVE")
        (finding,) = [item for item in descendants(report) if item.ValueType == "CODE" and
                      item.ConceptCodeSequence[0].CodeValue == "274152003"]
        (distance,) = [item for item in finding.ContentSequence if item.ValueType == "NUM"]
        self.assertAlmostEqual(float(distance.MeasuredValueSequence[0].NumericValue), small_neck.SLIP_MM, delta=1)
        (point,) = [item for item in distance.ContentSequence if item.ValueType == "SCOORD"]
        referenced = point.ContentSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        (image,) = [h for h in map(cases.header, study.images) if h.SOPInstanceUID == referenced]
        (slip,) = [s for s in study.result["spine"]["listhesis"] if s["upper"] == "C3"]
        column, row = (float(v) - 0.5 for v in point.GraphicData)
        rows, columns = (float(v) for v in image.PixelSpacing)
        x, y, z = (float(v) for v in image.ImagePositionPatient)
        there = (x + column * columns, y + row * rows, z)
        for mine, placed, tolerance in zip(there, slip["place_lps_mm"], (0.6, 0.6, 1.4)):
            self.assertAlmostEqual(mine, placed, delta=tolerance)


def descendants(item):
    for child in item.get("ContentSequence", ()):
        yield child
        yield from descendants(child)


if __name__ == "__main__":
    unittest.main()
