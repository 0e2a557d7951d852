#!/usr/bin/python3
"""README's "Install" to "Try it": its commands do what they say. The quick tests look at the text; ./run readme pastes each
command as it stands into a bare Debian 12 that boots with systemd, with a stopwatch, until results are in the PACS."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import machine  # noqa: E402
from daemon import wait_for  # noqa: E402

SOURCE = pathlib.Path(os.environ.get("CALCINODE_SOURCE", pathlib.Path(__file__).parents[2]))
INSTALL, ORTHANC, TRY = "## Install", "### Beside Orthanc", "### Try it without a patient's data"
DEBIANS_ORTHANC = pathlib.Path("/etc/orthanc/orthanc.json")
USER, COPY = "admin", "/home/admin/calcinode"
OURS = "Calcinode project"


def shout(text):
    print(f"\n*** {text} ***", file=sys.stderr, flush=True)


def commands(heading):
    """Those of the section's blocks, indented or fenced, each with its continuation lines and what it reads until END."""
    section = (SOURCE / "README.md").read_text().split(heading + "\n", 1)[1]
    section = re.split(r"^##", section, maxsplit=1, flags=re.M)[0]
    for fenced in re.findall(r"^```sh\n(.*?)^```$", section, re.M | re.S):
        section = section.replace(fenced, textwrap.indent(fenced, "    "))
    found, begun = [], ""
    for line in re.findall(r"^    (.*\S.*)$", section, re.M):
        begun += line + "\n"
        reads = "<<'END'" in begun and not begun.endswith("\nEND\n")
        if not reads and not line.endswith("\\"):
            found.append(begun.strip())
            begun = ""
    return found


class Text(unittest.TestCase):
    def test_the_packages_to_build_with_are_those_that_run_installs(self):
        listed = re.search(r"^build_packages=\((.*?)\)", (SOURCE / "run").read_text(), re.M | re.S).group(1).split()
        named = next(c for c in commands(INSTALL) if "build-essential" in c).replace("\\\n", " ").split()
        self.assertEqual([word for word in named[4:] if not word.startswith("-")], listed)

    def test_debians_orthanc_is_told_of_the_node(self):
        if not DEBIANS_ORTHANC.is_file():
            self.skipTest("Debian's Orthanc is not installed")
        with tempfile.TemporaryDirectory(prefix="calcinode-") as folder:
            copy = shutil.copy(DEBIANS_ORTHANC, folder)
            change = next(c for c in commands(ORTHANC) if " sed " in c)
            self.assertIn(str(DEBIANS_ORTHANC), change)
            subprocess.run(["bash", "-ec", change.replace("sudo ", "").replace(str(DEBIANS_ORTHANC), copy)], check=True)
            text = pathlib.Path(copy).read_text()
        plain = re.sub(r'("(?:[^"\\]|\\.)*")|//.*|/\*.*?\*/', lambda m: m.group(1) or "", re.sub(
            r"/\*.*?\*/", "", text, flags=re.S))
        told = json.loads(plain)
        self.assertEqual(told["DicomModalities"], {"calcinode": ["CALCINODE", "127.0.0.1", 11112]})
        self.assertEqual(told["LuaScripts"], ["/etc/calcinode/orthanc/calcinode.lua"])


class Stopwatch(unittest.TestCase):
    def setUp(self):
        if os.environ.get("CALCINODE_SLOW") != "1":
            shout("SKIPPED: README's commands on a bare machine (many minutes): ./run readme")
            self.skipTest("CALCINODE_SLOW is not 1")
        if missing := machine.missing_tools():
            shout("SKIPPED: a bare machine needs " + ", ".join(missing))
            self.skipTest("missing " + ", ".join(missing))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="calcinode-readme-", dir="/var/tmp"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.times = []

    def test_each_command_as_it_stands_ends_with_results_in_the_pacs(self):
        with machine.Machine(self.folder / "machine", network=True) as self.bare:
            self.bare.make()
            self.bare.install("sudo")
            self.settle_in()
            self.bare.boot()
            for heading in (INSTALL, ORTHANC, TRY):
                for command in commands(heading):
                    self.paste(command)
            self.measure("results are in Orthanc", lambda: wait_for(self.results, 600, 1))
            self.paste("./run demo")
        shout("README's commands:\n" + "\n".join(f"{seconds:7.1f} s  {what}" for seconds, what in self.times) +
              f"\n{sum(seconds for seconds, _ in self.times):7.1f} s  in all")

    def settle_in(self):
        """A user who may use sudo, with a copy of the repository."""
        inside = ["chroot", str(self.bare.root)]
        subprocess.run([*inside, "useradd", "--create-home", "--shell", "/bin/bash", USER], check=True)
        (self.bare.root / "etc/sudoers.d/admin").write_text(f"{USER} ALL=(ALL) NOPASSWD: ALL\n")
        copy = self.bare.root / COPY.lstrip("/")
        copy.mkdir()
        kept = subprocess.run(["git", "-C", SOURCE, "-c", f"safe.directory={SOURCE}", "archive", "HEAD"], check=True,
                              stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", copy], input=kept.stdout, check=True)
        subprocess.run([*inside, "chown", "-R", f"{USER}:", COPY], check=True)

    def paste(self, command):
        shout(command)
        self.measure(command.splitlines()[0], lambda: self.bare.run(
            "runuser", "-u", USER, "--", "env", f"HOME=/home/{USER}", "bash", "-c", f"cd {COPY}\n{command}"))

    def measure(self, what, act):
        begun = time.monotonic()
        act()
        self.times.append((time.monotonic() - begun, what))
        shout(f"{self.times[-1][0]:.1f} s: {what}")

    def results(self):
        """the four objects are in Orthanc"""
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                "http://127.0.0.1:8042/series?expand", timeout=20) as answer:
            series = json.load(answer)
        ours = [one["MainDicomTags"] for one in series if one["MainDicomTags"].get("Manufacturer") == OURS]
        return len(ours) == 4 and any(one["SeriesDescription"] == "CALC POSITIVE" for one in ours)


if __name__ == "__main__":
    unittest.main()
