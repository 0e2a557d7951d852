#!/usr/bin/python3
"""The Debian package: what is in it, and, in a machine with systemd, its life from installation to purge.

The second takes minutes and needs root, debootstrap and systemd-container, so it is for ./run package. CALCINODE_OLDER
names the version that it upgrades from: a package, or a commit, which is built (the oldest with a package is 8b8a43b). Without
it that is this very version under another number."""

import contextlib
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
import machine  # noqa: E402
from daemon import wait_for  # noqa: E402

CALCINODE = pathlib.Path(os.environ.get("CALCINODE", "build/release/calcinode")).resolve()
SOURCE = pathlib.Path(os.environ.get("CALCINODE_SOURCE", pathlib.Path(__file__).parents[2]))
DATA = "/var/lib/calcinode"


def shout(text):
    print(f"\n*** {text} ***", file=sys.stderr, flush=True)


def build(folder, program=CALCINODE):
    """The package of the built program."""
    folder.mkdir()
    subprocess.run(["cpack", "-G", "DEB", "--config", program.parent / "CPackConfig.cmake", "-B", folder], check=True,
                   stdout=subprocess.DEVNULL)
    return next(folder.glob("*.deb"))


def build_commit(commit, folder):
    """The package of what the repository was then."""
    source, made = folder / "source", folder / "build/release"
    source.mkdir(parents=True)
    archive = subprocess.run(["git", "-C", SOURCE, "-c", f"safe.directory={SOURCE}", "archive", commit], check=True,
                             stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "-x", "-C", source], input=archive, check=True)
    subprocess.run(["cmake", "-S", source, "-B", made, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                    "-DCALCINODE_TESTS=OFF"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", made, "--target", "calcinode"], check=True, stdout=subprocess.DEVNULL)
    return build(folder / "package", made / "calcinode")


def earlier(package, folder):
    """What CALCINODE_OLDER names, or this package, with a version that comes before this one."""
    named = os.environ.get("CALCINODE_OLDER")
    if named:
        package = pathlib.Path(named) if named.endswith(".deb") else build_commit(named, folder.with_name("earlier"))
    return numbered(package, folder)


def numbered(package, folder):
    """The package as version 0.0.9."""
    subprocess.run(["dpkg-deb", "-R", package, folder], check=True)
    control = folder / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", "Version: 0.0.9", control.read_text(), flags=re.M))
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", folder, folder.with_suffix(".deb")], check=True,
                   stdout=subprocess.DEVNULL)
    return folder.with_suffix(".deb")


class Content(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="calcinode-deb-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.package = build(pathlib.Path(cls.folder.name) / "made")

    def test_it_holds_program_unit_user_and_configuration(self):
        listed = subprocess.run(["dpkg-deb", "-c", self.package], capture_output=True, text=True, check=True).stdout
        for file in ("usr/bin/calcinode", "usr/lib/systemd/system/calcinode.service", "usr/lib/sysusers.d/calcinode.conf",
                     "usr/lib/tmpfiles.d/calcinode.conf", "etc/calcinode/calcinode.toml"):
            self.assertRegex(listed, rf" root/root .* \./{file}\n")

    def test_each_file_in_etc_is_the_administrators(self):
        listed = subprocess.run(["dpkg-deb", "-c", self.package], capture_output=True, text=True, check=True).stdout
        in_etc = sorted(re.findall(r"^-.* \.(/etc/\S+)$", listed, re.M))
        conffiles = subprocess.run(["dpkg-deb", "-I", self.package, "conffiles"], capture_output=True, text=True,
                                   check=True).stdout.split()
        self.assertEqual(sorted(conffiles), in_etc)

    def test_it_needs_the_libraries_it_is_linked_with(self):
        needed = subprocess.run(["dpkg-deb", "-f", self.package, "Depends"], capture_output=True, text=True,
                                check=True).stdout
        for library in ("libdcmtk17", "libsqlite3-0", "libsystemd0", "libcairo2", "fonts-dejavu-core"):
            self.assertIn(library, needed)


class Life(unittest.TestCase):
    def setUp(self):
        if os.environ.get("CALCINODE_SLOW") != "1":
            shout("SKIPPED: installing, upgrading and purging the Debian package (minutes): ./run package")
            self.skipTest("CALCINODE_SLOW is not 1")
        if missing := machine.missing_tools():
            shout("SKIPPED: the Debian package's life needs " + ", ".join(missing))
            self.skipTest("missing " + ", ".join(missing))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="calcinode-machine-", dir="/var/tmp"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def test_it_installs_starts_upgrades_under_load_and_goes(self):
        package = build(self.folder / "made")
        old = earlier(package, self.folder / "old")
        with machine.Machine(self.folder / "machine") as self.machine:
            self.machine.make()
            needed = subprocess.run(["dpkg-deb", "-f", package, "Depends"], capture_output=True, text=True,
                                    check=True).stdout
            self.machine.install("dcmtk", *re.findall(r"(?:^|, )([a-z0-9.+-]+)", needed))
            for file in (package, old):
                shutil.copy(file, self.machine.root / "root")
            self.machine.boot()
            self.install(old.name)
            self.check_sandbox()
            self.check_reload()
            judged = self.send_study("judged")
            wait_for(lambda: "negative" in self.state(judged), 240, 1)
            study = self.send_study("under-way", "--deposit", "C4:facet_left:4:700")
            self.upgrade(package.name, study)
            self.assertIn("negative", self.state(judged), "what the older version found is still known")
            self.send_study("yielding", "--seed", "3")
            wait_for(self.yields, 120, 0.1)
            self.remove()

    def show(self, name):
        return self.machine.say("systemctl", "show", "--property", name, "--value", "calcinode")

    def install(self, name):
        begin = time.monotonic()
        self.machine.run("dpkg", "-i", f"/root/{name}")
        shout(f"installed and started in {time.monotonic() - begin:.1f} s")
        self.assertEqual((self.show("ActiveState"), self.show("StatusText")), ("active", "receiving"))
        self.assertEqual(self.machine.say("systemctl", "is-enabled", "calcinode"), "enabled")
        self.machine.run("echoscu", "-aec", "CALCINODE", "127.0.0.1", "11112")
        self.assertEqual(self.machine.say("stat", "-c", "%U %a", DATA), "calcinode 750")

    def check_sandbox(self):
        status = self.machine.say("cat", f"/proc/{self.show('MainPID')}/status")
        fields = dict(re.findall(r"^(\w+):\s+(.*)$", status, re.M))
        self.assertNotEqual(fields["Uid"].split()[0], "0")
        self.assertEqual((fields["CapEff"], fields["CapBnd"]), ("0" * 16, "0" * 16))
        self.assertEqual((fields["NoNewPrivs"], fields["Seccomp"]), ("1", "2"))
        exposure = self.machine.say("systemd-analyze", "security", "--no-pager", "calcinode").splitlines()[-1]
        shout(exposure)
        self.assertLessEqual(float(re.search(r": ([\d.]+) ", exposure).group(1)), 2.0)

    def check_reload(self):
        self.machine.run("sed", "-i", "s/^quiet_s = .*/quiet_s = 3/", "/etc/calcinode/calcinode.toml")
        self.machine.run("systemctl", "reload", "calcinode")
        wait_for(lambda: "study.quiet_s is now 3 (was 60)" in self.machine.say("journalctl", "-u", "calcinode"), 20)

    def send_study(self, name, *options):
        self.machine.run("calcinode", "phantom", f"/root/{name}", *options)
        self.machine.run("sh", "-c", f"storescu -aec CALCINODE 127.0.0.1 11112 /root/{name}/*.dcm")
        return re.search(r"\[([\d.]+)\]", self.machine.say(
            "sh", "-c", f"dcmdump +P StudyInstanceUID $(ls /root/{name}/*.dcm | head -1)")).group(1)

    def schema(self):
        file = self.machine.root / DATA.lstrip("/") / "calcinode.db"
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return database.execute("PRAGMA user_version").fetchone()[0]

    def state(self, study):
        done = self.machine.run("calcinode", "status", "--config", "/etc/calcinode/calcinode.toml", "--study", study,
                                check=False)
        return done.stdout

    def upgrade(self, name, study):
        def complete():
            """the study is complete"""
            return f"{study}: complete, " in self.machine.say("journalctl", "-u", "calcinode")
        wait_for(complete, 60)
        before, schema = self.show("MainPID"), self.schema()
        # As unattended: where the new version brings another configuration than the administrator changed, his stays.
        self.machine.run("dpkg", "--force-confold", "-i", f"/root/{name}")
        self.assertNotEqual(self.show("MainPID"), before, "the new version runs")
        self.assertEqual((self.show("ActiveState"), self.show("NRestarts")), ("active", "0"))
        log = self.machine.say("journalctl", "-u", "calcinode")
        self.assertNotIn("positive", log.split("stopping:")[0], "the analysis was under way when it was upgraded")
        wait_for(lambda: "positive" in self.machine.say("journalctl", "-u", "calcinode"), 240, 1)
        self.assertIn("positive", self.state(study))
        self.assertIn("quiet_s = 3", self.machine.say("cat", "/etc/calcinode/calcinode.toml"))
        self.assertEqual(self.schema(), len(list((SOURCE / "src/store/sql").glob("*.sql"))))
        shout(f"upgraded with an analysis under way, which the new version finished; schema {schema} became {self.schema()}")

    def yields(self):
        """an analysis goes on, and yields to what comes in: nice 10, SCHED_BATCH"""
        threads = self.machine.say("sh", "-c", f"cat /proc/{self.show('MainPID')}/task/*/stat || true").splitlines()
        after_name = (thread.rpartition(") ")[2].split() for thread in threads)  # one may have ended meanwhile
        return any((fields[16], fields[38]) == ("10", "3") for fields in after_name if len(fields) > 38)

    def remove(self):
        self.machine.run("dpkg", "-r", "calcinode")
        self.assertEqual(self.machine.run("pgrep", "calcinode", check=False).returncode, 1)
        self.machine.run("test", "-e", f"{DATA}/calcinode.db")
        self.machine.run("dpkg", "-P", "calcinode")
        left = self.machine.say("find", "/etc", "/var/lib", "/usr", "/run/systemd/system", "-name", "*calcinode*",
                                "-not", "-path", "*/timers/*")
        self.assertEqual(left, "")
        shout("removed and purged; nothing is left")


if __name__ == "__main__":
    unittest.main()
