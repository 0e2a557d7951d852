"""Builds and runs docker/Dockerfile without a container engine: buildah with its own storage (vfs) and chroot
isolation, on a Debian base that debootstrap makes from the mirror this machine's apt uses; then systemd-nspawn with a root
file system that can't be written to, no capability and no new privileges, as compose.yaml asks for. Needs root."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

SOURCE = pathlib.Path(os.environ.get("CALCINODE_SOURCE", pathlib.Path(__file__).parents[2]))
TOOLS = ("buildah", "debootstrap", "systemd-nspawn", "nsenter")


def missing_tools():
    return [tool for tool in TOOLS if not shutil.which(tool)] + ([] if os.geteuid() == 0 else ["root"])


def mirror():
    """The first Debian mirror of apt's own lists."""
    listed = subprocess.run(["apt-get", "indextargets", "--format", "$(ORIGIN) $(SITE) $(CODENAME)"],
                            capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[0] == "Debian" and fields[2] == "bookworm":
            return fields[1]
    raise RuntimeError("apt knows no mirror of Debian bookworm")


class Image:
    """Use as a context manager: storage and containers go with it. CALCINODE_IMAGE_FOLDER names a folder for the
    storage that stays, so that the next build begins where the last one was."""

    def __init__(self, folder):
        self.kept = os.environ.get("CALCINODE_IMAGE_FOLDER")
        self.folder = pathlib.Path(self.kept or folder)
        self.container = self.root = None

    def buildah(self, *arguments):
        return ["buildah", "--root", str(self.folder / "storage"), "--runroot", str(self.folder / "run"),
                "--storage-driver", "vfs", *map(str, arguments)]

    def run(self, *arguments, **options):
        done = subprocess.run(self.buildah(*arguments), text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, **options)
        if done.returncode != 0:
            raise RuntimeError("buildah " + arguments[0] + ":\n" + done.stdout[-6000:])
        return done.stdout.strip()

    def make_base(self):
        """A minimal Debian as the image localhost/base. CALCINODE_BASE_ROOTFS names a folder made before."""
        if self.run("images", "--quiet", "--filter", "reference=localhost/base"):
            return
        root = os.environ.get("CALCINODE_BASE_ROOTFS")
        if not root:
            root = self.folder / "rootfs"
            subprocess.run(["debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", str(root),
                            mirror()], check=True, stdout=subprocess.DEVNULL)
        base = self.run("from", "--name", "base", "scratch")
        self.run("copy", "--quiet", base, root, "/")
        # apt in the image asks whom apt here asks, under the same rules.
        self.run("run", "--isolation", "chroot", base, "--", "sh", "-c",
                 "rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*")
        for part in ("sources.list", "sources.list.d", "apt.conf.d", "preferences.d", "trusted.gpg.d"):
            there = pathlib.Path("/etc/apt") / part
            if there.is_dir() or there.is_file():
                self.run("copy", "--quiet", base, there, f"/etc/apt/{part}")
        self.run("commit", "--quiet", base, "localhost/base")
        self.run("rm", base)

    def build(self):
        # Docker's format, since OCI's knows no HEALTHCHECK.
        self.run("build", "--format", "docker", "--layers", "--isolation", "chroot", "--build-arg",
                 "BASE=localhost/base", "--build-arg", "RUNTIME_BASE=localhost/base", "--file", SOURCE / "docker/Dockerfile", "--tag", "calcinode", SOURCE)

    def mount(self):
        """The root file system that command() runs in."""
        self.container = self.run("from", "--pull-never", "calcinode")
        self.root = self.run("mount", self.container)

    def command(self, *arguments, volumes=(), environment=None):
        """The command line that runs `arguments` as the image's user, of the name calcinode."""
        binds = [f"--bind={host}:{inside}" for host, inside in volumes]
        variables = [f"--setenv={name}={value}" for name, value in (environment or {}).items()]
        return ["systemd-nspawn", "--quiet", "--directory", self.root, "--read-only", "--tmpfs=/tmp", *binds,
                "--user=calcinode", "--drop-capability=all", "--no-new-privileges=yes", "--kill-signal=SIGTERM",
                "--register=no", "--keep-unit", "--resolv-conf=off", "--timezone=off", "--console=pipe", *variables,
                "--", *map(str, arguments)]

    def size_mb(self):
        return json.loads(self.run("images", "--json", "calcinode"))[0]["size"]

    def configuration(self):
        """User, command and the like, as the image declares them."""
        return json.loads(self.run("inspect", "--type", "image", "calcinode"))["OCIv1"]["config"]

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_):
        subprocess.run(self.buildah("rm", "--all"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if self.kept:
            return
        subprocess.run(self.buildah("rmi", "--all", "--force"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def descendants(pid):
    """The processes below `pid`."""
    children = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found, todo = [], [pid]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def find_contained(process, program):
    """The pids of `program` below `process`."""
    found = []
    for pid in descendants(process.pid):
        try:
            name = pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:
            continue
        if name == program:
            found.append(pid)
    return found


def stop_contained(process, program, seconds=60):
    """SIGTERM to `program` below `process` (as an engine sends it to the container's first process)."""
    for pid in find_contained(process, program):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    if process.poll() is None:
        process.kill()
    return process.wait()
