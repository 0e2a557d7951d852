"""CT volumes as arrays, and as DICOM series acquired in any position and plane.

A Volume has hu[k, j, i] with i to the patient's left, j to the back, k to the head, and the place of its voxel (0, 0, 0)
in patient coordinates. write() puts it on disk as a scanner would that acquired it along other axes: the patient
coordinates of each voxel stay what they are.
"""

import json
import os
import pathlib
import subprocess

import numpy as np
import pydicom
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

import cases

AIR = -1024
# Acquired axes as (LPS axis, direction): along a row of pixels, along a column of pixels; slices follow their normal.
POSITIONS = {
    "supine, head first": ((0, 1), (1, 1)),
    "prone, head first": ((0, -1), (1, -1)),
    "supine, feet first": ((0, -1), (1, 1)),
    "prone, feet first": ((0, 1), (1, -1)),
    "on the left side": ((1, -1), (0, 1)),
    "on the right side": ((1, 1), (0, -1)),
    "sagittal": ((1, 1), (2, -1)),
    "sagittal, from the right": ((1, -1), (2, -1)),
    "coronal": ((0, 1), (2, -1)),
    "coronal, from behind": ((0, -1), (2, -1)),
}


class Volume:
    def __init__(self, hu, spacing, origin, template):
        self.hu, self.spacing, self.origin = hu, np.asarray(spacing, float), np.asarray(origin, float)
        self.template = template  # a header to take patient and scanner from

    def crop(self, low, high):
        """Voxels low (i, j, k) up to, not including, high; None is the volume's own end."""
        size = self.hu.shape[::-1]
        low = [0 if v is None else max(0, int(v)) for v in low]
        high = [n if v is None else min(n, int(v)) for v, n in zip(high, size)]
        hu = self.hu[low[2]:high[2], low[1]:high[1], low[0]:high[0]]
        return Volume(hu, self.spacing, self.origin + self.spacing * low, self.template)

    def resampled(self, spacing):
        """On another grid, along each axis by itself: the mean over a new voxel's length where it is longer than
        the old one, as a scanner's detector averages; linear between voxels where it is shorter."""
        hu, origin = self.hu.astype(np.float32), self.origin.copy()
        for lps, axis in ((0, 2), (1, 1), (2, 0)):
            old, new = self.spacing[lps], spacing[lps]
            if abs(old - new) < 1e-6:
                continue
            count = int((hu.shape[axis] - 1) * old / new - max(0, new / old - 1)) + 1
            first = max(0, (new - old) / 2)  # of the new centres, from the old first one
            inner = max(1, round(new / old * 2))  # samples within a new voxel
            offsets = (np.arange(inner) + 0.5) / inner * new - new / 2 if new > old else np.zeros(1)
            total = 0
            for offset in offsets:
                at = np.clip((first + np.arange(count) * new + offset) / old, 0, hu.shape[axis] - 1)
                low = np.minimum(at.astype(int), hu.shape[axis] - 2)
                part = (at - low).reshape([-1 if a == axis else 1 for a in range(3)]).astype(np.float32)
                total = total + np.take(hu, low, axis) * (1 - part) + np.take(hu, low + 1, axis) * part
            hu, origin[lps] = total / len(offsets), origin[lps] + first
        return Volume(np.round(hu).astype(np.int16), spacing, origin, self.template)


def read(files):
    """An axial series of a supine patient, head or feet first in any order."""
    slices = sorted((pydicom.dcmread(file) for file in files), key=lambda s: float(s.ImagePositionPatient[2]))
    assert np.allclose(slices[0].ImageOrientationPatient, [1, 0, 0, 0, 1, 0])
    hu = np.stack([np.round(s.pixel_array * float(s.RescaleSlope) + float(s.RescaleIntercept)).astype(np.int16)
                   for s in slices])
    first, last = slices[0].ImagePositionPatient, slices[-1].ImagePositionPatient
    between = (float(last[2]) - float(first[2])) / (len(slices) - 1)
    rows, columns = (float(v) for v in slices[0].PixelSpacing)
    template = slices[0]
    del template.PixelData
    return Volume(hu, (columns, rows, between), [float(v) for v in first], template)


def write(volume, folder, position="supine, head first", files_reversed=False, **attributes):
    """One CT Image a slice. Returns the folder."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    (row_axis, row_sign), (column_axis, column_sign) = POSITIONS[position]
    row, column = np.zeros(3), np.zeros(3)
    row[row_axis], column[column_axis] = row_sign, column_sign
    normal = np.cross(row, column)
    slice_axis = int(np.argmax(np.abs(normal)))
    slice_sign = int(normal[slice_axis])

    # [slice, row, column]: the array's axes are k, j, i, hence 2 - LPS axis.
    acquired = np.transpose(volume.hu, [2 - slice_axis, 2 - column_axis, 2 - row_axis])
    acquired = acquired[::slice_sign, ::column_sign, ::row_sign]
    first = volume.origin.copy()
    for axis, sign in ((row_axis, row_sign), (column_axis, column_sign), (slice_axis, slice_sign)):
        if sign < 0:
            first[axis] += (volume.hu.shape[2 - axis] - 1) * volume.spacing[axis]

    data = volume.template
    data.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    data.ImageOrientationPatient = [*row, *column]
    data.PixelSpacing = [f"{volume.spacing[axis]:.6g}" for axis in (column_axis, row_axis)]
    data.SliceThickness = f"{volume.spacing[slice_axis]:.6g}"  # a decimal string has 16 characters at most
    data.Rows, data.Columns = acquired.shape[1:]
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 1
    data.RescaleSlope, data.RescaleIntercept = 1, 0
    for keyword in ("PatientPosition", "SpacingBetweenSlices", "PixelPaddingValue", "SmallestImagePixelValue",
                    "LargestImagePixelValue", "SliceLocation"):
        if keyword in data:
            delattr(data, keyword)
    data.StudyInstanceUID, data.SeriesInstanceUID = "2.25.1001", "2.25.1002"
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = CTImageStorage
    for keyword, value in attributes.items():
        setattr(data, keyword, value)
    count = len(acquired)
    for n, pixels in enumerate(acquired):
        number = count - n if files_reversed else n + 1
        data.ImagePositionPatient = [f"{v:.6g}" for v in first + normal * (n * volume.spacing[slice_axis])]
        data.InstanceNumber = number
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = f"2.25.2{number:05d}"
        data.add_new("PixelData", "OW", np.ascontiguousarray(pixels, "<i2").tobytes())
        data.save_as(folder / f"{number:05d}.dcm", write_like_original=False)
    return folder


def analyse(study, output):
    """The result of `analyze` on a folder of one study."""
    done = subprocess.run([cases.CALCINODE, "analyze", str(study), "--output", str(output)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    results = list(pathlib.Path(output).rglob("result.json"))
    assert len(results) == 1, done.stdout
    return json.loads(results[0].read_text())


def analysed_case(name, folder):
    """(folder of the case, the result, what `analyze` wrote) of an evaluation case. A case that stays is analysed once by
    a program, for all tests."""
    case = cases.case(name, folder)[0].parent.parent
    if not os.environ.get("CALCINODE_BUILT") or os.environ.get("CALCINODE_CASES"):
        output = pathlib.Path(folder) / "analysed" / name
        return case, analyse(case / "dicom", output), output
    output = case.parent / f"analysed-{cases.program_state()}" / name
    with cases.locked(case.parent / f"{name}.lock"):
        done = list(output.rglob("result.json"))  # written last
        return case, json.loads(done[0].read_text()) if done else analyse(case / "dicom", output), output


def phantom(folder, *options):
    """The program's own phantom, a neck from the skull base to the upper ribs, at 1 mm."""
    return read(cases.phantom(folder, *options)).resampled((1.0, 1.0, 1.0))
