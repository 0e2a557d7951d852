"""The case's figure as a PACS shows it, and the pictures of the spine that `analyze --figures` draws besides."""

import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import unittest

import pydicom

import cases
import orthanc
import png

# Neck, chest and lumbar spine; small, large, many, layered, in the canal; coarse and anisotropic voxels; metal;
# indeterminate: their figures were looked at one by one. All of them with CALCINODE_EVERY_CASE=1.
CASES = ("abdomen-l2-canal", "abdomen-l3-facet", "chest-small-faint", "chest-t1-many", "chest-t10-layered",
         "chest-t3-large", "chest-t5-facet", "chest-t8-canal", "neck-pt_15-c4", "neck-pt_173", "neck-pt_34-c4",
         "phantom-barium-and-deposit", "phantom-c5-canal")
MARK = (255, 214, 0)  # the colour of arrows, numbers and outlines
LEAST_MARKED = 300    # pixels: an arrow and its number have more

PICTURES = ("spine-sagittal.png", "spine-coronal.png")


def png_size(file):
    data = file.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR", file
    return struct.unpack(">II", data[16:24])


def analysed(study, output, *options):
    """The files that `analyze` writes for a study, by name."""
    subprocess.run([cases.CALCINODE, "analyze", str(study), "--output", str(output), *options], check=True,
                   stdout=subprocess.DEVNULL)
    (out,) = output.iterdir()
    return {file.name: file for file in out.iterdir()}


def marked(picture):
    """Where a picture has the colour of arrows, as a mask."""
    return (abs(picture.astype(int) - MARK).max(axis=2) < 40)


def check_figure(test, file):
    """What any figure with a deposit must have: a workstation's size, grey images, and in each of the three images
    an arrow."""
    picture = png.read(file.read_bytes())
    height, width = picture.shape[:2]
    test.assertEqual(width, 1600)
    test.assertTrue(600 <= height <= 1300, height)
    body = picture[110:-60]
    test.assertGreater(body.std(), 20)
    pixels = marked(body)
    # The axial image is the right one of three, at least 540 wide; the table may be below it.
    for part in (pixels[:, :-560], pixels[:, -560:]):
        test.assertGreater(part.sum(), LEAST_MARKED)


class CaseFigure(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="calcinode-figures-")
        cls.folder = pathlib.Path(cls.scratch.name)
        study = cases.phantom(cls.folder / "study", "--deposit", "C4:facet_left:4:700", "--deposit",
                              "C6:paraspinal_right:2:700")[0].parent
        cls.single = analysed(study, cls.folder / "single")
        cls.pages = analysed(study, cls.folder / "pages", "--config", str(cls.configured("figure_multi_frame = true")))
        nothing = cases.phantom(cls.folder / "nothing")[0].parent
        cls.negative = analysed(nothing, cls.folder / "negative", "--config",
                                str(cls.configured("figure_for_negative = true")))

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def configured(cls, line):
        file = cls.folder / (line.split()[0] + ".toml")
        file.write_text(f"[results]\n{line}\n")
        return file

    def figures(self):
        return {"single": self.single, "pages": self.pages, "negative": self.negative}

    def test_one_page_or_a_page_for_each_deposit_or_nothing_found(self):
        self.assertEqual([n for n in self.single if n.startswith("figure")], ["figure.png"])
        self.assertEqual(sorted(n for n in self.pages if n.startswith("figure")), ["figure-2.png", "figure.png"])
        self.assertEqual(set(self.negative), {"sr.dcm", "sc-1.dcm", "figure.png", "result.json"})
        self.assertEqual(pydicom.dcmread(self.pages["sc-1.dcm"]).NumberOfFrames, 2)
        self.assertLess(png_size(self.negative["figure.png"])[0], png_size(self.single["figure.png"])[0])

    def test_an_arrow_is_in_the_images(self):
        check_figure(self, self.single["figure.png"])
        self.assertEqual(marked(png.read(self.negative["figure.png"].read_bytes())).sum(), 0)

    def test_figures_of_very_different_cases(self):
        if not os.environ.get("CALCINODE_EVERY_CASE"):
            raise unittest.SkipTest("CALCINODE_EVERY_CASE is unset: minutes")
        for name in CASES:
            with self.subTest(name):
                files = cases.case(name, self.folder / name)
                check_figure(self, analysed(files[0].parent, self.folder / f"{name}-out")["figure.png"])

    def test_dciodvfy_has_nothing_to_say(self):
        if not shutil.which("dciodvfy"):
            cases.skip_loudly("dciodvfy (package dicom3tools) is not installed")
        for name, files in self.figures().items():
            done = subprocess.run(["dciodvfy", "-new", str(files["sc-1.dcm"])], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True)
            self.assertEqual(done.returncode, 0, name)
            self.assertEqual([line for line in done.stdout.splitlines() if line.startswith(("Error", "Warning"))], [])

    def test_orthanc_shows_the_same_pixels_as_our_picture(self):
        if not orthanc.is_installed():
            cases.skip_loudly("Orthanc is not installed: no real PACS shows the figure")
        with orthanc.Orthanc(self.folder / "pacs") as pacs:
            pacs.start()
            for name, files in self.figures().items():
                pages = [files["figure.png"], *(files[n] for n in sorted(files) if n.startswith("figure-"))]
                answer = pacs.request("/instances", files["sc-1.dcm"].read_bytes())
                instance = json.loads(answer)["ID"]
                for frame, page in enumerate(pages):
                    with self.subTest(name, frame=frame):
                        shown = png.read(pacs.request(f"/instances/{instance}/frames/{frame}/preview"))
                        self.assertTrue((shown == png.read(page.read_bytes())).all())


class SpinePictures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="calcinode-figures-")
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.images = cases.phantom(cls.folder / "study")

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def analysed(self, name, *options):
        return analysed(self.images[0].parent, self.folder / name, *options)

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
