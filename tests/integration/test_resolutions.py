"""The same spine in slices of 0.5, 1, 2 and 3 mm has the same names at the same places."""

import math
import pathlib
import tempfile
import unittest

import cases
import volumes

SLICES_MM = (0.5, 1.0, 2.0, 3.0)
SAME_BODY_MM = 8  # less than half the distance of the closest neighbours, a neck's


def named(result):
    return {v["level"]: v["body_lps_mm"] for v in result["spine"]["vertebrae"] if v["level"] != "uncertain"}


class Resolutions(unittest.TestCase):
    def assert_same_names(self, volume, folder, expected):
        in_plane = max(volume.spacing[0], 0.75)
        finest = None
        for thickness in SLICES_MM:
            with self.subTest(f"{thickness} mm"):
                study = volumes.write(volume.resampled((in_plane, in_plane, thickness)), folder / f"{thickness}")
                result = volumes.analyse(study, folder / f"{thickness}-out")
                names = named(result)
                self.assertLessEqual(set(expected), set(names), f"{thickness} mm")
                finest = finest or names
                for level in expected:
                    self.assertLess(math.dist(names[level], finest[level]), SAME_BODY_MM, level)

    def test_a_neck(self):
        with tempfile.TemporaryDirectory(prefix="calcinode-resolutions-") as folder:
            folder = pathlib.Path(folder)
            volume = volumes.read(cases.phantom(folder / "phantom"))
            self.assert_same_names(volume, folder, ["C2", "C3", "C4", "C5", "C6", "C7", "T1"])

    def test_a_real_chest(self):
        files = cases.real("lidc-0314-chest/dicom")
        with tempfile.TemporaryDirectory(prefix="calcinode-resolutions-") as folder:
            # The chest wall's sides hold nothing that matters here, and cost time.
            whole = volumes.read(files)
            middle = whole.hu.shape[2] // 2
            volume = whole.crop((middle - 160, None, None), (middle + 160, None, None))
            self.assert_same_names(volume, pathlib.Path(folder), [f"T{n}" for n in range(1, 12)])


if __name__ == "__main__":
    unittest.main()
