"""CT studies small enough to send by the hundred: about 1 s to analyse, 2 MB or less.

A template of each kind is made from the phantom once; a study is a copy of one in which a number within all UIDs was
exchanged, byte by byte, so that hundreds cost no more than writing their files.
"""

import dataclasses
import hashlib
import pathlib

import numpy
import pydicom

import cases
from raw_peer import dataset_bytes

# 160 x 160 pixels of 1.2 mm and 40 slices of 2.7 mm: 108 mm of a neck, which the analysis still judges.
PLANE, SLICE = 2, 3
FROM, TO = 40, 160  # of the phantom's 200 slices
DEPOSITS = ("--deposit", "C4:facet_left:4:700", "--deposit", "C6:posterior:3:600")

# What a study of each kind must end as, and what its result brings to the PACS: modality and number of instances.
KINDS = {
    "positive": ("analysed", [("KO", 1), ("OT", 1), ("SEG", 1), ("SR", 1)]),
    "negative": ("analysed", [("SR", 1)]),
    "localizer": ("not_applicable", []),
    "broken": ("failed", []),
}


def uid(study, series=0, number=0):
    """Of a fixed length, so that studies differ from their template in equally many bytes."""
    return f"2.25.1{study:09d}{series:04d}{number:04d}"


def stem(study):
    return uid(study)[:-8].encode()


@dataclasses.dataclass
class Study:
    number: int
    kind: str
    files: list  # in the order in which they are sent

    @property
    def uid(self):
        return uid(self.number)


@dataclasses.dataclass
class Sent:
    """What was sent as one instance: enough to tell whether it is kept whole."""
    study_uid: str
    sha256: str


def sent(study, file):
    """(SOP Instance UID, Sent) of a file."""
    content = dataset_bytes(file)
    return cases.header(file).SOPInstanceUID, Sent(study.uid, hashlib.sha256(content).hexdigest())


class Templates:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        negative = self._small("negative", cases.phantom(self.folder / "phantom-negative")[FROM:TO])
        self.content = {
            "negative": negative,
            "positive": self._small("positive", cases.phantom(self.folder / "phantom-positive", *DEPOSITS)[FROM:TO]),
            "localizer": [self._changed(number, "localizer", ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
                          for number in range(3)],
        }
        self.content["broken"] = [self._changed(number, "broken", PixelData=bytes(1000)) for number in range(10)]

    def study(self, number, kind, folder=None):
        """Writes the files of study `number`, which must not be 0, the templates' own."""
        folder = pathlib.Path(folder or self.folder / f"study-{number}")
        folder.mkdir()
        files = []
        for place, content in enumerate(self.content[kind]):
            files.append(folder / f"{place:03}.dcm")
            files[-1].write_bytes(content.replace(stem(0), stem(number)))
        return Study(number, kind, files)

    def _small(self, name, files):
        """Each `SLICE` slices become one, each PLANE x PLANE pixels one."""
        contents = []
        for number, first in enumerate(range(0, len(files) - SLICE + 1, SLICE)):
            slices = [pydicom.dcmread(file) for file in files[first:first + SLICE]]
            data = slices[0]
            mean = numpy.mean([one.pixel_array for one in slices], axis=0)
            mean = mean.reshape(data.Rows // PLANE, PLANE, data.Columns // PLANE, PLANE).mean(axis=(1, 3))
            data.PixelData = numpy.round(mean).astype(numpy.int16).tobytes()
            data.Rows, data.Columns = mean.shape
            data.PixelSpacing = [side * PLANE for side in data.PixelSpacing]
            data.SliceThickness = data.SliceThickness * SLICE
            data.StudyInstanceUID, data.SeriesInstanceUID = uid(0), uid(0, 1)
            data.FrameOfReferenceUID = uid(0, 2)
            data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = uid(0, 1, number + 1)
            file = self.folder / f"{name}-{number}.dcm"
            data.save_as(file)
            contents.append(file.read_bytes())
        return contents

    def _changed(self, number, name, **attributes):
        """A slice of the negative study with other values of the named attributes."""
        file = self.folder / f"negative-{number}.dcm"
        return cases.changed_copy(file, self.folder / f"{name}-{number}.dcm", **attributes).read_bytes()
