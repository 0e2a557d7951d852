#!/usr/bin/python3
"""The container image: built from docker/Dockerfile, and run beside a real Orthanc as docker/compose.yaml asks for, with
a root file system that can't be written to, as a user of its own.

It takes many minutes and needs root, buildah, debootstrap and systemd-container, so it is for ./run container."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import image  # noqa: E402
import orthanc  # noqa: E402
from daemon import CALCINODE, wait_for  # noqa: E402

SOURCE = pathlib.Path(os.environ.get("CALCINODE_SOURCE", pathlib.Path(__file__).parents[2]))
CONFIG = "/etc/calcinode/calcinode.toml"
USER = 10001


def shout(text):
    print(f"\n*** {text} ***", file=sys.stderr, flush=True)


class Container(unittest.TestCase):
    def setUp(self):
        if os.environ.get("CALCINODE_SLOW") != "1":
            shout("SKIPPED: building and running the container image (many minutes): ./run container")
            self.skipTest("CALCINODE_SLOW is not 1")
        missing = image.missing_tools() + ([] if orthanc.is_installed() else ["orthanc"])
        if missing:
            shout("SKIPPED: the container image needs " + ", ".join(missing))
            self.skipTest("missing " + ", ".join(missing))
        # Not in memory: images are large, and so is a copy of each layer.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="calcinode-image-", dir="/var/tmp"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)
        self.data = self.own_folder("data")

    def own_folder(self, name):
        """A folder of the container's user."""
        folder = self.folder / name
        folder.mkdir()
        os.chown(folder, USER, USER)
        return folder

    def test_it_serves_a_pacs_and_stops_when_told(self):
        with image.Image(self.folder / "image") as made:
            self.made = made
            if os.environ.get("CALCINODE_IMAGE_BUILT") != "1":  # else the one in CALCINODE_IMAGE_FOLDER
                begin = time.monotonic()
                made.make_base()
                made.build()
                shout(f"image built in {time.monotonic() - begin:.0f} s, {made.size_mb()}")
            declared = made.configuration()
            self.assertEqual((declared["User"], declared["StopSignal"]), (f"{USER}:{USER}", "SIGTERM"))
            self.assertIn("11112/tcp", declared["ExposedPorts"])
            self.assertIn("/var/lib/calcinode", declared["Volumes"])
            made.mount()
            self.serve(declared["Entrypoint"] + declared["Cmd"])

    def serve(self, command):
        pacs = orthanc.Orthanc(self.folder / "orthanc")
        port = orthanc.free_port()
        # All else is compose.yaml's; Orthanc is on this machine's loopback instead of a network of containers.
        environment = {"CALCINODE_NODE__BIND": "127.0.0.1", "CALCINODE_NODE__PORT": port,
                       "CALCINODE_STUDY__QUIET_S": 2, "CALCINODE_DESTINATION__0__HOST": "127.0.0.1",
                       "CALCINODE_DESTINATION__0__PORT": pacs.dicom_port}
        phantom = self.own_folder("phantom")
        subprocess.run(self.made.command("/usr/bin/calcinode", "phantom", "/mnt", "--deposit", "C4:facet_left:4:700",
                                         volumes=[(phantom, "/mnt")]), check=True)
        config = self.folder / "calcinode.toml"
        shutil.copy(SOURCE / "docker/calcinode.toml", config)
        volumes = [(config, CONFIG), (self.data, "/var/lib/calcinode")]
        self.log = self.folder / "calcinode.log"
        with pacs, open(self.log, "wb") as output:
            pacs.start(calcinode_port=port)
            begin = time.monotonic()
            self.node = subprocess.Popen(self.made.command(*command, volumes=volumes, environment=environment),
                                         stdin=subprocess.DEVNULL, stdout=output, stderr=output)
            try:
                self.check_start(port, begin)
                self.check_confinement()
                self.check_results(pacs, sorted(phantom.glob("*.dcm")))
            finally:
                begin = time.monotonic()
                code = image.stop_contained(self.node, "calcinode")
        self.assertEqual(code, 0, self.log.read_text()[-3000:])
        self.assertIn("info stopped", self.log.read_text())
        shout(f"stopped by SIGTERM in {time.monotonic() - begin:.1f} s")

    def check_start(self, port, begin):
        def echo():
            """C-ECHO answered"""
            self.assertIsNone(self.node.poll(), self.log.read_text()[-3000:])
            return subprocess.run(["echoscu", "-aet", "ORTHANC", "-aec", "CALCINODE", "127.0.0.1", str(port)],
                                  stderr=subprocess.DEVNULL).returncode == 0
        wait_for(echo, 60)
        shout(f"answers {time.monotonic() - begin:.1f} s after its start")

    def check_confinement(self):
        pid, = image.find_contained(self.node, "calcinode")
        status = dict(line.split(":\t", 1) for line in
                      pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
        self.assertEqual(set(status["Uid"].split()), {str(USER)}, "it must not be root")
        self.assertEqual((status["CapEff"], status["CapBnd"], status["NoNewPrivs"]), ("0" * 16, "0" * 16, "1"))
        root = next(line.split() for line in pathlib.Path(f"/proc/{pid}/mountinfo").read_text().splitlines()
                    if line.split()[4] == "/")
        self.assertIn("ro", root[5].split(","), "its root file system must be read-only")
        # As the engine does it: the image's HEALTHCHECK beside the daemon, as the same user.
        check = ["nsenter", f"--target={pid}", "--mount", "--pid", "--root", "--wd=/", f"--setuid={USER}",
                 f"--setgid={USER}", "/usr/bin/calcinode", "healthcheck", "--config", CONFIG]
        self.assertEqual(subprocess.run(check).returncode, 0)

    def check_results(self, pacs, files):
        begin = time.monotonic()
        pacs.upload(files)

        def results():
            """results in the PACS"""
            ours = [s["modality"] for study in pacs.get("/studies?expand")
                    for s in pacs.series(study["MainDicomTags"]["StudyInstanceUID"])
                    if s["manufacturer"] == "Calcinode project"]
            return ours if len(ours) >= 4 else None
        found = wait_for(results, 240, 1)
        shout(f"the PACS got {', '.join(sorted(found))} after {time.monotonic() - begin:.0f} s")
        self.assertEqual(sorted(found), ["KO", "OT", "SEG", "SR"])
        wait_for(self.all_committed, 60)

    def all_committed(self):
        """each object committed by the PACS"""
        with contextlib.closing(sqlite3.connect(f"file:{self.data / 'calcinode.db'}?mode=ro", uri=True)) as database:
            states = [state for state, in database.execute("SELECT state FROM delivery")]
        return len(states) == 4 and set(states) == {"committed"}


class Dockerfile(unittest.TestCase):
    def test_its_health_is_what_the_program_says(self):
        text = (SOURCE / "docker/Dockerfile").read_text()
        self.assertIn(f'CMD ["/usr/bin/calcinode", "healthcheck", "--config", "{CONFIG}"]', text)

    def test_compose_asks_for_no_privilege(self):
        text = (SOURCE / "docker/compose.yaml").read_text()
        for line in ("read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]'):
            self.assertIn(line, text)

    def test_the_dashboard_is_opened_by_a_secret(self):
        text = (SOURCE / "docker/compose.dashboard.yaml").read_text()
        variables = dict(re.findall(r"^      (CALCINODE_\w+): (\S+)$", text, re.M))
        secret = pathlib.Path(variables["CALCINODE_HTTP__TOKEN_FILE"])
        self.assertEqual(str(secret.parent), "/run/secrets")
        self.assertIn(f"secrets: [{secret.name}]", text)
        self.assertIn(f"\nsecrets:\n  {secret.name}:\n    file: ./{secret.name}\n", text)
        self.assertIn(f"docker/{secret.name}\n", (SOURCE / ".gitignore").read_text())
        with tempfile.NamedTemporaryFile("w") as token:
            token.write("a-token-of-more-than-16-characters\n")
            token.flush()
            variables["CALCINODE_HTTP__TOKEN_FILE"] = token.name
            done = subprocess.run([CALCINODE, "check", "--config", SOURCE / "docker/calcinode.toml"], check=False,
                                  env=dict(os.environ, **variables), capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_orthanc_has_results_committed(self):
        self.assertIn("storage_commitment = true", (SOURCE / "docker/calcinode.toml").read_text())
        there = json.loads((SOURCE / "docker/orthanc.json").read_text())["DicomModalities"]["calcinode"]
        self.assertEqual(there, {"AET": "CALCINODE", "Host": "calcinode", "Port": 11112})


if __name__ == "__main__":
    unittest.main()
