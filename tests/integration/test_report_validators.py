"""Every object that `analyze` writes passes the validators of dicom3tools, PixelMed and DCMTK, belongs to the source
study, and result.json follows its schema."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import pydicom

import cases

SOURCE = pathlib.Path(os.environ.get("CALCINODE_SOURCE", pathlib.Path(__file__).parents[2]))
PIXELMED = "/usr/share/java/pixelmed.jar"
OBJECTS = ("sr.dcm", "sc-1.dcm", "seg.dcm", "ko.dcm")
STUDY_ATTRIBUTES = ("SpecificCharacterSet", "PatientName", "PatientID", "PatientBirthDate", "PatientSex",
                    "StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "AccessionNumber",
                    "ReferringPhysicianName")


def run(*command):
    """Output of both kinds, and the exit code."""
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    return done.stdout.decode("utf-8", "replace"), done.returncode


def need(program):
    if not shutil.which(program):
        cases.skip_loudly(f"{program} is not installed")


def violations(value, schema, root, where="result"):
    """What of `value` does not follow `schema`: the part of JSON Schema that ours uses. A key that the schema does not
    list is one, too: readers accept it, but what we write is what we document."""
    if "$ref" in schema:
        target = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
        yield from violations(value, target, root, where)
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
             "boolean": bool, "null": type(None)}
    if "type" in schema:
        allowed = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        as_kind = any(isinstance(value, kinds[k]) and (k == "boolean" or not isinstance(value, bool))
                      for k in allowed)
        if not as_kind:
            yield f"{where} is {value!r}, not {allowed}"
            return
    if "const" in schema and value != schema["const"]:
        yield f"{where} is {value!r}, not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}, not one of {schema['enum']}"
    if isinstance(value, str):
        if not re.search(schema.get("pattern", ""), value):
            yield f"{where} {value!r} does not match {schema['pattern']}"
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 1 << 30):
            yield f"{where} has {len(value)} characters"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            yield f"{where} is {value}"
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 1 << 30):
            yield f"{where} has {len(value)} items"
        for n, item in enumerate(value):
            yield from violations(item, schema.get("items", {}), root, f"{where}[{n}]")
    if isinstance(value, dict):
        yield from (f"{where} has no {key}" for key in schema.get("required", ()) if key not in value)
        listed = schema.get("properties", {})
        if schema.get("type") == "object" and "additionalProperties" not in schema:
            yield from (f"{where}.{key} is not in the schema" for key in value if key not in listed)
        for key, item in value.items():
            part = listed.get(key, schema.get("additionalProperties", {}))
            yield from violations(item, part, root, f"{where}.{key}")
    for part in schema.get("allOf", ()):
        branch = "else" if any(violations(value, part["if"], root)) else "then"
        yield from violations(value, part[branch], root, where)


class Analysed:
    """A phantom study and what `analyze` makes of it."""

    def __init__(self, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="calcinode-validators-")
        self.images = cases.phantom(pathlib.Path(self.folder.name) / "study", *options)
        self.analyse(self.images[0].parent)

    def analyse(self, study):
        output = pathlib.Path(self.folder.name) / "out"
        text, code = run(cases.CALCINODE, "analyze", study, "--output", output)
        assert code == 0, text
        (self.out,) = output.iterdir()
        self.result = json.loads((self.out / "result.json").read_text())


class Validators(unittest.TestCase):
    def check_dciodvfy(self, out):
        need("dciodvfy")
        for file in sorted(out.glob("*.dcm")):
            text, code = run("dciodvfy", "-new", file)
            errors = [line for line in text.splitlines() if line.startswith("Error")]
            self.assertEqual((code, errors), (0, []), file.name)

    def check_pixelmed(self, out):
        need("java")
        if not pathlib.Path(PIXELMED).is_file():
            cases.skip_loudly(f"{PIXELMED} is not installed")
        # Java's own limits on the size of an XPath expression are too small for the validator's style sheets.
        limits = [f"-Djdk.xml.xpath{limit}=0" for limit in ("ExprOpLimit", "ExprGrpLimit", "TotalOpLimit")]
        for file in sorted(out.glob("sr.dcm")) + sorted(out.glob("ko.dcm")):
            text, _ = run("java", *limits, "-cp", PIXELMED, "com.pixelmed.validate.DicomSRValidator", file)
            self.assertIn("IOD validation complete", text)
            self.assertIn("Root Template Validation Complete", text)
            self.assertEqual([line for line in text.splitlines() if line.startswith("Error")], [], file.name)

    def check_consistent(self, out, images):
        need("dcentvfy")
        text, _ = run("dcentvfy", *sorted(out.glob("*.dcm")), *images[:20])
        # dcentvfy knows Accession Number as an attribute of the study of some classes, of the series of others.
        quirk = re.compile(r"Different information entities for attribute - Element=<AccessionNumber>")
        complaints = [line for line in text.splitlines()
                      if line.startswith(("Error", "Warning")) and not quirk.search(line)]
        self.assertEqual(complaints, [])

    def check_readable(self, out):
        need("dsrdump")
        for name in ("sr.dcm", "ko.dcm"):
            if (out / name).exists():
                text, code = run("dsrdump", "+Pu", out / name)
                self.assertEqual(code, 0, text)
                html, code = run("dsr2html", out / name)
                self.assertEqual(code, 0, html)
                self.assertIn("</html>", html)

    def check_schema(self, result):
        schema = json.loads((SOURCE / "src/report/result.schema.json").read_text())
        self.assertEqual(list(violations(result, schema, schema)), [])

    def check_joins_study(self, out, image):
        source = cases.header(image)
        series = {source.SeriesInstanceUID}
        for file in sorted(out.glob("*.dcm")):
            made = pydicom.dcmread(file)
            for name in STUDY_ATTRIBUTES:
                self.assertEqual(made.get(name) or None, source.get(name) or None, f"{file.name}: {name}")
            self.assertNotIn(made.SeriesInstanceUID, series)
            series.add(made.SeriesInstanceUID)


class Positive(Validators):
    @classmethod
    def setUpClass(cls):
        cls.study = Analysed("--deposit", "C4:facet_left:6:800", "--deposit", "C3:paraspinal_right:3:600",
                             "--patient-name", "Phantom^K\u00e4the")

    @classmethod
    def tearDownClass(cls):
        cls.study.folder.cleanup()

    def test_every_object_and_the_figure_are_there(self):
        self.assertEqual(self.study.result["verdict"], "positive")
        names = {file.name for file in self.study.out.iterdir()}
        self.assertEqual(names, {*OBJECTS, "figure.png", "result.json"})

    def test_dciodvfy_finds_no_error(self):
        self.check_dciodvfy(self.study.out)

    def test_pixelmed_finds_no_error(self):
        self.check_pixelmed(self.study.out)

    def test_source_and_results_are_consistent(self):
        self.check_consistent(self.study.out, self.study.images)

    def test_dcmtk_reads_the_documents(self):
        self.check_readable(self.study.out)

    def test_result_follows_its_schema(self):
        self.check_schema(self.study.result)

    def test_objects_join_the_source_study(self):
        self.check_joins_study(self.study.out, self.study.images[0])

    def test_segment_and_result_agree_on_each_deposit(self):
        segmentation = pydicom.dcmread(self.study.out / "seg.dcm")
        tracked = [s.TrackingUID for s in segmentation.SegmentSequence]
        lesions = self.study.result["lesions"]
        self.assertEqual(tracked[:-1], [lesion["tracking_uid"] for lesion in lesions])
        spacing = segmentation.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
        voxel = float(spacing.PixelSpacing[0]) * float(spacing.PixelSpacing[1]) * float(
            spacing.SpacingBetweenSlices)
        frames = segmentation.pixel_array.reshape(-1, segmentation.Rows, segmentation.Columns)
        for number, lesion in enumerate(lesions, 1):
            mine = [n for n, group in enumerate(segmentation.PerFrameFunctionalGroupsSequence)
                    if group.SegmentIdentificationSequence[0].ReferencedSegmentNumber == number]
            # The segment holds whole voxels, the volume their shares.
            self.assertAlmostEqual(frames[mine].sum() * voxel, lesion["volume_mm3"],
                                   delta=0.15 * lesion["volume_mm3"])

    def test_analysing_again_gives_the_same_objects(self):
        again = pathlib.Path(self.study.folder.name) / "again"
        text, code = run(cases.CALCINODE, "analyze", self.study.images[0].parent, "--output", again)
        self.assertEqual(code, 0, text)
        (out,) = again.iterdir()
        for name in (*OBJECTS, "figure.png"):
            self.assertEqual((out / name).read_bytes(), (self.study.out / name).read_bytes(), name)


class Negative(Validators):
    @classmethod
    def setUpClass(cls):
        cls.study = Analysed()

    @classmethod
    def tearDownClass(cls):
        cls.study.folder.cleanup()

    def test_only_a_valid_report_says_so(self):
        self.assertEqual(self.study.result["verdict"], "negative")
        self.assertEqual({file.name for file in self.study.out.iterdir()}, {"sr.dcm", "result.json"})
        self.check_dciodvfy(self.study.out)
        self.check_pixelmed(self.study.out)
        self.check_consistent(self.study.out, self.study.images)
        self.check_readable(self.study.out)
        self.check_schema(self.study.result)
        self.assertEqual(pydicom.dcmread(self.study.out / "sr.dcm").SeriesDescription, "CALC NEGATIVE")


class Slipped(Validators):
    """A neck without deposits whose third vertebra has slipped on the fourth."""

    @classmethod
    def setUpClass(cls):
        cls.study = Analysed("--slip", "4")

    @classmethod
    def tearDownClass(cls):
        cls.study.folder.cleanup()

    def test_the_slip_is_measured_and_never_raises_the_verdict(self):
        self.assertEqual(self.study.result["verdict"], "negative")
        slips = {(s["upper"], s["lower"]): s for s in self.study.result["spine"]["listhesis"]}
        self.assertAlmostEqual(slips["C3", "C4"]["slip_mm"], 4, delta=1)

    def test_a_valid_report_holds_it_with_its_place_on_a_source_image(self):
        self.check_dciodvfy(self.study.out)
        self.check_pixelmed(self.study.out)
        self.check_consistent(self.study.out, self.study.images)
        self.check_readable(self.study.out)
        self.check_schema(self.study.result)
        report = pydicom.dcmread(self.study.out / "sr.dcm")
        self.assertEqual(report.SeriesDescription, "CALC NEGATIVE")
        (finding,) = [item for item in descendants(report) if item.ValueType == "CODE" and
                      item.ConceptCodeSequence[0].CodeValue == "274152003"]
        (distance,) = [item for item in finding.ContentSequence if item.ValueType == "NUM"]
        self.assertAlmostEqual(float(distance.MeasuredValueSequence[0].NumericValue), 4, delta=1)
        (point,) = [item for item in distance.ContentSequence if item.ValueType == "SCOORD"]
        referenced = point.ContentSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        (image,) = [h for h in map(cases.header, self.study.images) if h.SOPInstanceUID == referenced]
        (slip,) = [s for s in self.study.result["spine"]["listhesis"] if s["upper"] == "C3"]
        column, row = (float(v) - 0.5 for v in point.GraphicData)
        rows, columns = (float(v) for v in image.PixelSpacing)
        x, y, z = (float(v) for v in image.ImagePositionPatient)
        there = (x + column * columns, y + row * rows, z)
        for mine, placed, tolerance in zip(there, slip["place_lps_mm"], (0.5, 0.5, 0.6)):
            self.assertAlmostEqual(mine, placed, delta=tolerance)


def descendants(item):
    for child in item.get("ContentSequence", ()):
        yield child
        yield from descendants(child)


class Real(Validators):
    """Real anatomy; real headers with empty Study Time, Study ID and patient name."""

    def test_results_of_a_real_series_are_valid(self):
        with tempfile.TemporaryDirectory(prefix="calcinode-validators-") as folder:
            images = cases.case("chest-t5-facet", pathlib.Path(folder) / "cases")
            out = pathlib.Path(folder) / "out"
            text, code = run(cases.CALCINODE, "analyze", images[0].parent, "--output", out)
            self.assertEqual(code, 0, text)
            (study,) = out.iterdir()
            self.check_dciodvfy(study)
            self.check_pixelmed(study)
            self.check_consistent(study, images)
            self.check_readable(study)
            self.check_schema(json.loads((study / "result.json").read_text()))
            self.check_joins_study(study, images[0])

    def test_results_of_a_de_identified_series_are_valid(self):
        images = cases.real("lidc-0314-chest/dicom")
        with tempfile.TemporaryDirectory(prefix="calcinode-validators-") as folder:
            text, code = run(cases.CALCINODE, "analyze", images[0].parent, "--output", folder)
            self.assertEqual(code, 0, text)
            (study,) = pathlib.Path(folder).iterdir()
            self.check_dciodvfy(study)
            self.check_pixelmed(study)
            self.check_consistent(study, images)
            self.check_schema(json.loads((study / "result.json").read_text()))
            self.check_joins_study(study, images[0])


if __name__ == "__main__":
    unittest.main()
