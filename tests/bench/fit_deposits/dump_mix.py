#!/usr/bin/python3
"""What the search for deposits sees in each volume of make_mix.py: runs fit_dump on those that have none yet.

    dump_mix.py FIT_DUMP MIX DUMPS    writes DUMPS/NAME.tsv
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys


def dump(program, grid_file, target):
    grid = json.loads(grid_file.read_text())
    stem = grid_file.with_suffix("")
    numbers = [str(n) for n in (*grid["size"], *grid["spacing_mm"])]
    done = subprocess.run([program, f"{stem}.hu", f"{stem}.truth", *numbers], capture_output=True, text=True)
    if done.returncode:
        return f"{stem.name}: {done.stderr.strip()}"
    target.write_text(done.stdout)
    return stem.name


def main(program, mix, dumps):
    dumps.mkdir(parents=True, exist_ok=True)
    files = [file for file in sorted(mix.glob("*.json")) if not (dumps / f"{file.stem}.tsv").exists()]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for told in pool.map(lambda file: dump(program, file, dumps / f"{file.stem}.tsv"), files):
            print(told, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
