"""A real Orthanc on free loopback ports, with its own folder: the PACS of our tests and of the demo.

Its configuration is config/orthanc/orthanc.json with the Lua routing beside it, as a hospital would use it; only
ports, folders and the waiting time differ.
"""

import json
import os
import pathlib
import socket
import subprocess
import time
import urllib.error
import urllib.request

PROGRAM = "/usr/sbin/Orthanc"
SOURCE = pathlib.Path(os.environ.get("CALCINODE_SOURCE", pathlib.Path(__file__).parents[2]))


def is_installed():
    return os.access(PROGRAM, os.X_OK)


_reserved = []  # sockets, as long as this process lives


def free_port():
    """A port that nobody listens on until a program that is told of it does, however late that is.

    A number alone would be given to the next that asks the system for any free port: the tests beside this one do so
    all the time. So it stays bound; SO_REUSEADDR, set after that, lets those bind it too who set it themselves (as
    Orthanc, DCMTK and Calcinode do), since nobody listens on it here.
    """
    reserved = socket.socket()
    reserved.bind(("127.0.0.1", 0))
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _reserved.append(reserved)
    return reserved.getsockname()[1]


class Orthanc:
    """Use as a context manager. `ports` are known before start(), so that a peer can be told of them."""

    AE_TITLE = "ORTHANC"

    def __init__(self, folder, stable_age=1, **overrides):
        self.folder = pathlib.Path(folder)
        self.http_port, self.dicom_port = free_port(), free_port()
        self.stable_age = stable_age
        self.overrides = overrides
        self.process = None

    def start(self, calcinode_port=1):
        self.folder.mkdir(parents=True, exist_ok=True)
        configuration = json.loads((SOURCE / "config/orthanc/orthanc.json").read_text())
        configuration.update({
            "StorageDirectory": str(self.folder / "storage"),
            "IndexDirectory": str(self.folder / "storage"),
            "HttpPort": self.http_port,
            "DicomPort": self.dicom_port,
            "LuaScripts": [str(SOURCE / "config/orthanc/calcinode.lua")],
            "StableAge": self.stable_age,
            "Plugins": [],
            "AuthenticationEnabled": False,
        })
        configuration["DicomModalities"]["calcinode"]["Port"] = calcinode_port
        configuration.update(self.overrides)
        file = self.folder / "orthanc.json"
        file.write_text(json.dumps(configuration, indent=1))
        self.log = open(self.folder / "orthanc.log", "ab")
        # TCP_NODELAY is read by DCMTK within Orthanc: without it each image waits 40 ms on loopback.
        environment = dict(os.environ, TCP_NODELAY="1")
        self.process = subprocess.Popen([PROGRAM, str(file)], stdout=self.log, stderr=self.log, env=environment)
        self._wait_until_up()
        return self

    def _wait_until_up(self, seconds=30):
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.get("/system")
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("Orthanc does not start, see " + str(self.folder / "orthanc.log"))
                time.sleep(0.1)

    def stop(self):
        if not self.process:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # --- REST

    def request(self, path, body=None, method=None):
        url = f"http://127.0.0.1:{self.http_port}{path}"
        request = urllib.request.Request(url, data=body, method=method)
        # No proxy of the environment stands between us and loopback.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=120) as answer:
            return answer.read()

    def get(self, path):
        return json.loads(self.request(path))

    def post(self, path, value):
        return json.loads(self.request(path, json.dumps(value).encode()) or b"null")

    def upload(self, files):
        """Adds the files, as if a scanner had sent them."""
        for file in files:
            self.request("/instances", pathlib.Path(file).read_bytes())

    def series(self, study_uid):
        """All series of the study: [{"id", "modality", "description", "number", "instances"}]."""
        found = self.post("/tools/find", {"Level": "Series", "Query": {"StudyInstanceUID": study_uid},
                                          "Expand": True})
        return [{"id": s["ID"],
                 "modality": s["MainDicomTags"].get("Modality", ""),
                 "description": s["MainDicomTags"].get("SeriesDescription", ""),
                 "manufacturer": s["MainDicomTags"].get("Manufacturer", ""),
                 "number": s["MainDicomTags"].get("SeriesNumber", ""),
                 "instances": s["Instances"]} for s in found]

    def all_instances(self):
        return self.get("/instances")

    def download(self, instance_id, file):
        pathlib.Path(file).write_bytes(self.request(f"/instances/{instance_id}/file"))

    def forward_to_calcinode(self, series_id):
        """What the routing does, by hand and waiting for its end. False where it was not taken."""
        try:
            self.post("/modalities/calcinode/store", {"Resources": [series_id], "Synchronous": True})
        except urllib.error.HTTPError:
            return False
        return True
