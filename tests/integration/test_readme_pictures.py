"""The pictures in the README are what the program draws of its phantom.

    CALCINODE=build/release/calcinode tests/integration/test_readme_pictures.py --write    draws them anew
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import numpy as np

import cases
import orthanc
import png

FOLDER = orthanc.SOURCE / "src/report/pictures"
WIDTH = 1100  # of the pictures in the README
MOST_BYTES = 120_000
# Grey values of shades, and the figure's own colours with steps to black, so that letters stay smooth.
COLOURS = ((255, 214, 0), (140, 217, 255), (255, 168, 26), (115, 204, 178), (179, 186, 196))
MOST_DIFFERENCE = 6  # mean of all pixels, of 255: another outline or number is less, another picture is more

PICTURES = {
    "one-deposit.png": ("--seed", "2", "--slip", "4", "--deposit", "C4:facet_left:6:700"),
    "ten-deposits.png": ("--seed", "3", *(word for place in (
        "C3:facet_left:1:700", "C3:paraspinal_right:0.8:600", "C4:facet_right:1.2:650", "C4:posterior:1:700",
        "C5:facet_left:0.9:800", "C6:paraspinal_left:1.5:700", "C6:facet_right:0.6:700", "C7:posterior:1:600",
        "C7:facet_left:0.8:700", "T1:paraspinal_right:1:650") for word in ("--deposit", place))),
    "in-the-canal.png": ("--seed", "7", "--deposit", "C5:canal:1.0:700"),
}


def palette():
    greys = [(v, v, v) for v in np.linspace(0, 255, 20).astype(int)]
    tones = [tuple(int(c * part) for c in colour) for colour in COLOURS for part in (1, 0.72, 0.45)]
    return np.array(greys + tones + [(9, 10, 13), (26, 29, 34)])


def drawn(options, folder):
    images = cases.phantom(folder / "study", *options)
    subprocess.run([cases.CALCINODE, "analyze", str(images[0].parent), "--output", str(folder / "out")], check=True,
                   stdout=subprocess.DEVNULL)
    (figure,) = (folder / "out").glob("*/figure.png")
    return png.write_palette(png.shrunk(png.read(figure.read_bytes()), WIDTH), palette())


class ReadmePictures(unittest.TestCase):
    def test_they_are_what_the_program_draws(self):
        for name, options in PICTURES.items():
            with self.subTest(name), tempfile.TemporaryDirectory(prefix="calcinode-pictures-") as folder:
                kept, now = png.read((FOLDER / name).read_bytes()), png.read(drawn(options, pathlib.Path(folder)))
                self.assertEqual(kept.shape, now.shape)
                difference = np.abs(kept.astype(int) - now).mean()
                self.assertLess(difference, MOST_DIFFERENCE, f"{name} is out of date: see --write")

    def test_they_are_small_and_in_the_readme(self):
        readme = (orthanc.SOURCE / "README.md").read_text()
        self.assertEqual({file.name for file in FOLDER.iterdir()}, set(PICTURES))
        for name in PICTURES:
            self.assertIn(f"(src/report/pictures/{name})", readme)
            self.assertLess((FOLDER / name).stat().st_size, MOST_BYTES, name)


def write():
    FOLDER.mkdir(exist_ok=True)
    for name, options in PICTURES.items():
        with tempfile.TemporaryDirectory(prefix="calcinode-pictures-") as folder:
            (FOLDER / name).write_bytes(drawn(options, pathlib.Path(folder)))


if __name__ == "__main__":
    write() if sys.argv[1:] == ["--write"] else unittest.main()
