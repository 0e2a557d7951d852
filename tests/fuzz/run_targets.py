#!/usr/bin/python3
"""Runs the fuzz targets for a time each, several at once, from seeds made now and from what earlier runs learnt.

    run_targets.py FOLDER SECONDS [TARGET ...]

FOLDER holds the programs fuzz_NAME. Inputs that once broke something are in tests/fuzz/findings/NAME and run
first. Ends with 1 where a target found something; the input is then in FOLDER/findings.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import seeds  # noqa: E402

SOURCE = pathlib.Path(__file__).parents[2]
HERE = pathlib.Path(__file__).parent
DICTIONARIES = {"config": "config.dict", "environment": "config.dict", "part10": "dicom.dict",
                "image": "dicom.dict", "peer": "dicom.dict", "frames": "code_stream.dict", "jpeg2000": "code_stream.dict"}
# A single input that takes longer, or more memory, is a finding.
SLOWEST_S, MOST_MIB = 10, 1024
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=1:allocator_may_return_null=1:detect_stack_use_after_return=1",
              "UBSAN_OPTIONS": "print_stacktrace=1"}


def command_of(folder, name, seconds):
    words = [folder / f"fuzz_{name}", f"-max_total_time={seconds}", f"-timeout={SLOWEST_S}",
             f"-rss_limit_mb={MOST_MIB}", f"-artifact_prefix={folder}/findings/{name}-", "-print_final_stats=1",
             "-verbosity=1", "-use_value_profile=1", "-len_control=0", folder / "corpus" / name]
    if name in DICTIONARIES:
        words.append(f"-dict={HERE / DICTIONARIES[name]}")
    known = HERE / "findings" / name
    return words + ([known] if known.exists() else [])


def run(folder, name, seconds):
    """(Whether nothing was found, one line to print)."""
    log = folder / f"fuzz_{name}.log"
    start = time.monotonic()
    with open(log, "wb") as output:
        done = subprocess.run(command_of(folder, name, seconds), stdin=subprocess.DEVNULL, stdout=output,
                              stderr=output, env={**os.environ, **SANITIZERS}, check=False)
    text = log.read_text(errors="replace")
    inputs = re.search(r"number_of_executed_units: (\d+)", text)
    covered = re.findall(r"cov: (\d+)", text)
    words = (f"{name}: {int(inputs.group(1)) if inputs else 0:,} inputs in {time.monotonic() - start:.0f} s, "
             f"{covered[-1] if covered else 0} branches")
    if done.returncode == 0:
        return True, words + ", nothing found"
    return False, f"{words}\n*** {name} FOUND SOMETHING, see {log}:\n" + "\n".join(text.splitlines()[-60:])


def main(folder, seconds, names):
    names = names or sorted(p.name.removeprefix("fuzz_") for p in folder.glob("fuzz_*") if not p.suffix)
    (folder / "findings").mkdir(exist_ok=True)
    seeds.make(os.environ.get("CALCINODE", SOURCE / "build/release/calcinode"), SOURCE, folder / "corpus")
    good = True
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("CALCINODE_FUZZ_JOBS", os.cpu_count()))) as pool:
        for found_nothing, words in pool.map(lambda name: run(folder, name, seconds), names):
            print(words, flush=True)
            good = good and found_nothing
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).absolute(), int(sys.argv[2]), sys.argv[3:]))
