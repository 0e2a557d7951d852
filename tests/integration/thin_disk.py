"""An ext4 that its storage lets down: it promises more room than there is, as thinly provisioned storage does.

Once the storage is full, what goes to blocks that were never written before fails when it is synced, with ENOSPC or
EIO; the second fsync of the same file says that all is well, while the data are lost. What was written before can be
written again. The file system itself knows nothing of that: it shows room, and its journal goes on, unless that lies
on new blocks as well (`journal_fails`): then it is aborted, and nothing can be written until somebody mends it.
"""

import pathlib
import subprocess

import cases
import loop_disk

DISK_MIB, STORAGE_MIB = 192, 240


def _run(*command):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise OSError(f"{command[0]}: {done.stdout.strip()}")
    return done.stdout


class ThinDisk:
    """Mounted at `root` as a context manager. Skips the test, loudly, where that can't be done."""

    def __init__(self, folder, journal_fails=False):
        loop_disk.need()
        self.storage, self.root = pathlib.Path(folder) / "storage", pathlib.Path(folder) / "disk"
        self.image, self.ballast = self.storage / "image", self.storage / "ballast"
        self.journal_fails = journal_fails

    def __enter__(self):
        self.storage.mkdir(parents=True)
        self.root.mkdir()
        try:
            _run("mount", "-t", "tmpfs", "-o", f"size={STORAGE_MIB}m", "tmpfs", self.storage)
            _run("truncate", "-s", f"{DISK_MIB}M", self.image)
            _run("mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0", self.image)
            if not self.journal_fails:  # what mkfs left to be written later has its blocks now
                _run("fallocate", "-l", f"{DISK_MIB}M", self.image)
            self._mount()
            _run("fstrim", self.root)   # but free ones have none
        except OSError as why:
            self.__exit__()
            cases.skip_loudly(f"no thin disk can be made here: {why}")
        return self

    def __exit__(self, *_):
        for folder in (self.root, self.storage):
            # Lazily: a process that a failed test left here must not keep the mount for ever.
            subprocess.run(["umount", "-l", str(folder)], stderr=subprocess.DEVNULL)

    def _mount(self):
        _run("mount", "-o", "loop,noatime", self.image, self.root)

    def fail(self):
        """From now on the storage has no block left."""
        # What the journal holds goes to its place first. A folder's new block would fail there, half a minute later or
        # as soon as anybody on this machine calls sync, and abort the journal: that is another test.
        loop_disk.sync(self.root)
        with open(self.ballast, "wb", buffering=0) as file:
            try:
                while file.write(bytes(1 << 16)):
                    pass
            except OSError:
                pass

    def abort(self):
        """The file system gives up and can only be read, as after an error in its own structure."""
        _run("mount", "-o", "remount,abort", self.root)

    def recover(self):
        """The storage has room again."""
        self.ballast.unlink()

    def mount_again(self):
        """Checked and mended as after a crash, and nothing of it in memory any more: what is really on the disk."""
        _run("umount", self.root)
        done = subprocess.run(["e2fsck", "-fp", str(self.image)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True)
        if done.returncode > 1:  # 1: mended
            raise OSError(f"e2fsck: {done.stdout}")
        self._mount()
