"""`analyze --config`: the thresholds of [verdict] decide, and other values give results other UIDs."""

import json
import pathlib
import subprocess
import tempfile
import unittest

import cases
import pydicom


class VerdictConfig(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="calcinode-verdict-")
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.addClassCleanup(cls.temporary.cleanup)
        cases.phantom(cls.folder / "study", "--deposit", "C4:facet_left:4:700")

    def analyze(self, name, text=None):
        """(verdict, severity, UID of the SR) by the configuration `text`; by none where None."""
        config = []
        if text is not None:
            file = self.folder / f"{name}.toml"
            file.write_text(text)
            config = ["--config", str(file)]
        subprocess.run([cases.CALCINODE, "analyze", str(self.folder / "study"), "--output",
                        str(self.folder / name), *config], check=True, stdout=subprocess.DEVNULL)
        report = next((self.folder / name).glob("*/sr.dcm"))
        result = json.loads((report.parent / "result.json").read_text())
        return result["verdict"], result["severity"], pydicom.dcmread(report).SOPInstanceUID

    def test_the_thresholds_decide_and_are_part_of_the_identity(self):
        plain = self.analyze("plain")
        self.assertEqual(plain[0], "positive")
        self.assertNotEqual(plain[1], "none")
        self.assertEqual(self.analyze("empty", ""), plain)
        self.assertEqual(self.analyze("same", "[verdict]\npositive_volume_mm3 = 100.0\n"), plain)
        self.assertEqual(self.analyze("threads", "[analysis]\nthreads = 1\n"), plain)
        other = self.analyze("other", "[verdict]\npositive_volume_mm3 = 1000000\n")
        self.assertEqual(other[0], "indeterminate")
        self.assertNotEqual(other[2], plain[2])

    def test_mistakes_of_the_configuration_are_bad_usage(self):
        file = self.folder / "bad.toml"
        file.write_text("[verdict]\npositive_confidence = 2\n")
        done = subprocess.run([cases.CALCINODE, "analyze", str(self.folder / "study"), "--output",
                               str(self.folder / "bad"), "--config", str(file)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("bad.toml:2: verdict.positive_confidence: must be a number from 0 to 1", done.stderr)


if __name__ == "__main__":
    unittest.main()
