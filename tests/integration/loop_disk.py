"""A small ext4 of its own on a loop device, whose content can be copied as it is at an instant: what a disk holds when
the power goes. What was not synced by then is only in memory, and not in the copy.
"""

import os
import pathlib
import shutil
import subprocess

import cases

SIZE = "192M"
# Nothing gets to the disk unless somebody asks for it: ext4 itself waits longer than a test takes.
OPTIONS = "loop,commit=600,noatime"


def _run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def need():
    """Skips, loudly, where this machine lets nobody mount a loop device."""
    if os.geteuid() != 0:
        cases.skip_loudly("a power cut is tested on a loop device, which takes root")
    if not shutil.which("mkfs.ext4"):
        cases.skip_loudly("mkfs.ext4 (package e2fsprogs) is not installed")


def sync(folder):
    """What is written on the file system of `folder`, and on no other: beside this there are tests of what was not synced."""
    subprocess.run(["sync", "--file-system", str(folder)], check=True)


class LoopDisk:
    """Mounted at `folder` as a context manager, backed by the file `image`, which is made if it is not there."""

    def __init__(self, image, folder):
        self.image, self.folder = pathlib.Path(image), pathlib.Path(folder)

    def __enter__(self):
        self.folder.mkdir()
        if not self.image.exists():
            subprocess.run(["truncate", "-s", SIZE, str(self.image)], check=True)
            subprocess.run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(self.image)],
                           check=True)
        mounted = _run("mount", "-o", OPTIONS, str(self.image), str(self.folder))
        if mounted.returncode != 0:
            cases.skip_loudly(f"this machine mounts no loop device: {mounted.stdout.strip()}")
        return self

    def __exit__(self, *_):
        # Lazily: a process that a failed test left here must not keep the mount for ever.
        if _run("umount", str(self.folder)).returncode != 0:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def copy(self, target):
        """What the disk holds now, as a file that another LoopDisk can be made of."""
        subprocess.run(["cp", "--reflink=auto", "--sparse=always", str(self.image), str(target)], check=True)
        return target

