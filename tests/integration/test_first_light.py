"""The analysis on the evaluation's first cases: real chest and abdomen, with and without deposits, and a phantom.

What counts is what the evaluation's own scorer says. Skipped, loudly, without CALCINODE_EVAL and CALCINODE_CT.
"""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from cases import CALCINODE, case, skip_loudly

NAMES = ["chest-plain", "chest-t5-facet", "chest-t3-large", "abdomen-l3-facet", "phantom-seed-case"]


class FirstLight(unittest.TestCase):
    def test_cases_are_judged_right_and_their_deposits_found(self):
        evaluation = os.environ.get("CALCINODE_EVAL")
        if not evaluation or not os.environ.get("CALCINODE_CT"):
            skip_loudly("no evaluation: CALCINODE_EVAL and CALCINODE_CT name its folders")
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            for name in NAMES:
                files = case(name, folder)
                root = pathlib.Path(files[0]).parent.parent.parent
                summary = folder / f"{name}.json"
                subprocess.run(
                    ["/usr/bin/python3", f"{evaluation}/score.py", str(root), str(folder / "out"),
                     "--analyser", f"{CALCINODE} analyze", "--only", name, "--json", str(summary)],
                    check=True, stdout=subprocess.DEVNULL)
                row = json.loads(summary.read_text())["cases"][0]
                with self.subTest(name):
                    self.assertTrue(row["verdict_ok"], row)
                    self.assertEqual(row["found"], row["deposits"], row)
                    self.assertEqual(row["false"], 0, row)


if __name__ == "__main__":
    unittest.main()
