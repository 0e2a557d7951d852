"""The programs whose ingest is measured beside each other, each started in a folder of its own on a free port."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

CALCINODE = os.environ.get("CALCINODE", "calcinode")
ORTHANC = "/usr/sbin/Orthanc"
PREPARED_KIB = 544  # of a prepared file
CALLED = "CALCINODE"  # all of them take any called AE title, or this one


def environment(no_delay):
    """Of DCMTK's programs, and of Orthanc, which has DCMTK within: whether Nagle's algorithm is off."""
    untouched = {name: value for name, value in os.environ.items() if not name.startswith("TCP_")}
    return dict(untouched, TCP_NODELAY="1") if no_delay else untouched


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Receiver:
    """Listens on `port` until the block ends. Its folder is new, and gone afterwards."""
    name = None
    keeps = True  # what it receives
    within = ""   # this folder of its data

    def __init__(self, base, no_delay=True):
        self.folder = pathlib.Path(base) / type(self).__name__
        self.no_delay = no_delay
        self.port = free_port()
        self.log = self.folder / "log"

    def command(self):
        raise NotImplementedError

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "data").mkdir(parents=True)
        command = self.command()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=environment(self.no_delay))
        deadline = time.monotonic() + 60
        while subprocess.run(["echoscu", "-aec", CALLED, "127.0.0.1", str(self.port)], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                sys.exit(f"{command[0]} did not start: {self.log.read_text()}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def kept(self, at_least_bytes):
        """The number of files of that size, but for databases and their journals, which may grow to it."""
        return sum(1 for file in (self.folder / "data" / self.within).rglob("*")
                   if file.is_file() and file.stat().st_size >= at_least_bytes
                   and not file.name.startswith(("index", "calcinode.db")))

    def peak_memory(self):
        """MiB, resident, so far."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


class Storescp(Receiver):
    name = "storescp"
    options = ()

    def command(self):
        return ["storescp", *self.options, "-aet", CALLED, "-od", str(self.folder / "data"), str(self.port)]


class StorescpBitPreserving(Storescp):
    name = "storescp --bit-preserving"
    options = ("--bit-preserving",)


class StorescpIgnore(Storescp):
    name = "storescp --ignore"
    options = ("--ignore",)
    keeps = False


class Orthanc(Receiver):
    name = "Orthanc"

    def command(self):
        config = self.folder / "orthanc.json"
        config.write_text(json.dumps({
            "DicomAet": CALLED, "DicomPort": self.port, "HttpPort": free_port(), "DicomAlwaysAllowEcho": True,
            "StorageDirectory": str(self.folder / "data"), "IndexDirectory": str(self.folder / "data")}))
        return [ORTHANC, str(config)]


class Calcinode(Receiver):
    name = "calcinode serve"
    within = "spool/instances"
    quiet_s = 3600  # nothing is analysed
    prepared_mib = 256  # the default

    def command(self):
        config = self.folder / "calcinode.toml"
        config.write_text(f'[node]\nbind = "127.0.0.1"\nport = {self.port}\ndata_dir = "{self.folder / "data"}"\n'
                          f"[receive]\nminimum_free_mib = 0\nprepared_mib = {self.prepared_mib}\n[study]\nquiet_s = {self.quiet_s}\n"
                          "[http]\nport = 0\n")
        return [CALCINODE, "serve", "--config", str(config)]

    def __enter__(self):
        """As it is when nobody has sent for a second: all files are prepared."""
        super().__enter__()
        prepared = self.folder / "data/spool/prepared"
        deadline = time.monotonic() + 60
        while sum(1 for _ in prepared.iterdir()) < self.prepared_mib * 1024 // PREPARED_KIB:
            if time.monotonic() > deadline:
                self.__exit__()
                sys.exit("no files were prepared")
            time.sleep(0.1)
        return self


class CalcinodeNewFiles(Calcinode):
    name = "calcinode, none prepared"
    prepared_mib = 0


def missing():
    """The programs that are needed and not installed."""
    tools = [tool for tool in ("storescu", "storescp", "echoscu", CALCINODE) if not shutil.which(tool)]
    return tools + ([] if os.access(ORTHANC, os.X_OK) else [ORTHANC])
