#!/usr/bin/python3
"""The cases that make_cases.py of the evaluation built, as volumes of the fit beside those of make_mix.py.

    take_cases.py CASES MIX    writes MIX/case-NAME.json, .hu and .truth, as make_mix.py does; cases that can't be judged
                               are left out, and what exists already is left alone
"""

import json
import pathlib
import sys

import numpy as np
import pydicom


def patient_of(case):
    """As make_mix.py calls them, so that a patient is left out of a fit as a whole."""
    kind, _, rest = case.partition("-")
    return kind if kind in ("chest", "abdomen") else rest.split("-")[0] if kind == "neck" else case


def hounsfield_units(folder):
    images = sorted((pydicom.dcmread(file) for file in folder.iterdir()), key=lambda image: image.ImagePositionPatient[2])
    return np.stack([image.pixel_array * int(image.RescaleSlope) + int(image.RescaleIntercept) for image in images])


def take(case, out):
    truth = json.loads((case / "truth.json").read_text())
    target = out / f"case-{case.name}.json"
    if truth["expect"] == "not_applicable" or target.exists():
        return
    hu = hounsfield_units(case / "dicom")
    hu.astype("<i2").tofile(target.with_suffix(".hu"))
    np.load(case / "truth.npz")["mask"].astype(np.uint8).tofile(target.with_suffix(".truth"))
    told = {"patient": patient_of(case.name), "size": list(hu.shape[::-1]), "spacing_mm": truth["spacing"][::-1],
            "origin": truth["origin"], "lesions": truth["lesions"]}
    target.write_text(json.dumps(told, indent=1))
    print(case.name, flush=True)


def main(cases, out):
    out.mkdir(parents=True, exist_ok=True)
    for truth in sorted(cases.glob("*/truth.npz")):
        take(truth.parent, out)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
