"""Studies for integration tests: phantoms made by the program itself, and real data found by environment.

CALCINODE_CT    the folder with real CT series
CALCINODE_EVAL  the folder with make_cases.py, which puts deposits into them
CALCINODE_CASES built cases to use instead of building them (optional)
CALCINODE_BUILT where cases and phantoms that had to be built stay for the tests that follow (CTest names the build tree)
"""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import unittest

import pydicom

CALCINODE = os.environ.get("CALCINODE", "calcinode")


def skip_loudly(why):
    print(f"\n*** SKIPPED: {why} ***", flush=True)
    raise unittest.SkipTest(why)


@contextlib.contextmanager
def locked(file):
    """Tests may run beside each other: only one at a time makes what stays for all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def program_state():
    """Names what this very program made."""
    return hashlib.sha256(pathlib.Path(CALCINODE).read_bytes()).hexdigest()[:12]


def phantom(folder, *options):
    """Writes a phantom study and returns its files. To make one takes seconds: where cases stay, one with the same
    options is made once, for all tests, each of which gets a copy."""
    folder, kept = pathlib.Path(folder), os.environ.get("CALCINODE_BUILT")
    if not kept:
        write_phantom(folder, *options)
        return sorted(folder.glob("*.dcm"))
    name = hashlib.sha256("\n".join(options).encode()).hexdigest()[:12]
    made = pathlib.Path(kept) / f"phantoms-{program_state()}" / name
    with locked(made.with_suffix(".lock")):
        if not made.is_dir():
            shutil.rmtree(made.with_suffix(".part"), ignore_errors=True)
            write_phantom(made.with_suffix(".part"), *options)
            made.with_suffix(".part").rename(made)
    folder.mkdir(parents=True, exist_ok=True)
    for file in made.glob("*.dcm"):
        shutil.copyfile(file, folder / file.name)
    return sorted(folder.glob("*.dcm"))


def write_phantom(folder, *options):
    subprocess.run([CALCINODE, "phantom", str(folder), *options], check=True, stdout=subprocess.DEVNULL)


def real(name):
    """The files of a real series below CALCINODE_CT."""
    root = os.environ.get("CALCINODE_CT")
    folder = pathlib.Path(root or "/nonexistent") / name
    if not folder.is_dir():
        skip_loudly(f"no real data: CALCINODE_CT is {'unset' if not root else root}, {name} is needed")
    return sorted(folder.glob("*.dcm"))


def built_for(tools):
    """The folder of cases that stay, one for each state of the tools that build them; None where none stay."""
    kept = os.environ.get("CALCINODE_BUILT")
    if not kept:
        return None
    state = hashlib.sha256()
    for file in sorted([*tools.glob("*.py"), tools / "dev-cases.json"]):
        state.update(file.read_bytes())
    return pathlib.Path(kept) / state.hexdigest()[:12]


def case(name, folder):
    """The files of an evaluation case, built where it is not built already: where cases stay, else below `folder`."""
    built = os.environ.get("CALCINODE_CASES")
    if built and (pathlib.Path(built) / name / "dicom").is_dir():
        return sorted((pathlib.Path(built) / name / "dicom").iterdir())
    tools = pathlib.Path(os.environ.get("CALCINODE_EVAL") or "/nonexistent")
    if not (tools / "make_cases.py").is_file():
        skip_loudly(f"CALCINODE_EVAL is {os.environ.get('CALCINODE_EVAL') or 'unset'}: case {name} cannot be built")
    if not os.environ.get("CALCINODE_CT"):
        skip_loudly(f"CALCINODE_CT is unset: case {name} cannot be built")
    folder = built_for(tools) or pathlib.Path(folder)
    with locked(folder / f"{name}.lock"):
        if not (folder / name / "truth.npz").is_file():  # written last
            # -B: no compiled files beside data that is not ours
            subprocess.run(["/usr/bin/python3", "-B", str(tools / "make_cases.py"), str(tools / "dev-cases.json"),
                            str(folder), "--only", name, "--volumes", os.environ["CALCINODE_CT"]],
                           check=True, stdout=subprocess.DEVNULL)
    return sorted((folder / name / "dicom").iterdir())


def header(file):
    return pydicom.dcmread(file, stop_before_pixels=True)


def study_uid(file):
    return header(file).StudyInstanceUID


def changed_copy(file, target, **attributes):
    """A copy of `file` with other values of the named attributes (SOPInstanceUID is kept in step)."""
    data = pydicom.dcmread(file)
    for keyword, value in attributes.items():
        setattr(data, keyword, value)
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.save_as(target)
    return target


def store(port, files, *options, called="CALCINODE", calling="TEST"):
    """Sends the files by DCMTK's storescu over one association. Returns its exit code and output."""
    if not shutil.which("storescu"):
        skip_loudly("storescu (package dcmtk) is not installed")
    command = ["storescu", "-aet", calling, "-aec", called, *options, "127.0.0.1", str(port), *map(str, files)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(os.environ, TCP_NODELAY="1"))
    return done.returncode, done.stdout.decode(errors="replace")
