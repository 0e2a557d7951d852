"""One phantom's neck on a coarse grid: about 1 s to analyse. What tests want in it they put there
themselves, since the phantom takes ten times as long to make."""

import pathlib

import numpy as np

import cases
import volumes

SPACING = (1.2, 1.2, 2.7)
SLIP_MM = 4  # of C3 on C4
NOISE_HU = 60  # within a deposit

# Centre in patient coordinates, radius in mm and HU: beside the facets of C4 on the left, behind C6, and in the canal.
BESIDE_C4 = ((30, 22, 4), 10, 750)
BEHIND_C6 = ((3, 42, -32), 8, 600)
IN_THE_CANAL = ((2, 8, -12), 5, 700)


def make(folder):
    """The neck without deposits, C3 slipped on C4."""
    files = cases.phantom(pathlib.Path(folder) / "phantom", "--slip", str(SLIP_MM))
    return volumes.read(files).resampled(SPACING)


def with_deposits(neck, *deposits):
    """A copy that has balls of the given density."""
    hu = neck.hu.copy()
    k, j, i = np.meshgrid(*(np.arange(n) for n in hu.shape), indexing="ij", sparse=True)
    random = np.random.default_rng(1)
    for centre, radius, density in deposits:
        x, y, z = ((axis * step + start - middle) / radius
                   for axis, step, start, middle in zip((i, j, k), neck.spacing, neck.origin, centre))
        inside = x * x + y * y + z * z < 1
        hu[inside] = density + random.normal(0, NOISE_HU, inside.sum()).astype(np.int16)
    return volumes.Volume(hu, neck.spacing, neck.origin, neck.template)
