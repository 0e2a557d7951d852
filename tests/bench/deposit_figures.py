"""The deposits' figures on scored evaluation cases, next to the ones that are required.

    deposit_figures.py CASES SCORED SCORES.json    CASES/NAME/truth.*, SCORED/NAME/** as `analyze` wrote it, and
                                                   what the evaluation's scorer wrote with --json

What is found, false, or off is the scorer's word. From what `analyze` wrote itself come the canal's part, next to
what is truly taken of it, and the reliability table: of the deposits that were reported with some confidence, the
share that is one. A reported deposit is true where its segment covers a quarter of a true deposit, or a true deposit
covers a quarter of it.
"""

import json
import os
import pathlib
import statistics
import sys

import numpy as np
import pydicom

from spine_figures import line

TRUE_SHARE = 0.25
BINS = (0.4, 0.5, 0.7, 0.9, 1.0)
SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"
# Percent of the canal's cross-section that is truly taken at the worst place. The phantom's is computed from its
# label of the canal; a patient's canal has no label: there it is the true deposit within the outline that is measured
# in the same volume without any deposit.
CANAL_OF_PATIENTS = {"chest-t8-canal": 41.8, "abdomen-l2-canal": 41.4}
CANAL_PHANTOM = "phantom-c5-canal"
CANAL_LABEL = 40


def segments(folder, truth):
    """The voxels of each segment that has a tracking UID, as offsets into the case's volume."""
    (dz, dy, dx), (x0, y0, z0) = truth["spacing"], truth["origin"]
    depth, height, width = truth["shape"]
    found = {}
    for file in sorted(pathlib.Path(folder).rglob("*.dcm")):
        data = pydicom.dcmread(file)
        if data.SOPClassUID != SEGMENTATION:
            continue
        uids = {s.SegmentNumber: s.get("TrackingUID") for s in data.SegmentSequence}
        bits = np.unpackbits(np.frombuffer(data.PixelData, np.uint8), bitorder="little")
        frames = bits[:data.NumberOfFrames * data.Rows * data.Columns].reshape(-1, data.Rows, data.Columns)
        for frame, groups in zip(frames, data.PerFrameFunctionalGroupsSequence):
            uid = uids[groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber]
            x, y, z = (float(v) for v in groups.PlanePositionSequence[0].ImagePositionPatient)
            rows, columns = np.nonzero(frame)
            k, rows, columns = round((z - z0) / dz), rows + round((y - y0) / dy), columns + round((x - x0) / dx)
            inside = (rows < height) & (columns < width) & (0 <= k < depth)
            found.setdefault(uid, []).append((k * height + rows[inside]) * width + columns[inside])
    return {uid: np.concatenate(parts) for uid, parts in found.items()}


def judged_lesions(case, result, scored):
    """(confidence, whether it is a true deposit, the reported deposit) of each reported deposit of a case."""
    if not result["lesions"]:
        return []
    truth = json.loads((pathlib.Path(case) / "truth.json").read_text())
    mask = np.load(pathlib.Path(case) / "truth.npz")["mask"].ravel()
    sizes = np.bincount(mask, minlength=2)
    voxels = segments(scored, truth)
    judged = []
    for lesion in result["lesions"]:
        own = voxels[lesion["tracking_uid"]]
        covered = np.bincount(mask[own], minlength=len(sizes))[1:]
        true = bool((covered >= TRUE_SHARE * np.minimum(len(own), np.maximum(sizes[1:], 1))).any())
        judged.append((lesion["confidence"], true, lesion))
    return judged


def bin_of(confidence):
    """Which of BINS' intervals, the last one closed; what is below all of them counts to the first."""
    return max(0, min(sum(confidence >= low for low in BINS) - 1, len(BINS) - 2))


def print_reliability(judged):
    """`judged` are (confidence, true, ...) of all cases."""
    print(f"\n  {'deposits reported with confidence':<34} {'count':>6} {'true':>6} {'share true':>11} {'said':>6}")
    for n, (low, high) in enumerate(zip(BINS, BINS[1:])):
        told = [one for one in judged if bin_of(one[0]) == n]
        true = sum(one[1] for one in told)
        share = f"{100 * true / len(told):.0f} %" if told else "-"
        said = f"{100 * statistics.mean(one[0] for one in told):.0f} %" if told else "-"
        print(f"  {f'{low} to {high}':<34} {len(told):>6} {true:>6} {share:>11} {said:>6}")


def canal_truth(case):
    """Percent of the canal that the deposit of an intraspinal case truly takes; None where nobody knows."""
    case = pathlib.Path(case)
    if case.name != CANAL_PHANTOM:
        return CANAL_OF_PATIENTS.get(case.name)
    tools = os.environ["CALCINODE_EVAL"]
    sys.dont_write_bytecode = True
    sys.path.insert(0, tools)
    import neck_phantom
    listed = json.loads((pathlib.Path(tools) / "dev-cases.json").read_text())
    options = dict(next(c for c in listed if c["name"] == CANAL_PHANTOM)["phantom"])
    labels = np.asarray(neck_phantom.make(options.pop("seed"), **options)[3])
    canal, deposit = labels == CANAL_LABEL, np.load(case / "truth.npz")["mask"] > 0
    return max(100 * (deposit[k] & canal[k]).sum() / canal[k].sum() for k in range(len(canal)) if canal[k].any())


def result_of(scored, name):
    results = sorted((pathlib.Path(scored) / name).rglob("result.json"))
    return json.loads(results[0].read_text()) if results else None


def total(rows, key):
    return sum(row.get(key) or 0 for row in rows)


def share_line(figure, part, whole, required):
    if whole:
        share = 100 * part / whole
        line(f"{figure} ({part} of {whole})", f"{share:.1f} %", f">= {required} %", share >= required)


def print_canal(cases, scored, rows):
    for row in rows:
        if "intraspinal" not in row["tags"]:
            continue
        result, expected = result_of(scored, row["name"]), canal_truth(pathlib.Path(cases) / row["name"])
        ours = max((one["canal_occupied_percent"] for one in result["lesions"]), default=0) if result else 0
        if expected is None:
            line(f"canal taken, {row['name']} (truth not known)", f"{ours:.0f} %", "")
        else:
            line(f"canal taken, {row['name']}", f"{ours:.0f} %", f"{expected:.0f} +- 10 %",
                 abs(ours - expected) <= 10)


def reported_errors(judged, rows):
    """Of each case with deposits, what the volumes that were reported of true ones are off by together. The scorer's
    own error is that of the segmentation's whole voxels."""
    errors = []
    for row in rows:
        reported = [lesion["volume_mm3"] for _, true, lesion, name in judged if true and name == row["name"]]
        if reported:
            errors.append(abs(sum(reported) / row["true_mm3"] - 1))
    return errors


def judged_cases(cases, scored, rows):
    """(confidence, true, reported deposit, case's name) of all cases."""
    judged = []
    for row in rows:
        name, result = row["name"], result_of(scored, row["name"])
        if result:
            judged += [(*one, name) for one in
                       judged_lesions(pathlib.Path(cases) / name, result, pathlib.Path(scored) / name)]
    return judged


def true_mm3(case):
    truth = json.loads((pathlib.Path(case) / "truth.json").read_text())
    return sum(1000 * lesion["truth"]["volume_ml"] for lesion in truth["lesions"])


def print_tags(rows):
    print(f"\n  {'cases':<14} {'':>4} {'verdict right':>14} {'found':>10} {'false':>6} {'dice':>6} {'volume off':>11}")
    for tag in ["all"] + sorted({tag for row in rows for tag in row["tags"]} - {"ci", "first-light"}):
        group = [row for row in rows if tag == "all" or tag in row["tags"]]
        dices = [row["dice"] for row in group if "dice" in row]
        errors = [abs(row["volume_error"]) for row in group if row["found"] and "volume_error" in row]
        print(f"  {tag:<14} {len(group):>4} {sum(row['verdict_ok'] for row in group):>14}"
              f" {total(group, 'found'):>4} of {total(group, 'deposits'):>2} {total(group, 'false'):>6}"
              f" {f'{statistics.median(dices):.2f}' if dices else '-':>6}"
              f" {f'{100 * statistics.median(errors):.0f} %' if errors else '-':>11}")


def print_figures(cases, scored, scores):
    rows = json.loads(pathlib.Path(scores).read_text())["cases"]
    positives = [row for row in rows if row["expect"] == "positive"]
    negatives = [row for row in rows if row["expect"] == "negative"]
    judged = judged_cases(cases, scored, positives + negatives)
    for row in positives:
        row["true_mm3"] = true_mm3(pathlib.Path(cases) / row["name"])
    deposits, small = total(positives, "deposits"), total(positives, "small")
    found, small_found = total(positives, "found"), total(positives, "small_found")

    print(f"\n  {'deposits':<62} {'ours':>16} {'required':>16}")
    share_line("deposits found, 0.3 ml and more", found - small_found, deposits - small, 95)
    share_line("deposits found, 0.1 to 0.3 ml", small_found, small, 80)
    share_line("cases with deposits that are positive", sum(row["verdict_ok"] for row in positives), len(positives), 98)
    share_line("cases without deposits that are negative", sum(row["verdict_ok"] for row in negatives),
               len(negatives), 95)
    if positives + negatives:
        false = total(positives + negatives, "false") / len(positives + negatives)
        line("false components a case", f"{false:.2f}", "<= 0.1", false <= 0.1)
    dices = [row["dice"] for row in positives if "dice" in row]
    if dices:
        dice = statistics.median(dices)
        line("dice, median", f"{dice:.2f}", ">= 0.85", dice >= 0.85)
    for figure, errors in (
            ("volume error of what is reported, median", reported_errors(judged, positives)),
            ("volume error of what is segmented, median",
             [abs(row["volume_error"]) for row in positives if row["found"] and "volume_error" in row])):
        if errors:
            error = 100 * statistics.median(errors)
            line(figure, f"{error:.1f} %", "<= 8 %", error <= 8)
    share_line("level of found deposits, exact", total(positives, "level_ok"), found, 90)
    share_line("level of found deposits, within one", total(positives, "level_near"), found, 99)
    print_canal(cases, scored, positives)

    print_tags(rows)
    print_reliability(judged)
    for confidence, true, lesion, name in judged:
        if not true:
            print(f"  not true, {name}: {lesion['compartment']} {lesion['side']} at {lesion['level']},"
                  f" {lesion['volume_mm3'] / 1000:.2f} ml, confidence {confidence:.2f}")


if __name__ == "__main__":
    print_figures(*sys.argv[1:4])
