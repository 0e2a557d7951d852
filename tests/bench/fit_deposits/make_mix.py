#!/usr/bin/python3
"""Makes the volumes that the curves of the deposits are fitted on, from the evaluation's own patients and phantoms.

    make_mix.py OUT    needs CALCINODE_EVAL (make_cases.py and what it imports) and CALCINODE_CT (the CT series)

Each volume is a patient, or a phantom, in some variant (mirrored, turned, blurred, with noise, averaged to thick
slices, a part of the spine) with deposits put in at sites and of sizes and densities drawn at random, most of them
small or faint; some volumes get none. The same seeds make the same volumes.

OUT/NAME.json (grid, patient, true deposits), OUT/NAME.hu (int16) and OUT/NAME.truth (uint8: the number of the
deposit); voxels stand i fastest. What exists already is left alone.
"""

import functools
import json
import multiprocessing
import os
import pathlib
import sys
import zlib

import numpy as np
from scipy import ndimage

EVAL = pathlib.Path(os.environ["CALCINODE_EVAL"])
CT = pathlib.Path(os.environ["CALCINODE_CT"])
sys.dont_write_bytecode = True
sys.path.insert(0, str(EVAL))
import lesions as tools  # noqa: E402
import make_cases  # noqa: E402
import neck_phantom  # noqa: E402
from volumes import Volume  # noqa: E402

SITES = {"facet": 0.3, "paraspinal": 0.28, "foramen": 0.16, "posterior": 0.08, "prevertebral": 0.1, "intraspinal": 0.08}
CHEST_PARTS = ([-560, -400], [-620, -420], [-679, -480], [-679, -540])


def phantom(number):
    rng = np.random.default_rng([number, 77])
    return {"seed": 500 + number, "spacing": (0.8, 0.6, 0.6), "shape": (280, 384, 384),
            "degeneration": round(float(rng.uniform(0.1, 1)), 2),
            "contrast": bool(rng.random() < 0.25), "carotid_calcification": bool(rng.random() < 0.3),
            "laryngeal_calcification": round(float(rng.uniform(0, 1)), 2), "barium": bool(rng.random() < 0.15),
            "nuchal_ossification": bool(rng.random() < 0.15)}


def plans():
    """(name, patient, how it is made) of all volumes."""
    for n in range(14):
        thick = {"average_slices": 2 + n % 2} if n % 6 == 5 else {}
        yield f"chest-{n:02}", "chest", {"volume": "lidc-0314-chest", "z_range_mm": CHEST_PARTS[n % 4], **thick}
    for n in range(6):
        yield f"abdomen-{n:02}", "abdomen", {"volume": "ts-abdomen"}
    necks = sorted(file.name.removesuffix(".nii.gz") for file in (CT / "openkbp-necks" / "ct").glob("*.nii.gz"))
    for n, patient in enumerate(necks):
        yield f"neck-{patient}", patient, {"volume": f"openkbp-necks/ct/{patient}.nii.gz", "refine_in_plane": 4}
        if n % 2 == 0:
            yield f"phantom-{n:02}", f"phantom-{n // 4}", {"phantom": phantom(n // 4)}


def place(vertebrae, change):
    """The annotation with each point moved by `change`."""
    return [{**v, "body": list(change(np.asarray(v["body"], float))),
             "canal": list(change(np.asarray(v["canal"], float)))} for v in vertebrae]


def mirrored(volume, vertebrae):
    hu, (dz, dy, dx), origin = volume
    last = 2 * origin[0] + (hu.shape[2] - 1) * dx
    return (Volume(np.ascontiguousarray(hu[:, :, ::-1]), (dz, dy, dx), origin),
            place(vertebrae, lambda p: p * (-1, 1, 1) + (last, 0, 0)))


def turned(volume, vertebrae, degrees):
    """About an axis from head to foot through the spine."""
    hu, (dz, dy, dx), origin = volume
    middle = np.mean([v["canal"] for v in vertebrae], axis=0)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])      # of x, y, z
    scale = np.array([dy, dx])
    back = np.array([[c, -s], [s, c]])                       # from where (y, x) of the result comes
    centre = (middle[[1, 0]] - np.array(origin)[[1, 0]]) / scale
    matrix = back * scale[None, :] / scale[:, None]
    offset = centre - matrix @ centre
    planes = [ndimage.affine_transform(plane.astype(np.float32), matrix, offset, order=1, cval=-1024.0) for plane in hu]
    return (Volume(np.rint(np.stack(planes)).astype(np.int16), volume.spacing, origin),
            place(vertebrae, lambda p: turn @ (p - middle) + middle))


def varied(volume, vertebrae, rng):
    if rng.random() < 0.5:
        volume, vertebrae = mirrored(volume, vertebrae)
    if rng.random() < 0.35:
        volume, vertebrae = turned(volume, vertebrae, rng.uniform(-10, 10))
    hu = volume.hu.astype(np.float32)
    if rng.random() < 0.3:
        hu = ndimage.gaussian_filter(hu, [rng.uniform(0.3, 0.8) / s for s in volume.spacing])
    if rng.random() < 0.4:
        noise = ndimage.gaussian_filter(rng.normal(size=hu.shape).astype(np.float32), 0.6)
        hu += noise * (rng.uniform(10, 30) / noise.std())
    return Volume(np.clip(np.rint(hu), -1024, 3071).astype(np.int16), volume.spacing, volume.origin), vertebrae


def drawn(level, rng):
    """A deposit at that level, of a site, size and density drawn at random."""
    site = str(rng.choice(list(SITES), p=list(SITES.values())))
    if site in ("facet", "paraspinal", "foramen"):
        site += str(rng.choice(["_left", "_right"]))
    size = rng.random()
    low, high = (0.11, 0.3) if size < 0.6 else (0.3, 1) if size < 0.85 else (1, 5)
    if site == "intraspinal":
        high = min(high, 1.0)
    faint = rng.random() < 0.4
    return tools.Lesion(level=level, site=site, volume_ml=round(float(np.exp(rng.uniform(*np.log((low, max(low, high)))))), 3),
                        hu=round(float(rng.uniform(220, 400) if faint else rng.uniform(400, 900))),
                        seed=int(rng.integers(1 << 30)), lobes=int(rng.integers(1, 7)),
                        layered=bool(size > 0.92 and rng.random() < 0.3))


def with_deposits(volume, vertebrae, rng):
    hu, truth, placed = volume.hu, np.zeros(volume.hu.shape, np.uint8), []
    origin = np.asarray(volume.origin)
    wanted = 0 if rng.random() < 0.12 else min(5, (len(vertebrae) + 1) // 2)
    for v in rng.permutation(vertebrae)[:wanted]:
        lesion = drawn(v["level"], rng)
        local = {**v, "body": list(v["body"] - origin), "canal": list(v["canal"] - origin)}
        centre = tools.site_point(local, lesion.site)
        if rng.random() < 0.5 and lesion.site != "intraspinal":
            centre = centre + rng.normal(0, 3, 3)
        try:
            hu, mask = tools.insert(hu, volume.spacing, lesion, centre)
        except (ValueError, IndexError):
            continue
        placed.append(tools.describe(lesion))
        truth[mask] = len(placed)
    return hu, truth, placed


def make(name, patient, plan, out):
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    volume, spine = make_cases.base_volume(plan, CT)
    if "average_slices" in plan:
        volume = make_cases.thicken(volume, plan["average_slices"])
    volume, vertebrae = varied(volume, spine["vertebrae"], rng)
    hu, truth, placed = with_deposits(volume, vertebrae, rng)
    hu.astype("<i2").tofile(out / f"{name}.hu")
    truth.tofile(out / f"{name}.truth")
    grid = {"size": list(hu.shape[::-1]), "spacing_mm": list(volume.spacing[::-1]), "origin": list(volume.origin)}
    (out / f"{name}.json").write_text(json.dumps({"patient": patient, **grid, "lesions": placed}, indent=1))
    print(name, len(placed), flush=True)


def make_all_of(patient, out):
    for name, whose, plan in plans():
        if whose == patient and not (out / f"{name}.json").exists():
            make(name, patient, plan, out)


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    make_cases.volumes.load = functools.lru_cache(1)(make_cases.volumes.load)
    neck_phantom.make = functools.lru_cache(1)(neck_phantom.make)
    patients = list(dict.fromkeys(patient for _, patient, _ in plans()))
    with multiprocessing.Pool() as pool:
        pool.starmap(make_all_of, [(patient, out) for patient in patients], chunksize=1)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
