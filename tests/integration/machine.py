"""A Debian 12 of its own that boots with systemd, in a folder, by systemd-nspawn: for what only a real service manager can
show. Needs root; where nothing else is said it has no network but its own loopback, and the host's mirror while packages
are installed."""

import os
import pathlib
import shutil
import signal
import subprocess
import time

import image

TOOLS = ("debootstrap", "systemd-nspawn", "nsenter")
PACKAGES = ("systemd", "systemd-sysv", "dbus", "procps", "init-system-helpers")


def missing_tools():
    return [tool for tool in TOOLS if not shutil.which(tool)] + ([] if os.geteuid() == 0 else ["root"])


class Machine:
    """Use as a context manager, which ends it. CALCINODE_MACHINE_ROOTFS names a folder made before by debootstrap, with
    PACKAGES in it; it is changed. `network`: it has the host's."""

    def __init__(self, folder, network=False):
        self.folder, self.network = pathlib.Path(folder), network
        self.root = pathlib.Path(os.environ.get("CALCINODE_MACHINE_ROOTFS") or self.folder / "rootfs")
        self.process = self.leader = None

    def make(self):
        if not (self.root / "etc").is_dir():
            subprocess.run(["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", "bookworm", str(self.root),
                            image.mirror()], check=True, stdout=subprocess.DEVNULL)

    def install(self, *packages):
        """From the mirror, before it boots; no service is started."""
        policy = self.root / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        subprocess.run(["chroot", self.root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q",
                        "--no-install-recommends", *packages], check=True, stdout=subprocess.DEVNULL)
        policy.unlink()

    def boot(self, seconds=60):
        self.console = open(self.folder / "console.log", "wb")
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--directory", str(self.root), "--boot", "--register=no", "--keep-unit",
             "--resolv-conf=copy-host" if self.network else "--private-network", "--console=read-only"],
            stdin=subprocess.DEVNULL, stdout=self.console, stderr=self.console)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            self.leader = self.leader or next(iter(image.find_contained(self.process, "systemd")), None)
            if self.leader and self.run("systemctl", "is-system-running", "--wait", check=False).returncode in (0, 1):
                return
            time.sleep(0.2)
        raise RuntimeError("the machine does not boot, see " + str(self.folder / "console.log"))

    def run(self, *command, check=True):
        """In the machine, as root."""
        inside = ["nsenter", f"--target={self.leader}", "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd=/"]
        done = subprocess.run([*inside, "env", "DEBIAN_FRONTEND=noninteractive", *map(str, command)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout[-3000:]}")
        return done

    def say(self, *command):
        return self.run(*command).stdout.strip()

    def off(self):
        if not self.process or self.process.poll() is not None:
            return
        if self.leader:
            os.kill(self.leader, signal.SIGRTMIN + 4)  # systemd(1): power off
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.console.close()

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_):
        self.off()
