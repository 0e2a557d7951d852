"""The spine on some of the evaluation's cases, by the same figures as the benchmark's. Skipped, loudly, without
CALCINODE_EVAL and CALCINODE_CT."""

import json
import os
import pathlib
import statistics
import sys
import tempfile
import unittest

import cases
import volumes

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "bench"))
import spine_figures  # noqa: E402

FINE = ("chest-plain", "abdomen-plain", "phantom-seed-case")
COARSE = ("neck-pt_22", "neck-pt_28", "neck-pt_99")


class SpineCases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not os.environ.get("CALCINODE_EVAL") or not os.environ.get("CALCINODE_CT"):
            cases.skip_loudly("no evaluation: CALCINODE_EVAL and CALCINODE_CT name its folders")
        cls.judged = {}
        with tempfile.TemporaryDirectory(prefix="calcinode-spine-") as folder:
            for name in FINE + COARSE:
                case, result, _ = volumes.analysed_case(name, pathlib.Path(folder))
                truth = json.loads((case / "truth.json").read_text())
                cls.judged[name] = truth, result["spine"]

    def group(self, names):
        group = spine_figures.Group()
        for name in names:
            spine_figures.add_vertebrae(group, name, *self.judged[name])
            spine_figures.add_canal(group, *self.judged[name])
        return group

    def test_fine_volumes(self):
        group = self.group(FINE)
        self.assertEqual(group.wrong, [])
        self.assertGreaterEqual(group.named / group.known, 0.95)
        self.assertLessEqual(statistics.median(group.canal), 2)
        self.assertLessEqual(spine_figures.percentile(group.canal, 95), 4)
        self.assertLessEqual(statistics.median(group.body), 4)

    def test_coarse_necks(self):
        group = self.group(COARSE)
        self.assertEqual(group.wrong, [])
        self.assertGreaterEqual(group.named / group.known, 0.85)
        self.assertLessEqual(statistics.median(group.canal), 4)
        self.assertLessEqual(spine_figures.percentile(group.canal, 95), 8)

    def test_a_slip_is_measured_within_a_millimetre_and_none_made_up(self):
        errors, others = spine_figures.slip_errors(*self.judged["phantom-seed-case"])
        self.assertTrue(errors)
        self.assertLessEqual(max(errors.values()), 1)
        self.assertGreaterEqual(len(others), 5)
        self.assertLessEqual(max(others.values()), 1)


if __name__ == "__main__":
    unittest.main()
