"""The analysis, measured: Mvoxel/s and peak memory of the whole `analyze`, and how right it is.

Times the real chest series of CALCINODE_CT where it is there, else a phantom. With CALCINODE_CASES (a folder of
built evaluation cases) and CALCINODE_EVAL (the folder of its scorer) the scorer's figures follow, then the deposits'
and the spine's, next to the ones that are required.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import deposit_figures
import spine_figures

CALCINODE = os.environ.get("CALCINODE", "calcinode")
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
CHEST_S, SPINE_S = 4, 1  # whole `analyze` of a chest of 275 slices, and the spine's part of it
VOLUMES, MORE_MIB = 3, 150  # of memory: so many times the volume as 16-bit integers, and so much more


def measured(folder, output):
    """Wall seconds, peak MiB and the result of one `analyze`, as the operating system accounts them."""
    pid = os.posix_spawn(CALCINODE, [CALCINODE, "analyze", str(folder), "--output", str(output)], os.environ,
                         file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    start = os.times().elapsed
    _, status, usage = os.wait4(pid, 0)
    seconds = os.times().elapsed - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"analyze {folder} failed: {os.waitstatus_to_exitcode(status)}")
    result = json.loads(next(pathlib.Path(output).rglob("result.json")).read_text())
    return seconds, usage.ru_maxrss / 1024, result


def voxels(folder):
    import pydicom
    files = [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]
    first = pydicom.dcmread(files[0], stop_before_pixels=True)
    return len(files) * first.Rows * first.Columns


def time_series(name, folder, scratch):
    runs = [measured(folder, scratch / f"{name}-{n}") for n in range(RUNS)]
    seconds = statistics.median(run[0] for run in runs)
    analysing = statistics.median(run[2]["timing_s"]["analyse"] for run in runs)
    count = voxels(folder) / 1e6
    print(f"{'series':<12} {'Mvoxel':>7} {'analyze s':>10} {'Mvoxel/s':>9} {'analysis alone s':>17} {'peak MiB':>9}"
          f" {'volume MiB':>11}")
    print(f"{name:<12} {count:7.1f} {seconds:10.2f} {count / seconds:9.1f} {analysing:17.2f}"
          f" {max(run[1] for run in runs):9.0f} {count * 2e6 / 2**20:11.0f}   (median of {RUNS} runs)")
    # The spine alone, where the program tells it apart; the whole analysis is an upper bound of it.
    spine = [run[2]["timing_s"].get("spine") for run in runs]
    told = "the spine's part" if None not in spine else "the whole analysis, an upper bound of the spine's part"
    spine_s = statistics.median(spine) if None not in spine else analysing
    chest = name == "real chest"
    print(f"\n  {'time and memory':<62} {'ours':>16} {'required':>16}")
    line = spine_figures.line
    for figure, ours, limit in ((f"analyze, {name}", seconds, CHEST_S), (told, spine_s, SPINE_S)):
        line(figure, f"{ours:.2f} s", f"<= {limit} s" if chest else "", ours <= limit if chest else None)
    volume = count * 2e6 / 2**20
    peak, limit = max(run[1] for run in runs), VOLUMES * volume + MORE_MIB
    line(f"peak memory (the volume is {volume:.0f} MiB)", f"{peak:.0f} MiB", f"<= {limit:.0f} MiB", peak <= limit)


def judge_tilted(scratch):
    """A real series with gantry tilt, beside the evaluation's unfit cases."""
    folder = pathlib.Path(os.environ.get("CALCINODE_CT") or "/nonexistent") / "encodings" / "gantry-tilt-ge"
    if not folder.is_dir():
        return
    subprocess.run([CALCINODE, "analyze", str(folder), "--output", str(scratch / "tilted")], stdout=subprocess.DEVNULL)
    result = json.loads(next((scratch / "tilted").rglob("result.json")).read_text())
    spine_figures.line("gantry-tilt-ge", result["reason_code"] or result["status"], "not_applicable",
                       result["status"] == "not_applicable")


def main():
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        chest = pathlib.Path(os.environ.get("CALCINODE_CT") or "/nonexistent") / "lidc-0314-chest" / "dicom"
        if chest.is_dir():
            time_series("real chest", chest, scratch)
        else:
            print("*** CALCINODE_CT is not set: a phantom instead of the real chest ***")
            subprocess.run([CALCINODE, "phantom", str(scratch / "phantom")], check=True, stdout=subprocess.DEVNULL)
            time_series("phantom", scratch / "phantom", scratch)
        cases, scorer = os.environ.get("CALCINODE_CASES"), os.environ.get("CALCINODE_EVAL")
        if cases and scorer:
            subprocess.run(["/usr/bin/python3", f"{scorer}/score.py", cases, str(scratch / "scored"), "--analyser",
                            f"{CALCINODE} analyze", "--json", str(scratch / "scores.json")], check=True)
            deposit_figures.print_figures(cases, scratch / "scored", scratch / "scores.json")
            spine_figures.print_figures(cases, scratch / "scored")
            judge_tilted(scratch)
        else:
            print("*** CALCINODE_CASES or CALCINODE_EVAL is not set: no figures of how right the analysis is ***")


if __name__ == "__main__":
    main()
