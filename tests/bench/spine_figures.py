"""The spine's figures on scored evaluation cases, next to the ones that are required.

    spine_figures.py CASES SCORED        CASES/NAME/truth.json, SCORED/NAME/**/result.json

Names are asked for where a landmark is in view: C1 or C2, T1 below C7, T12 above L1, S1. A vertebra counts as named where the nearest predicted body centre lies within 20 mm and carries its name, as the
evaluation's scorer counts. "Fine" are chest-*, abdomen-* and phantom-*, "coarse" the necks (2.5 mm slices of 1 mm
pixels that were coarser once).
"""

import json
import math
import pathlib
import statistics
import sys

NEAR_MM = 20


class Group:
    """What is measured of one group of cases."""

    def __init__(self):
        self.cases, self.named, self.shifted, self.nameless = [], 0, 0, 0
        self.elsewhere = [0, 0, 0]  # the same of cases without a landmark in view
        self.canal, self.body, self.missing = [], [], 0
        self.wrong = []  # cases with a wrong name, and which

    @property
    def known(self):
        return self.named + self.shifted + self.nameless


def percentile(values, percent):
    """As numpy's: linear between the nearest ranks."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def has_landmark(truth):
    levels = {v["level"] for v in truth["vertebrae"]}
    return bool(levels & {"C1", "C2", "S1"}) or levels >= {"C7", "T1"} or levels >= {"T12", "L1"}


def add_vertebrae(group, name, truth, spine):
    wrong = []
    counts = [0, 0, 0]  # named, named wrongly, nameless
    for true in truth["vertebrae"]:
        if not true.get("certain", True):
            continue
        near = min(spine["vertebrae"], default=None, key=lambda v: math.dist(v["body_lps_mm"], true["body"]))
        away = math.dist(near["body_lps_mm"], true["body"]) if near else math.inf
        if away > NEAR_MM:
            counts[2] += 1
            group.missing += 1
            continue
        group.body.append(away)
        if near["level"] == true["level"]:
            counts[0] += 1
        elif near["level"] == "uncertain":
            counts[2] += 1
        else:
            counts[1] += 1
            wrong.append(f"{true['level']} as {near['level']}")
    if has_landmark(truth):
        group.named, group.shifted, group.nameless = (
            a + b for a, b in zip((group.named, group.shifted, group.nameless), counts))
    else:
        group.elsewhere = [a + b for a, b in zip(group.elsewhere, counts)]
    if wrong:
        group.wrong.append(f"{name}: {wrong[0]}" + (f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""))


def add_canal(group, truth, spine):
    line = spine["canal_lps_mm"]
    for true in truth["vertebrae"]:
        if line:
            group.canal.append(min(math.dist(p, true["canal"]) for p in line))


def slip_errors(truth, spine):
    """Errors of the slips that were put in (one that is not reported counts as 0 mm), and what was measured where
    there is none."""
    measured = {(s["upper"], s["lower"]): s["slip_mm"] for s in spine["listhesis"]}
    true = {(s["upper"], s["lower"]): s["slip_mm"] for s in truth["listhesis"]}
    errors = {pair: abs(measured.get(pair, 0) - slip) for pair, slip in true.items()}
    return errors, {pair: abs(slip) for pair, slip in measured.items() if pair not in true}


def group_of(name):
    return "coarse" if name.startswith("neck-") else "fine"


def collect(cases, scored):
    groups, slips, unfit = {"fine": Group(), "coarse": Group()}, {}, {}
    for file in sorted(pathlib.Path(cases).glob("*/truth.json")):
        truth = json.loads(file.read_text())
        name = file.parent.name
        results = sorted((pathlib.Path(scored) / name).rglob("result.json"))
        result = json.loads(results[0].read_text()) if results else None
        if truth["expect"] == "not_applicable":
            unfit[name] = (result["status"], result["reason_code"]) if result else ("no result", "")
            continue
        if not result:
            continue
        group = groups[group_of(name)]
        group.cases.append(name)
        add_vertebrae(group, name, truth, result["spine"])
        add_canal(group, truth, result["spine"])
        if name.startswith("phantom-"):
            slips[name] = slip_errors(truth, result["spine"])
    return groups, slips, unfit


def line(figure, ours, required, met=None):
    mark = "" if met is None else "   met" if met else "   MISSED"
    print(f"  {figure:<62} {ours:>16} {required:>16}{mark}")


def print_group(name, group, labels, canal_median, canal_p95, body_median):
    if not group.known:
        return
    share = 100 * group.named / group.known
    line(f"vertebra labels right, {name} ({group.named} of {group.known})", f"{share:.1f} %", f">= {labels} %",
         share >= labels)
    line(f"  of the rest: named wrongly {group.shifted}, uncertain or not found {group.nameless}", "", "")
    if any(group.elsewhere):
        named, shifted, nameless = group.elsewhere
        line(f"  no landmark in view: named {named}, wrongly {shifted}, uncertain {nameless}", "", "")
    if group.canal:
        median, p95 = statistics.median(group.canal), percentile(group.canal, 95)
        line(f"canal centreline, {name}, median", f"{median:.1f} mm", f"<= {canal_median} mm", median <= canal_median)
        line(f"canal centreline, {name}, 95th percentile", f"{p95:.1f} mm", f"<= {canal_p95} mm", p95 <= canal_p95)
    if group.body:
        median = statistics.median(group.body)
        line(f"body centres, {name}, median", f"{median:.1f} mm", f"<= {body_median} mm" if body_median else "",
             median <= body_median if body_median else None)
        line(f"body centres, {name}, 90th percentile", f"{percentile(group.body, 90):.1f} mm", "")
        line(f"bodies not found within {NEAR_MM} mm, {name}", str(group.missing), "")


def print_figures(cases, scored):
    groups, slips, unfit = collect(cases, scored)
    print(f"\n  {'the spine':<62} {'ours':>16} {'required':>16}")
    print_group("fine", groups["fine"], 95, 2, 4, 4)
    print_group("coarse", groups["coarse"], 85, 4, 8, None)
    for name, (errors, _) in slips.items():
        for (upper, lower), error in errors.items():
            line(f"slip {upper} on {lower}, {name}, error", f"{error:.2f} mm", "<= 1 mm", error <= 1)
    others = sorted((mm, f"{name} {'/'.join(pair)}") for name, (_, there) in slips.items()
                    for pair, mm in there.items())
    if others:
        line(f"slips where there are none ({len(others)} pairs of {len(slips)} phantoms), median",
             f"{statistics.median(mm for mm, _ in others):.2f} mm", "")
        line(f"  largest: {others[-1][1]}", f"{others[-1][0]:.2f} mm", "<= 1 mm", others[-1][0] <= 1)
    for name, (status, code) in unfit.items():
        line(name, code or status, "not_applicable", status == "not_applicable")
    for group in groups.values():
        for wrong in group.wrong:
            print(f"  wrong name, {wrong}")


if __name__ == "__main__":
    print_figures(sys.argv[1], sys.argv[2])
