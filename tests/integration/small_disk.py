"""A small file system of its own, to be filled to the last byte: what a full disk does to a node."""

import contextlib
import os
import pathlib
import subprocess

import cases
import loop_disk


class SmallDisk:
    """ext4 in a file, mounted; tmpfs where there are no loop devices. Skips the test loudly where neither may be."""

    def __init__(self, folder, mib):
        self.folder = pathlib.Path(folder)
        self.mib = mib
        self.root = self.folder / "disk"

    def __enter__(self):
        self.root.mkdir(parents=True)
        image = self.folder / "disk.ext4"
        with open(image, "wb") as file:
            file.truncate(self.mib << 20)
        made = self._run("mkfs.ext4", "-q", "-F", "-m", "0", str(image))
        if not (made and self._run("mount", "-o", "loop", str(image), str(self.root))):
            if not self._run("mount", "-t", "tmpfs", "-o", f"size={self.mib}m", "tmpfs", str(self.root)):
                cases.skip_loudly("no file system can be mounted here (root is needed)")
        self.ballast = self.root / "ballast"
        return self

    @staticmethod
    def _run(*command):
        try:
            return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
        except FileNotFoundError:
            return False

    def __exit__(self, *_):
        # Whoever wrote here has ended by now; a busy mount goes as soon as it is no longer used.
        self._run("umount", str(self.root)) or self._run("umount", "-l", str(self.root))

    def free(self):
        space = os.statvfs(self.root)
        return space.f_bavail * space.f_frsize

    def leave(self, mib):
        """Fills the disk, or gives room, so that about this much is free."""
        loop_disk.sync(self.root)  # what is only promised is taken
        taken = self.ballast.stat().st_size if self.ballast.exists() else 0
        wanted = taken + self.free() - int(mib * (1 << 20))
        if wanted <= 0:
            with contextlib.suppress(FileNotFoundError):
                self.ballast.unlink()
            return
        with open(self.ballast, "ab") as file:
            file.truncate(min(wanted, taken))
            if wanted > taken:
                os.posix_fallocate(file.fileno(), 0, wanted)
        loop_disk.sync(self.root)

    def fill(self):
        """Not a byte is left."""
        self.leave(0.5)
        block = bytes(4096)
        with open(self.ballast, "ab", buffering=0) as file:
            with contextlib.suppress(OSError):
                while file.write(block):
                    pass
