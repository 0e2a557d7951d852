"""Any part of a spine is found, and no name is guessed; where there is no spine the study is not applicable."""

import math
import pathlib
import tempfile
import unittest

import numpy as np

import cases
import volumes

PIECE_MM = 60
SAME_PLACE_MM = 5
WHOLE_MM = 18  # a body whose centre is so far inside has both its endplates and discs in the piece


class Pieces(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="calcinode-pieces-")
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.volume = volumes.phantom(cls.folder / "phantom")
        cls.whole = volumes.analyse(volumes.write(cls.volume, cls.folder / "whole"), cls.folder / "whole-out")

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def pieces(self):
        """The spine in pieces that overlap by half."""
        height = self.volume.hu.shape[0]
        for low in range(0, height - PIECE_MM + 1, PIECE_MM // 2):
            piece = self.volume.crop((None, None, low), (None, None, low + PIECE_MM))
            study = volumes.write(piece, self.folder / f"piece-{low}")
            result = volumes.analyse(study, self.folder / f"piece-{low}-out")
            bottom = piece.origin[2]
            yield bottom, bottom + PIECE_MM, result

    def test_every_piece_of_60_mm_has_its_canal_and_bodies_and_no_wrong_name(self):
        whole = self.whole["spine"]["vertebrae"]
        judged = 0
        for bottom, top, result in self.pieces():
            inside = [v for v in whole if bottom + WHOLE_MM < v["body_lps_mm"][2] < top - WHOLE_MM]
            if not inside:  # mostly head
                continue
            judged += 1
            with self.subTest(f"{bottom:.0f} to {top:.0f} mm"):
                self.assertEqual(result["status"], "analysed", result["reason"])
                canal = result["spine"]["canal_lps_mm"]
                self.assertGreater(math.dist(canal[0], canal[-1]), 40)
                found = result["spine"]["vertebrae"]
                for v in inside:
                    nearest = min(found, key=lambda f: math.dist(f["body_lps_mm"], v["body_lps_mm"]), default=None)
                    self.assertIsNotNone(nearest, v["level"])
                    self.assertLess(math.dist(nearest["body_lps_mm"], v["body_lps_mm"]), SAME_PLACE_MM, v["level"])
                    self.assertIn(nearest["level"], (v["level"], "uncertain"))
        self.assertGreaterEqual(judged, 2)

    def test_body_part_examined_is_no_proof_of_anything(self):
        for part in ("HEAD", "", "ABDOMEN"):
            with self.subTest(part):
                study = volumes.write(self.volume, self.folder / f"part-{part}", BodyPartExamined=part,
                                      SeriesDescription="Kopf nativ", StudyDescription="Head")
                result = volumes.analyse(study, self.folder / f"part-{part}-out")
                self.assertEqual(result["spine"], self.whole["spine"])
                self.assertEqual(result["verdict"], self.whole["verdict"])

    def test_the_front_of_a_neck_is_no_spine_whatever_its_header_says(self):
        line = np.array(self.whole["spine"]["canal_lps_mm"])
        front = int((line[:, 1].min() - 45 - self.volume.origin[1]) / self.volume.spacing[1])
        study = volumes.write(self.volume.crop((None, None, None), (None, front, None)), self.folder / "front",
                              BodyPartExamined="SPINE")
        self.assert_not_applicable(volumes.analyse(study, self.folder / "front-out"), "no_spine_in_view")

    def test_a_head_alone_is_no_spine(self):
        study = volumes.write(head(self.volume.template), self.folder / "head", BodyPartExamined="HEAD")
        self.assert_not_applicable(volumes.analyse(study, self.folder / "head-out"), "only_head_in_view")

    def assert_not_applicable(self, result, code):
        self.assertEqual((result["status"], result["reason_code"]), ("not_applicable", code))
        self.assertIn("spine", result["reason"])
        self.assertIsNone(result["verdict"])


def head(template):
    """A skull of bone around brain, with orbits, sinuses and a base that is bone in part, above the first vertebra."""
    z, y, x = np.mgrid[0:150, 0:200, 0:160].astype(float)
    place = np.sqrt(((x - 80) / 72) ** 2 + ((y - 100) / 92) ** 2 + ((z - 60) / 82) ** 2)
    hu = np.where(place < 1.06, 50.0, volumes.AIR)
    hu[place < 1] = 900
    hu[place < 0.93] = 35
    base = (np.abs(z - 12 - (y - 100) * 0.12) < 5) & (place < 1)
    hu[base] = 500
    for side in (-1, 1):
        hu[np.sqrt(((x - 80 - 30 * side) / 18) ** 2 + ((y - 25) / 20) ** 2 + ((z - 25) / 18) ** 2) < 1] = 10
        hu[np.sqrt(((x - 80 - 14 * side) / 8) ** 2 + ((y - 22) / 14) ** 2 + ((z - 8) / 9) ** 2) < 1] = -1000
    hu += np.random.default_rng(1).normal(0, 12, hu.shape)
    return volumes.Volume(hu.astype(np.int16), (1.0, 1.0, 1.0), (-80.0, -100.0, 40.0), template)


class Unfit(unittest.TestCase):
    def test_a_real_series_with_gantry_tilt_says_so(self):
        files = cases.real("encodings/gantry-tilt-ge")
        with tempfile.TemporaryDirectory(prefix="calcinode-unfit-") as folder:
            result = volumes.analyse(files[0].parent, folder)
            self.assertEqual(result["status"], "not_applicable")
            self.assertIn(result["reason_code"], ("gantry_tilt", "too_few_slices"))

    def test_a_real_head_alone_is_no_spine(self):
        # Above the canal's upper end, in a neck whose scan goes far up into the head.
        with tempfile.TemporaryDirectory(prefix="calcinode-unfit-") as folder:
            folder = pathlib.Path(folder)
            files = cases.case("neck-pt_39", folder / "cases")
            volume = volumes.read(files)
            whole = volumes.analyse(files[0].parent, folder / "whole")
            top = whole["spine"]["canal_lps_mm"][0][2]
            first = int((top + 10 - volume.origin[2]) / volume.spacing[2])
            above = volume.crop((None, None, first), (None, None, None))
            if above.hu.shape[0] * volume.spacing[2] < 30:
                cases.skip_loudly("no head above this neck")
            result = volumes.analyse(volumes.write(above, folder / "head"), folder / "head-out")
            self.assertEqual((result["status"], result["reason_code"]), ("not_applicable", "only_head_in_view"))


if __name__ == "__main__":
    unittest.main()
