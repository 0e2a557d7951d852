"""What is measured of deposits in the canal, against cases of known truth. Skipped, loudly, without CALCINODE_EVAL
and CALCINODE_CT."""

import json
import os
import pathlib
import sys
import tempfile
import unittest

import cases
import volumes

# Percent of the canal's cross-section that is truly taken at the worst place. The phantom's is computed from its
# label of the canal; a patient's canal has no label: there it is the true deposit within the outline that is measured
# in the same volume without any deposit.
PATIENTS = {"chest-t8-canal": 41.8}
PHANTOM = "phantom-c5-canal"
CANAL_LABEL = 40
TOLERANCE_POINTS = 10


def phantom_percent(case_folder):
    """The phantom's canal as it was made, and the deposit that was put into it."""
    import numpy as np
    tools = os.environ["CALCINODE_EVAL"]
    sys.dont_write_bytecode = True
    sys.path.insert(0, tools)
    import neck_phantom
    listed = json.loads((pathlib.Path(tools) / "dev-cases.json").read_text())
    options = dict(next(c for c in listed if c["name"] == PHANTOM)["phantom"])
    labels = np.asarray(neck_phantom.make(options.pop("seed"), **options)[3])
    canal, deposit = labels == CANAL_LABEL, np.load(case_folder / "truth.npz")["mask"] > 0
    return max(100 * (deposit[k] & canal[k]).sum() / canal[k].sum() for k in range(len(canal)) if canal[k].any())


class DepositsInTheCanal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not os.environ.get("CALCINODE_EVAL") or not os.environ.get("CALCINODE_CT"):
            cases.skip_loudly("no evaluation: CALCINODE_EVAL and CALCINODE_CT name its folders")

    def check(self, name, true_percent):
        with tempfile.TemporaryDirectory(prefix="calcinode-measure-") as folder:
            files = cases.case(name, pathlib.Path(folder))
            expected = true_percent or phantom_percent(files[0].parent.parent)
            result = volumes.analyse(files[0].parent, pathlib.Path(folder) / "out")
        self.assertEqual(result["verdict"], "positive")
        self.assertIn(result["severity"], ("moderate", "severe"))
        lesion = max(result["lesions"], key=lambda one: one["canal_occupied_percent"])
        self.assertEqual(lesion["compartment"], "canal")
        self.assertEqual(lesion["canal_distance_mm"], 0)
        self.assertAlmostEqual(lesion["canal_occupied_percent"], expected, delta=TOLERANCE_POINTS)

    def test_phantom(self):
        self.check(PHANTOM, None)

    def test_patients(self):
        for name, percent in PATIENTS.items():
            with self.subTest(name):
                self.check(name, percent)


if __name__ == "__main__":
    unittest.main()
