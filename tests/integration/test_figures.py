"""`analyze --figures` draws the spine as it was found, for every study with a spine, and changes nothing else."""

import pathlib
import struct
import subprocess
import tempfile
import unittest

import cases

PICTURES = ("spine-sagittal.png", "spine-coronal.png")


def png_size(file):
    data = file.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR", file
    return struct.unpack(">II", data[16:24])


class Figures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="calcinode-figures-")
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.images = cases.phantom(cls.folder / "study")

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def analysed(self, name, *options):
        subprocess.run([cases.CALCINODE, "analyze", str(self.images[0].parent), "--output", str(self.folder / name),
                        *options], check=True, stdout=subprocess.DEVNULL)
        (out,) = (self.folder / name).iterdir()
        return {file.name: file for file in out.iterdir()}

    def test_two_pictures_more_and_the_same_report(self):
        plain, drawn = self.analysed("plain"), self.analysed("drawn", "--figures")
        self.assertEqual(set(drawn) - set(plain), set(PICTURES))
        self.assertEqual(drawn["sr.dcm"].read_bytes(), plain["sr.dcm"].read_bytes())
        for name in PICTURES:
            width, height = png_size(drawn[name])
            self.assertTrue(600 <= width <= 2000 and 600 <= height <= 2000, (name, width, height))

    def test_the_pictures_are_the_same_each_time(self):
        one, other = self.analysed("one", "--figures"), self.analysed("other", "--figures")
        for name in PICTURES:
            self.assertEqual(one[name].read_bytes(), other[name].read_bytes())


if __name__ == "__main__":
    unittest.main()
