"""The analysis on some of the evaluation's cases, whose deposits are known: verdicts, what is found and what is not
there, the canal's part, and what a confidence means. All cases together are the benchmark's. Skipped, loudly, without
CALCINODE_EVAL and CALCINODE_CT."""

import json
import os
import pathlib
import sys
import tempfile
import unittest

import numpy as np

import cases
import volumes

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "bench"))
import deposit_figures  # noqa: E402

IN_THE_CANAL = ("phantom-c5-canal", "chest-t8-canal", "abdomen-l2-canal")
WITHOUT = ("chest-plain", "abdomen-plain", "neck-pt_22", "neck-pt_28", "neck-pt_99")
# Few of the evaluation's phantoms: each takes as long to build as all the real ones together.
WITH = ("chest-t5-facet", "chest-t3-large", "abdomen-l3-facet", "neck-pt_76-c3", "phantom-seed-case", *IN_THE_CANAL)
CANAL_TOLERANCE_POINTS = 10
FOUND_SHARE = 0.25  # of a true deposit's voxels, as the evaluation's scorer asks for
SURE, TRUE_SHARE = 0.9, 0.9


class KnownDeposits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not os.environ.get("CALCINODE_EVAL") or not os.environ.get("CALCINODE_CT"):
            cases.skip_loudly("no evaluation: CALCINODE_EVAL and CALCINODE_CT name its folders")
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="calcinode-known-")))
        cls.analysed = {name: volumes.analysed_case(name, cls.folder) for name in WITHOUT + WITH}

    def found(self, name):
        """How many of the case's true deposits are, and how many it has."""
        case, _, output = self.analysed[name]
        truth = json.loads((case / "truth.json").read_text())
        mask = np.load(case / "truth.npz")["mask"].ravel()
        segments = list(deposit_figures.segments(output, truth).values())
        voxels = np.unique(np.concatenate(segments)) if segments else np.zeros(0, int)
        covered, sizes = np.bincount(mask[voxels], minlength=mask.max() + 1), np.bincount(mask)
        return int((covered[1:] >= FOUND_SHARE * sizes[1:]).sum()), len(truth["lesions"])

    def judged(self, name):
        case, result, output = self.analysed[name]
        return [(*one, name) for one in deposit_figures.judged_lesions(case, result, output)]

    def test_cases_with_deposits_are_positive_and_all_of_them_are_found(self):
        for name in WITH:
            with self.subTest(name):
                self.assertEqual(self.analysed[name][1]["verdict"], "positive")
                found, there = self.found(name)
                self.assertEqual(found, there)
                self.assertEqual([one[2]["level"] for one in self.judged(name) if not one[1]], [])

    def test_cases_without_deposits_are_negative(self):
        for name in WITHOUT:
            with self.subTest(name):
                self.assertEqual(self.analysed[name][1]["verdict"], "negative")

    def test_the_canal_s_part_is_that_which_a_deposit_truly_takes(self):
        for name in IN_THE_CANAL:
            case, result, _ = self.analysed[name]
            with self.subTest(name):
                self.assertIn(result["severity"], ("moderate", "severe"))
                lesion = max(result["lesions"], key=lambda one: one["canal_occupied_percent"])
                self.assertEqual(lesion["compartment"], "canal")
                self.assertEqual(lesion["canal_distance_mm"], 0)
                self.assertAlmostEqual(lesion["canal_occupied_percent"], deposit_figures.canal_truth(case),
                                       delta=CANAL_TOLERANCE_POINTS)

    def test_of_deposits_reported_as_sure_nine_in_ten_are_deposits(self):
        judged = [one for name in self.analysed for one in self.judged(name)]
        deposit_figures.print_reliability(judged)
        sure = [one for one in judged if one[0] >= SURE]
        false = [f"{name}: {lesion['compartment']} at {lesion['level']}" for _, true, lesion, name in sure if not true]
        self.assertTrue(sure)
        self.assertLessEqual(len(false), (1 - TRUE_SHARE) * len(sure), false)


if __name__ == "__main__":
    unittest.main()
