"""What is measured of deposits in the canal, against cases of known truth. Skipped, loudly, without CALCINODE_EVAL
and CALCINODE_CT."""

import os
import pathlib
import sys
import tempfile
import unittest

import cases
import volumes

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "bench"))
import deposit_figures  # noqa: E402

CASES = ("phantom-c5-canal", "chest-t8-canal", "abdomen-l2-canal")
TOLERANCE_POINTS = 10


class DepositsInTheCanal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not os.environ.get("CALCINODE_EVAL") or not os.environ.get("CALCINODE_CT"):
            cases.skip_loudly("no evaluation: CALCINODE_EVAL and CALCINODE_CT name its folders")

    def check(self, name):
        with tempfile.TemporaryDirectory(prefix="calcinode-measure-") as folder:
            files = cases.case(name, pathlib.Path(folder))
            expected = deposit_figures.canal_truth(files[0].parent.parent)
            result = volumes.analyse(files[0].parent, pathlib.Path(folder) / "out")
        self.assertEqual(result["verdict"], "positive")
        self.assertIn(result["severity"], ("moderate", "severe"))
        lesion = max(result["lesions"], key=lambda one: one["canal_occupied_percent"])
        self.assertEqual(lesion["compartment"], "canal")
        self.assertEqual(lesion["canal_distance_mm"], 0)
        self.assertAlmostEqual(lesion["canal_occupied_percent"], expected, delta=TOLERANCE_POINTS)

    def test_the_canal_s_part(self):
        for name in CASES:
            with self.subTest(name):
                self.check(name)


if __name__ == "__main__":
    unittest.main()
