"""Readers that are not ours find in the objects what the analysis found: pydicom, dcmjs and dsr2html.

dcmjs (the package of npm's registry) is looked for in CALCINODE_NODE, else in build/node below the source, where
./run test puts it; without it its test is skipped loudly."""

import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import numpy as np
import pydicom

import cases
import small_neck
import validators
import volumes

SOURCE = pathlib.Path(os.environ.get("CALCINODE_SOURCE", pathlib.Path(__file__).parents[2]))
NODE = pathlib.Path(os.environ.get("CALCINODE_NODE", SOURCE / "build/node")) / "node_modules"
LEVELS = {"C4": "5329002", "C7": "87391001"}
SIDES = {"left": "7771000", "right": "24028007"}
MEAN, MAXIMUM, DEVIATION = "373098007", "56851009", "386136009"
# result.json's key, the SR's concept, its derivation, and what one is in terms of the other.
MEASUREMENTS = (("volume_mm3", "118565006", None, 1), ("mean_hu", "112031", MEAN, 1), ("max_hu", "112031", MAXIMUM, 1),
                ("sd_hu", "112031", DEVIATION, 1), ("long_axis_mm", "103339001", None, 1),
                ("canal_distance_mm", "121206", None, 1), ("confidence", "111012", None, 100))


def concept(item):
    return item.ConceptNameCodeSequence[0].CodeValue


def children(item, code):
    return [child for child in item.get("ContentSequence", ()) if concept(child) == code]


def value(item):
    if item.ValueType == "CODE":
        return item.ConceptCodeSequence[0].CodeValue
    return {"NUM": lambda: float(item.MeasuredValueSequence[0].NumericValue), "UIDREF": lambda: item.UID,
            "TEXT": lambda: item.TextValue}[item.ValueType]()


def measured(group, code, derivation):
    """The one value of that concept and derivation."""
    (found,) = [value(item) for item in children(group, code)
                if [value(d) for d in children(item, "121401")] == ([derivation] if derivation else [])]
    return found


class Readers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="calcinode-readers-")
        cls.addClassCleanup(folder.cleanup)
        folder = pathlib.Path(folder.name)
        neck = small_neck.with_deposits(small_neck.make(folder), small_neck.BESIDE_C4, small_neck.BEHIND_C6)
        study = volumes.write(neck, folder / "study")
        cls.result = volumes.analyse(study, folder / "out")
        (cls.out,) = (folder / "out").iterdir()
        cls.images = {h.SOPInstanceUID: h for h in map(pydicom.dcmread, study.iterdir())}
        cls.report = pydicom.dcmread(cls.out / "sr.dcm")
        cls.segmentation = pydicom.dcmread(cls.out / "seg.dcm")
        (imaging_measurements,) = children(cls.report, "126010")
        cls.groups = children(imaging_measurements, "125007")
        (evaluations,) = children(cls.report, "C0034375")
        cls.evaluations = {}
        for item in evaluations.ContentSequence:
            cls.evaluations.setdefault(concept(item), []).append(value(item))

    # --- pydicom

    def test_each_deposit_of_the_result_is_a_measurement_group_with_the_same_numbers(self):
        self.assertEqual(len(self.groups), len(self.result["lesions"]) + 1)
        self.assertEqual(len(self.result["lesions"]), 2)
        for group, lesion in zip(self.groups, self.result["lesions"]):
            (uid,), (site,) = children(group, "112040"), children(group, "363698007")
            self.assertEqual(value(uid), lesion["tracking_uid"])
            self.assertEqual(value(site), LEVELS[lesion["level"]])
            self.assertEqual([value(side) for side in children(site, "272741003")], [SIDES[lesion["side"]]])
            self.assertEqual(len(children(site, "106233006")), 1)
            for key, code, derivation, factor in MEASUREMENTS:
                self.assertAlmostEqual(measured(group, code, derivation), lesion[key] * factor, msg=key,
                                       delta=0.5 if factor > 1 else 0.011)

    def test_procedure_observer_algorithm_and_images_are_named(self):
        (procedure,) = children(self.report, "121058")
        self.assertEqual(value(procedure), "25045-6")
        (kind,), (name,), (maker,) = (children(self.report, code) for code in ("121005", "121013", "121014"))
        self.assertEqual((value(kind), value(name), value(maker)), ("121007", "Calcinode", "Calcinode project"))
        version = self.result["software"]["version"]
        method = f"{version}, analysis {self.result['software']['analysis']}"
        (serial,) = children(self.report, "121016")
        self.assertEqual(value(serial), version)
        (library,) = children(self.report, "111028")
        (group,) = children(library, "126200")
        listed = [item.ReferencedSOPSequence[0].ReferencedSOPInstanceUID for item in group.ContentSequence
                  if item.ValueType == "IMAGE"]
        self.assertEqual(sorted(listed), sorted(self.images))
        for number, group in enumerate(self.groups, 1):
            (segment,) = children(group, "121191")
            reference = segment.ReferencedSOPSequence[0]
            self.assertEqual((reference.ReferencedSOPInstanceUID, reference.ReferencedSegmentNumber),
                             (self.segmentation.SOPInstanceUID, number))
            for measurement in (item for item in group.ContentSequence if item.ValueType == "NUM"):
                made_by = [[value(item) for item in children(measurement, code)] for code in ("111001", "111003")]
                self.assertEqual(made_by, [["Calcinode"], [method]])

    def test_the_last_group_is_the_total(self):
        total = self.groups[-1]
        self.assertAlmostEqual(measured(total, "118565006", None), self.result["totals"]["volume_mm3"], delta=0.06)
        self.assertEqual(measured(total, "111038", None), self.result["totals"]["count"])

    def test_verdict_severity_and_actionability_are_codes(self):
        self.assertEqual(self.evaluations["18115005"], ["52101004"])
        self.assertEqual(self.evaluations["246112005"],
                         [{"mild": "255604002", "moderate": "6736007", "severe": "24484000"}[self.result["severity"]]])
        self.assertEqual(self.evaluations["CALC012"], [{2: "RID49481", 3: "RID49482"}[self.result["acr_category"]]])

    def test_a_segment_s_voxels_have_the_deposit_s_volume_attenuation_and_place(self):
        """The mask is the analysis', voxel for voxel: the source's values below it give the same mean, maximum and
        deviation."""
        for number, lesion in enumerate(self.result["lesions"], 1):
            hu, places = self.values_below(number)
            self.assertAlmostEqual(hu.mean(), lesion["mean_hu"], delta=0.1)
            self.assertEqual(hu.max(), lesion["max_hu"])
            self.assertAlmostEqual(hu.std(), lesion["sd_hu"], delta=0.5)
            volume = len(hu) * np.prod(small_neck.SPACING)
            # The segment holds whole voxels, the volume their shares.
            self.assertAlmostEqual(volume, lesion["volume_mm3"], delta=0.15 * lesion["volume_mm3"])
            for mine, centre, step in zip(places.mean(axis=0), lesion["centroid_lps_mm"], small_neck.SPACING):
                self.assertAlmostEqual(mine, centre, delta=step / 2)

    def test_the_last_segment_is_all_deposits_and_no_frame_is_empty(self):
        every = {tuple(place) for number in (1, 2) for place in self.values_below(number)[1].round(2)}
        self.assertEqual({tuple(place) for place in self.values_below(3)[1].round(2)}, every)
        self.assertTrue(self.frames().any(axis=(1, 2)).all())
        self.assertEqual({i.FrameOfReferenceUID for i in self.images.values()}, {self.segmentation.FrameOfReferenceUID})

    def frames(self):
        return self.segmentation.pixel_array.reshape(-1, self.segmentation.Rows, self.segmentation.Columns) > 0

    def values_below(self, number):
        """HU and LPS place of each voxel of a segment, on the images that its frames refer to."""
        hu, places = [], []
        for frame, group in zip(self.frames(), self.segmentation.PerFrameFunctionalGroupsSequence):
            if group.SegmentIdentificationSequence[0].ReferencedSegmentNumber != number:
                continue
            source = group.DerivationImageSequence[0].SourceImageSequence[0]
            image = self.images[source.ReferencedSOPInstanceUID]
            self.assertEqual(group.PlanePositionSequence[0].ImagePositionPatient, image.ImagePositionPatient)
            rows, columns = np.nonzero(frame)
            hu.append(image.pixel_array[frame] * float(image.RescaleSlope) + float(image.RescaleIntercept))
            x, y, z = (float(v) for v in image.ImagePositionPatient)
            between_rows, between_columns = (float(v) for v in image.PixelSpacing)
            places.append(np.stack([x + columns * between_columns, y + rows * between_rows,
                                    np.full(len(rows), z)], axis=1))
        return np.concatenate(hu), np.concatenate(places)

    def test_key_objects_are_the_images_that_show_most_of_each_deposit(self):
        keys = pydicom.dcmread(self.out / "ko.dcm")
        self.assertEqual(concept(keys), "113000")
        named = [item.ReferencedSOPSequence[0].ReferencedSOPInstanceUID for item in keys.ContentSequence
                 if item.ValueType == "IMAGE"]
        figure = pydicom.dcmread(self.out / "sc-1.dcm", stop_before_pixels=True).SOPInstanceUID
        self.assertEqual(named[-1], figure)
        for number, uid in enumerate(named[:-1], 1):
            _, places = self.values_below(number)
            heights, counts = np.unique(places[:, 2], return_counts=True)
            self.assertIn(float(self.images[uid].ImagePositionPatient[2]), heights[counts == counts.max()])
            self.assertIn(f"Image {self.images[uid].InstanceNumber}: deposit {number} (",
                          keys.ContentSequence[0].TextValue)

    # --- others

    def test_dcmjs_reads_groups_and_voxels(self):
        if not shutil.which("node") or not (NODE / "dcmjs").is_dir():
            cases.skip_loudly(f"node or its package dcmjs (in {NODE}) is not installed")
        done = subprocess.run(["node", pathlib.Path(__file__).with_name("read_with_dcmjs.js"), self.out / "sr.dcm",
                               self.out / "seg.dcm"], env=dict(os.environ, NODE_PATH=str(NODE)), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        read = json.loads(done.stdout)
        self.assertIn("Length", read["tools"])
        for group, lesion in zip(read["groups"], self.result["lesions"]):
            self.assertEqual((group["uid"], group["site"]), (lesion["tracking_uid"], f"{lesion['level']} vertebra"))
            self.assertAlmostEqual(group["volume"], lesion["volume_mm3"], delta=0.06)
        counts = {str(number): len(self.values_below(number)[0]) for number in (1, 2, 3)}
        self.assertEqual(read["segments"], counts)

    def test_dsr2html_shows_a_report_that_can_be_read(self):
        validators.need("dsr2html")
        page, code = validators.run("dsr2html", self.out / "sr.dcm")
        self.assertEqual(code, 0, page)
        text = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)))
        for lesion in self.result["lesions"]:
            self.assertRegex(text, rf"Deposit {lesion['id']}: [CT0-9-]+, {lesion['compartment']}, {lesion['side']}, "
                             rf"{lesion['volume_mm3'] / 1000:.2f} ml, mean {round(lesion['mean_hu'])} HU")
        for part in ("UNVERIFIED", "PRELIMINARY", "Conclusion: Pathologic calcification, pattern compatible with",
                     "2 deposits of together", "C3/4 spondylolisthesis, 4 mm anterior", "not for primary diagnosis",
                     "ACR Category 3 Actionable Finding", "trabecular attenuation C2-C7"):
            self.assertIn(part, text)


if __name__ == "__main__":
    unittest.main()
