"""However the patient lay and whatever plane the scanner made: the spine has the same patient coordinates and names."""

import math
import pathlib
import tempfile
import unittest

import volumes

SAME_MM = 0.1  # positions are rounded to 0.01 mm, and DICOM writes them as decimals


class Orientations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="calcinode-orientations-")
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.volume = volumes.phantom(cls.folder / "phantom", "--deposit", "C5:facet_left:3:700")
        cls.upright = cls.analysed("upright", "supine, head first")

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def analysed(cls, name, position, **options):
        study = volumes.write(cls.volume, cls.folder / name, position, **options)
        return volumes.analyse(study, cls.folder / (name + "-out"))

    def assert_same_places(self, places, others):
        self.assertEqual(len(places), len(others))
        for one, other in zip(places, others):
            self.assertLess(math.dist(one, other), SAME_MM)

    def assert_same(self, result):
        spine, expected = result["spine"], self.upright["spine"]
        self.assert_same_places(spine["canal_lps_mm"], expected["canal_lps_mm"])
        for key in ("body_lps_mm", "canal_lps_mm", "upper_endplate_lps_mm", "lower_endplate_lps_mm"):
            self.assert_same_places([v[key] for v in spine["vertebrae"]], [v[key] for v in expected["vertebrae"]])
        for key in ("level", "alternatives"):
            self.assertEqual([v[key] for v in spine["vertebrae"]], [v[key] for v in expected["vertebrae"]])
        self.assertEqual(spine["regions"], expected["regions"])
        self.assertEqual([(m["name"], m["level"]) for m in spine["landmarks"]],
                         [(m["name"], m["level"]) for m in expected["landmarks"]])
        self.assertEqual(result["verdict"], self.upright["verdict"])
        self.assertEqual([d["side"] for d in result["lesions"]], [d["side"] for d in self.upright["lesions"]])
        self.assert_same_places([d["centroid_lps_mm"] for d in result["lesions"]],
                                [d["centroid_lps_mm"] for d in self.upright["lesions"]])

    def test_the_phantom_has_a_spine_and_a_deposit_at_the_left(self):
        self.assertEqual(self.upright["status"], "analysed")
        self.assertGreater(len(self.upright["spine"]["canal_lps_mm"]), 20)
        self.assertGreater(len(self.upright["spine"]["vertebrae"]), 2)
        self.assertEqual([d["side"] for d in self.upright["lesions"]], ["left"])

    def test_every_position_and_plane_gives_the_same_patient_coordinates(self):
        for number, position in enumerate(volumes.POSITIONS):
            with self.subTest(position):
                self.assert_same(self.analysed(f"position-{number}", position))

    def test_the_order_of_the_images_does_not_matter(self):
        self.assert_same(self.analysed("reversed", "supine, head first", files_reversed=True))


if __name__ == "__main__":
    unittest.main()
