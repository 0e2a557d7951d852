"""What a deposit's confidence means: of those reported with 0.9 or more, nine in ten are deposits. On the cases that
other tests build as well. Skipped, loudly, without CALCINODE_EVAL and CALCINODE_CT."""

import os
import pathlib
import sys
import tempfile
import unittest

import cases
import volumes

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "bench"))
import deposit_figures  # noqa: E402

CASES = ("chest-plain", "chest-t5-facet", "chest-t3-large", "chest-t8-canal", "abdomen-plain", "abdomen-l3-facet",
         "phantom-seed-case", "phantom-c5-canal", "phantom-slip-4", "neck-pt_22", "neck-pt_28", "neck-pt_39",
         "neck-pt_99")
SURE, TRUE_SHARE = 0.9, 0.9


class Reliability(unittest.TestCase):
    def test_deposits_reported_as_sure_are_deposits(self):
        if not os.environ.get("CALCINODE_EVAL") or not os.environ.get("CALCINODE_CT"):
            cases.skip_loudly("no evaluation: CALCINODE_EVAL and CALCINODE_CT name its folders")
        judged = []
        with tempfile.TemporaryDirectory(prefix="calcinode-reliability-") as folder:
            folder = pathlib.Path(folder)
            for name in CASES:
                study = cases.case(name, folder / "cases")[0].parent
                result = volumes.analyse(study, folder / name)
                judged += [(*one, name) for one in deposit_figures.judged_lesions(study.parent, result, folder / name)]
        deposit_figures.print_reliability(judged)
        sure = [one for one in judged if one[0] >= SURE]
        false = [f"{name}: {lesion['compartment']} at {lesion['level']}" for _, true, lesion, name in sure if not true]
        self.assertTrue(sure)
        self.assertLessEqual(len(false), (1 - TRUE_SHARE) * len(sure), false)


if __name__ == "__main__":
    unittest.main()
