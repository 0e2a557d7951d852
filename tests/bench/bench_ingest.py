"""Ingest, measured: the same CT slices sent by storescu to storescp and to calcinode, in one run.

Prints images/s, MB/s and the ratio, for dcmtk's programs as they are installed, and for both with Nagle's
algorithm off (TCP_NODELAY=1), which is what they can do at best. storescp writes without syncing; calcinode
acknowledges an image only when bytes and name are on stable storage.

CALCINODE names the program. Environment: BENCH_SLICES (400), BENCH_RUNS (3: the median counts).
"""

import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

CALCINODE = os.environ.get("CALCINODE", "calcinode")
SLICES = int(os.environ.get("BENCH_SLICES", "400"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
SIDE = 512


def make_slices(folder):
    """CT slices with noise, which no layer can compress or cache away; returns their bytes."""
    folder.mkdir()
    noise = numpy.random.default_rng(1)
    study, series = generate_uid(), generate_uid()
    for number in range(SLICES):
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        image = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
        image.is_little_endian, image.is_implicit_VR = True, False
        image.SOPClassUID, image.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        image.StudyInstanceUID, image.SeriesInstanceUID = study, series
        image.Modality, image.PatientName, image.PatientID = "CT", "Bench^Mark", "0"
        image.InstanceNumber = number + 1
        image.Rows = image.Columns = SIDE
        image.BitsAllocated = image.BitsStored = 16
        image.HighBit, image.PixelRepresentation, image.SamplesPerPixel = 15, 1, 1
        image.PhotometricInterpretation = "MONOCHROME2"
        image.PixelData = noise.integers(-1000, 2000, (SIDE, SIDE), dtype=numpy.int16).tobytes()
        image.save_as(folder / f"{number:04}.dcm", write_like_original=False)
    return sum(file.stat().st_size for file in folder.iterdir())


def environment(tuned):
    """Of dcmtk's programs."""
    untouched = {name: value for name, value in os.environ.items() if not name.startswith("TCP_")}
    return dict(untouched, TCP_NODELAY="1") if tuned else untouched


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Receiver:
    """A program that listens on `port` until the block ends."""

    def __init__(self, command, port, log, tuned):
        self.command, self.port, self.log, self.tuned = command, port, log, tuned

    def __enter__(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=environment(self.tuned))
        deadline = time.monotonic() + 20
        while subprocess.run(["echoscu", "-aec", "CALCINODE", "127.0.0.1", str(self.port)],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                sys.exit(f"{self.command[0]} did not start: {pathlib.Path(self.log).read_text()}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def storescp(folder, tuned):
    folder.mkdir()
    port = free_port()
    return Receiver(["storescp", "--bit-preserving", "-aet", "CALCINODE", "-od", str(folder), str(port)], port,
                    folder.parent / "storescp.log", tuned)


def calcinode(folder, tuned):
    folder.mkdir()
    port = free_port()
    config = folder / "calcinode.toml"
    config.write_text(f'[node]\nbind = "127.0.0.1"\nport = {port}\ndata_dir = "{folder / "data"}"\n'
                      "[receive]\nminimum_free_mib = 0\n[study]\nquiet_s = 3600\n")
    return Receiver([CALCINODE, "serve", "--config", str(config)], port, folder / "calcinode.log", tuned)


def send(port, source, senders, tuned):
    """Seconds until all slices are answered, shared among so many storescu at once."""
    files = sorted(map(str, source.iterdir()))
    begin = time.monotonic()
    running = [subprocess.Popen(["storescu", "-aec", "CALCINODE", "127.0.0.1", str(port), *files[part::senders]],
                                env=environment(tuned)) for part in range(senders)]
    if any([sender.wait() != 0 for sender in running]):
        sys.exit("storescu failed")
    return time.monotonic() - begin


def stored(folder):
    return sum(1 for file in folder.rglob("*") if file.is_file() and file.stat().st_size > SIDE * SIDE * 2)


def measure(base, name, start, senders, tuned):
    """Images a second."""
    seconds = []
    for run in range(RUNS):
        folder = base / f"{start.__name__}-{run}"
        with start(folder, tuned) as receiver:
            os.sync()  # what was written before is not this receiver's to wait for
            seconds.append(send(receiver.port, base / "slices", senders, tuned))
        if stored(folder) != SLICES:
            sys.exit(f"{name} kept {stored(folder)} of {SLICES} slices")
        shutil.rmtree(folder)
        if seconds[-1] > 10:  # 40 ms an image by delayed acknowledgements: once is enough to see it
            break
    return SLICES / statistics.median(seconds)


def main():
    for tool in ("storescu", "storescp", "echoscu"):
        if not shutil.which(tool):
            sys.exit(f"{tool} (package dcmtk) is needed")
    with tempfile.TemporaryDirectory(prefix="calcinode-bench-") as temporary:
        base = pathlib.Path(temporary)
        megabytes = make_slices(base / "slices") / 1e6
        print(f"ingest of {SLICES} CT slices ({megabytes:.0f} MB) on loopback, median of {RUNS} runs")
        print(f"{'receiver':<28}{'dcmtk':<14}{'senders':>8}{'images/s':>10}{'MB/s':>8}{'ratio':>7}")
        for tuned in (False, True):
            for senders in (1, 4):
                reference = None
                for name, start in (("storescp --bit-preserving", storescp), ("calcinode serve", calcinode)):
                    rate = measure(base, name, start, senders, tuned)
                    reference = reference or rate
                    print(f"{name:<28}{'TCP_NODELAY=1' if tuned else 'as installed':<14}{senders:>8}{rate:>10.0f}"
                          f"{rate * megabytes / SLICES:>8.0f}{rate / reference:>7.1f}", flush=True)


if __name__ == "__main__":
    main()
