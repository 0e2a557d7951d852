#!/usr/bin/python3
"""What an administrator installs: the files of `cmake --install`, the systemd unit, and what compose.yaml names."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))

CALCINODE = pathlib.Path(os.environ.get("CALCINODE", "build/release/calcinode")).resolve()
SOURCE = pathlib.Path(os.environ.get("CALCINODE_SOURCE", pathlib.Path(__file__).parents[2]))


def shout(text):
    print(f"\n*** {text} ***", file=sys.stderr, flush=True)


def install(destination):
    subprocess.run(["cmake", "--install", str(CALCINODE.parent), "--prefix", "/usr"], check=True,
                   env=dict(os.environ, DESTDIR=str(destination)), stdout=subprocess.DEVNULL)


class Installation(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="calcinode-package-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name) / "root"
        install(self.root)
        self.unit = self.root / "usr/lib/systemd/system/calcinode.service"

    def test_program_unit_configuration_and_documents_are_in_their_places(self):
        for file in ("usr/bin/calcinode", "usr/lib/systemd/system/calcinode.service",
                     "usr/lib/sysusers.d/calcinode.conf", "usr/lib/tmpfiles.d/calcinode.conf",
                     "etc/calcinode/calcinode.toml", "etc/calcinode/orthanc/calcinode.lua",
                     "etc/calcinode/orthanc/orthanc.json", "usr/share/doc/calcinode/README.md",
                     "usr/share/doc/calcinode/CONFORMANCE.md"):
            self.assertTrue((self.root / file).is_file(), file)

    def test_the_installed_configuration_is_right_as_it_is(self):
        done = subprocess.run([self.root / "usr/bin/calcinode", "check", "--config",
                               self.root / "etc/calcinode/calcinode.toml"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_an_administrators_configuration_survives_a_second_installation(self):
        config = self.root / "etc/calcinode/calcinode.toml"
        config.write_text("# mine\n")
        install(self.root)
        self.assertEqual(config.read_text(), "# mine\n")
        self.assertTrue(config.with_name("calcinode.toml.new").is_file())

    def test_the_unit_names_files_that_are_installed(self):
        text = self.unit.read_text()
        self.assertNotIn("@", text.replace("@system-service", "").replace("~@privileged @resources", ""))
        program, config = re.search(r"^ExecStart=(\S+) serve --config (\S+)$", text, re.M).groups()
        self.assertTrue(os.access(self.root / program.lstrip("/"), os.X_OK))
        self.assertTrue((self.root / config.lstrip("/")).is_file())
        self.assertIn("Type=notify", text)
        self.assertIn("User=calcinode", text)

    def test_systemd_finds_nothing_wrong_with_the_unit(self):
        if not shutil.which("systemd-analyze"):
            shout("SKIPPED: systemd-analyze is not installed")
            self.skipTest("no systemd-analyze")
        copy = self.root / "calcinode.service"  # with the program where it is now
        copy.write_text(self.unit.read_text().replace("ExecStart=", f"ExecStart={self.root}"))
        done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr.strip()), (0, ""), done.stdout)

    def test_the_sandbox_is_tight(self):
        if not shutil.which("systemd-analyze"):
            shout("SKIPPED: systemd-analyze is not installed")
            self.skipTest("no systemd-analyze")
        # In tenths: 0 is no exposure at all, 100 all there can be.
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", str(self.unit)],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:])

    def test_systemd_watches_reloads_and_restarts_it(self):
        text = self.unit.read_text()
        for line in ("Type=notify", "WatchdogSec=3min", "Restart=on-failure", "ExecReload=/bin/kill -HUP $MAINPID"):
            self.assertIn(f"\n{line}\n", text)

    def test_the_user_can_be_made(self):
        if not shutil.which("systemd-sysusers"):
            shout("SKIPPED: systemd-sysusers is not installed")
            self.skipTest("no systemd-sysusers")
        done = subprocess.run(["systemd-sysusers", "--dry-run", self.root / "usr/lib/sysusers.d/calcinode.conf"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)


class ComposeFiles(unittest.TestCase):
    def test_the_containers_configuration_is_right(self):
        done = subprocess.run([CALCINODE, "check", "--config", SOURCE / "docker/calcinode.toml"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_orthanc_and_the_node_know_each_other(self):
        pacs = json.loads((SOURCE / "docker/orthanc.json").read_text())
        node = (SOURCE / "docker/calcinode.toml").read_text()
        compose = (SOURCE / "docker/compose.yaml").read_text()
        there = pacs["DicomModalities"]["calcinode"]
        self.assertIn(f'ae_title = "{there["AET"]}"', node)
        self.assertIn(f'\n  {there["Host"]}:\n', compose)
        self.assertIn(f'ae_title = "{pacs["DicomAet"]}"\n', node.split("[[destination]]")[1])
        self.assertIn(f'port = {pacs["DicomPort"]}\n', node)
        host = re.search(r'^host = "(\w+)"', node, re.M).group(1)
        self.assertIn(f"\n  {host}:\n", compose)
        for script in pacs["LuaScripts"]:
            self.assertIn(f":{script}:ro", compose)

    def test_every_file_that_is_mounted_or_copied_exists(self):
        compose = (SOURCE / "docker/compose.yaml").read_text()
        for file in re.findall(r"^\s+- (\.\S*?):/", compose, re.M):
            self.assertTrue((SOURCE / "docker" / file).is_file(), file)
        dockerfile = (SOURCE / "docker/Dockerfile").read_text()
        for names in re.findall(r"^COPY (?!--)(.*) \S+$", dockerfile, re.M):
            for name in names.split():
                self.assertTrue((SOURCE / name).exists(), name)


if __name__ == "__main__":
    unittest.main()
