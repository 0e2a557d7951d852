"""The same case with other noise, another kernel, other slices, rotated or shifted has the same deposits: as many, of
volumes within 10 %, and the same verdict. On the program's phantom, and on a real chest with deposits where
CALCINODE_EVAL and CALCINODE_CT name its folders."""

import math
import pathlib
import tempfile
import unittest

import numpy as np
from scipy import ndimage

import cases
import volumes

SAME_VOLUME = 0.10
SURE = 0.7
SAME_PLACE_MM = 10  # far less than deposits are apart here
MORE_NOISE = 1.5
NOISE_GRAIN = 0.7  # pixels, as of a soft kernel
BLUR_MM = 0.6
TURN_DEGREES = 10


def changed(volume, hu):
    return volumes.Volume(np.clip(np.round(hu), volumes.AIR, 3071).astype(np.int16), volume.spacing, volume.origin,
                          volume.template)


def noise_of(hu):
    """Standard deviation of the noise in soft tissue, by what one slice differs from the next."""
    soft = (hu[:-1] > 0) & (hu[:-1] < 120)
    return 1.4826 * np.median(np.abs(np.diff(hu.astype(np.int32), axis=0)[soft])) / math.sqrt(2)


def noisier(volume):
    noise = np.random.default_rng(7).standard_normal(volume.hu.shape, dtype=np.float32)
    noise = ndimage.gaussian_filter(noise, (0, NOISE_GRAIN, NOISE_GRAIN))
    added = noise_of(volume.hu) * math.sqrt(MORE_NOISE**2 - 1)
    return changed(volume, volume.hu + noise * (added / noise.std()))


def blurred(volume):
    x, y, _ = volume.spacing
    return changed(volume, ndimage.gaussian_filter(volume.hu.astype(np.float32), (0, BLUR_MM / y, BLUR_MM / x)))


def shifted(volume):
    """The same patient, sampled half a voxel further along each axis."""
    hu = volume.hu.astype(np.float32)
    for axis in range(3):
        hu = ndimage.convolve1d(hu, np.array([-1, 9, 9, -1]) / 16, axis, mode="nearest", origin=-1)
    moved = changed(volume, hu)
    moved.origin = volume.origin + volume.spacing / 2
    return moved


def sliced(thickness):
    return lambda volume: volume.resampled((volume.spacing[0], volume.spacing[1], thickness))


def turn():
    angle = math.radians(TURN_DEGREES)
    return np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])


def middle(volume):
    """Index (i, j) about which the patient is turned."""
    return (np.array(volume.hu.shape[:0:-1]) - 1) / 2


def turned(volume):
    assert volume.spacing[0] == volume.spacing[1]
    matrix, centre = turn()[::-1, ::-1], middle(volume)[::-1]
    hu = np.empty(volume.hu.shape, np.float32)
    for k, pixels in enumerate(volume.hu):
        ndimage.affine_transform(pixels.astype(np.float32), matrix, centre - matrix @ centre, output=hu[k], order=3,
                                 cval=volumes.AIR)
    return changed(volume, hu)


def turned_back(volume, point):
    """Where a point of the turned patient is in the one that was not."""
    centre = volume.origin[:2] + middle(volume) * volume.spacing[:2]
    return [*(centre + turn() @ (np.array(point[:2]) - centre)), point[2]]


def in_place(_, point):
    return point


class DepositStability(unittest.TestCase):
    def assert_stable(self, what, volume, folder, thicknesses, view=lambda volume: volume):
        """`view` is the part of a volume that is looked at, taken last so that it has no turned edges."""
        variants = {f"noise {MORE_NOISE} times": (noisier, in_place), f"blur of {BLUR_MM} mm": (blurred, in_place)}
        variants |= {f"slices of {mm} mm": (sliced(mm), in_place) for mm in thicknesses}
        variants |= {f"turned by {TURN_DEGREES} degrees": (turned, turned_back), "half a voxel on": (shifted, in_place)}
        base = volumes.analyse(volumes.write(view(volume), folder / "base"), folder / "base-out")
        self.assertEqual(base["verdict"], "positive")
        self.assertTrue(base["lesions"])

        rows = [self.row("as it is", base, [])]
        for number, (name, (change, back)) in enumerate(variants.items()):
            study = volumes.write(view(change(volume)), folder / f"{number}")
            result = volumes.analyse(study, folder / f"{number}-out")
            ratios = self.ratios(base, result, lambda point: back(volume, point))
            rows.append(self.row(name, result, ratios))
            with self.subTest(f"{what}: {name}"):
                self.assertEqual(result["verdict"], base["verdict"])
                # Between thick slices one more may be taken for a deposit, but not surely.
                self.assertEqual(self.sure(result), self.sure(base))
                self.assertAlmostEqual(result["totals"]["volume_mm3"] / base["totals"]["volume_mm3"], 1, delta=SAME_VOLUME)
                for ratio in ratios:
                    self.assertIsNotNone(ratio, "a deposit is gone")
                    self.assertAlmostEqual(ratio, 1, delta=SAME_VOLUME)
        print(f"\n{what:<22} {'verdict':<14} {'deposits':>8} {'ml':>6}  each one's share of its volume as it is\n"
              + "\n".join(rows), flush=True)

    @staticmethod
    def sure(result):
        return sum(lesion["confidence"] >= SURE for lesion in result["lesions"])

    def ratios(self, base, result, back):
        """Of each deposit of the base: volume of the one at the same place, by its own; None where there is none."""
        ratios = []
        for lesion in base["lesions"]:
            away = {math.dist(back(one["centroid_lps_mm"]), lesion["centroid_lps_mm"]): one["volume_mm3"]
                    for one in result["lesions"]}
            nearest = min(away, default=math.inf)
            ratios.append(away[nearest] / lesion["volume_mm3"] if nearest < SAME_PLACE_MM else None)
        return ratios

    def row(self, name, result, ratios):
        total = sum(one["volume_mm3"] for one in result["lesions"]) / 1000
        each = " ".join("gone" if ratio is None else f"{ratio:.2f}" for ratio in ratios)
        return f"{name:<22} {result['verdict']:<14} {len(result['lesions']):>8} {total:>6.2f}  {each}"

    def test_a_neck(self):
        with tempfile.TemporaryDirectory(prefix="calcinode-stability-") as folder:
            folder = pathlib.Path(folder)
            files = cases.phantom(folder / "phantom", "--deposit", "C4:facet_left:4:700", "C5:facet_right:2.5:600",
                                  "C6:posterior:1.5:500")
            self.assert_stable("phantom", volumes.read(files), folder, (1.0, 2.0, 3.0))

    def test_a_real_chest(self):
        with tempfile.TemporaryDirectory(prefix="calcinode-stability-") as folder:
            folder = pathlib.Path(folder)
            volume = volumes.read(cases.case("chest-t10-layered", folder / "cases"))
            # The chest wall's sides hold nothing that matters here, and cost time.
            centre = volume.hu.shape[2] // 2
            self.assert_stable("real chest", volume, folder, (2.0, 3.0),
                               lambda one: one.crop((centre - 160, None, None), (centre + 160, None, None)))


if __name__ == "__main__":
    unittest.main()
