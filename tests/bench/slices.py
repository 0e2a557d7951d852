"""CT slices to send: as files for storescu, and from memory for a sender that times each answer."""

import contextlib
import pathlib
import struct
import sys
import time
import types

import numpy
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))
from raw_peer import RawPeer, dataset_bytes  # noqa: E402

SIDE = 512
PIXEL_BYTES = SIDE * SIDE * 2
FRAGMENT_BYTES = 131072 - 12  # what a PDU of 128 KiB carries


def uid(number):
    """All of one length, so that one can stand in another's place."""
    return f"2.25.4711.{10 ** 9 + number}"


def make(folder, count):
    """CT slices with noise, which no layer can compress or cache away; returns their bytes."""
    folder.mkdir()
    noise = numpy.random.default_rng(1)
    for number in range(count):
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = uid(number)
        image = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
        image.is_little_endian, image.is_implicit_VR = True, False
        image.SOPClassUID, image.SOPInstanceUID = CTImageStorage, uid(number)
        image.StudyInstanceUID, image.SeriesInstanceUID = "2.25.4711.1", "2.25.4711.2"
        image.Modality, image.PatientName, image.PatientID = "CT", "Bench^Mark", "0"
        image.InstanceNumber = number + 1
        image.Rows = image.Columns = SIDE
        image.BitsAllocated = image.BitsStored = 16
        image.HighBit, image.PixelRepresentation, image.SamplesPerPixel = 15, 1, 1
        image.PhotometricInterpretation = "MONOCHROME2"
        image.PixelData = noise.integers(-1000, 2000, (SIDE, SIDE), dtype=numpy.int16).tobytes()
        image.save_as(folder / f"{number:04}.dcm", write_like_original=False)
    return sum(file.stat().st_size for file in folder.iterdir())


class TimingSender(contextlib.ExitStack):
    """One association that sends `file` again and again, under another instance UID each time."""

    def __init__(self, port, file):
        super().__init__()
        self.peer = RawPeer(types.SimpleNamespace(addCleanup=self.callback), port)
        self.dataset = dataset_bytes(file)
        self.first = uid(int(file.stem)).encode()

    def store(self, number):
        """Seconds from the request's first byte to its answer, which must be a success."""
        message = self.message(number)
        begin = time.perf_counter()
        self.peer.socket.sendall(message)
        answer = self.peer.receive()
        seconds = time.perf_counter() - begin
        if b"\0\0\0\x09\2\0\0\0\0\0" not in answer:  # (0000,0900) Status: 0000H
            sys.exit(f"slice {number} was not taken: {answer.hex()}")
        return seconds

    def message(self, number):
        """The request's PDUs."""
        instance = uid(number).encode()
        dataset = self.dataset.replace(self.first, instance)

        def element(tag, value):
            return struct.pack("<HHI", 0, tag, len(value)) + value

        def pdu(control, data):
            return struct.pack(">BBIIBB", 4, 0, len(data) + 6, len(data) + 2, 1, control) + data
        command = (element(0x2, CTImageStorage.encode() + b"\0") + element(0x100, b"\1\0") +
                   element(0x110, b"\1\0") + element(0x700, b"\0\0") + element(0x800, b"\1\0") +
                   element(0x1000, instance + b"\0" * (len(instance) % 2)))
        parts = [pdu(3, command)]
        for at in range(0, len(dataset), FRAGMENT_BYTES):
            parts.append(pdu(2 if at + FRAGMENT_BYTES >= len(dataset) else 0, dataset[at:at + FRAGMENT_BYTES]))
        return b"".join(parts)
