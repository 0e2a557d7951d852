#!/usr/bin/python3
"""Fits the curves of src/analysis/deposits/decide.cpp to what fit_dump saw, and says what to expect of them.

    fit.py DUMPS MIX      DUMPS/NAME.tsv as dump_mix.py made them, MIX/NAME.json as make_mix.py did

Logistic regression: the log odds that an outlined candidate is a deposit are a sum of curves, each linear between
knots, monotone where anatomy gives the direction, smooth by a penalty on its bends. What is excluded by its place is
left out, and so is what lies beside a deposit without covering it. A deposit counts once, however often it was
outlined. Printed are the curves as C++ and, with the patients left out in turn (one fold in five), what is found at
which rate of false alarms.
"""

import dataclasses
import json
import pathlib
import sys

import numpy as np
from scipy import optimize

from curves import FLAGS, OFFSET, TERMS

COVERED, SMALL_MM3, FOLDS = 0.25, 280, 5
# Penalties for what a curve differs from its start by, in squared bends and squared height.
BENDS, SIZE = 0.3, 0.3
# Taken off the offset that comes out: deposits are far rarer in patients than in these volumes.
CAUTION = 1.2
RATES = (0.03, 0.06, 0.1)   # of false alarms, at which left-out patients are compared


@dataclasses.dataclass
class Mass:
    volume: str
    patient: str
    deposit: int          # 0: none
    covered: float
    near: bool
    excluded: bool
    values: dict
    now: float            # log odds by the curves of today


@dataclasses.dataclass
class Known:
    volume: str
    patient: str
    number: int
    mm3: float


def read(dumps, mix):
    masses, deposits, volumes = [], [], {}
    for file in sorted(pathlib.Path(dumps).glob("*.tsv")):
        patient = json.loads((pathlib.Path(mix) / f"{file.stem}.json").read_text())["patient"]
        volumes[file.stem] = patient
        for fields in (line.split("\t") for line in file.read_text().splitlines()):
            if fields[0] == "truth":
                deposits.append(Known(file.stem, patient, int(fields[1]), float(fields[2])))
            elif fields[0] == "mass":
                told = [field.rsplit("=", 2) for field in fields[11:]]
                masses.append(Mass(file.stem, patient, int(fields[2]) if float(fields[3]) >= COVERED else 0,
                                   float(fields[3]), fields[5] == "1", fields[6] != "-",
                                   {name: float(value) for name, value, _ in told},
                                   sum(float(odds) for *_, odds in told)))
    return masses, deposits, volumes


class Model:
    """Curves and flags; each curve by its first value and its steps, so that its direction is a bound on them."""

    def __init__(self, terms=TERMS, flags=FLAGS):
        self.terms, self.flags = terms, flags

    def design(self, masses):
        """For each mass the factors of all parameters."""
        parts = [np.ones((len(masses), 1))]
        for term in self.terms:
            hats = term.hats(masses)
            steps = np.cumsum(hats[:, ::-1], axis=1)[:, ::-1]     # a step counts at its knot and beyond
            steps[:, 0] = hats.sum(axis=1)
            parts.append(steps)
        for _, applies, _ in self.flags:
            parts.append(np.array([[float(applies(mass.values))] for mass in masses]))
        return np.hstack(parts)

    def bounds(self):
        limits = [(None, None)]
        for term in self.terms:
            limits.append((None, None))  # where its curve is for all, it is one with the offset, and stays at its start
            low, high = {1: (0, None), -1: (None, 0), 0: (None, None)}[term.rises]
            limits += [(low, high)] * (len(term.knots) - 1)
        return limits + [(None, None)] * len(self.flags)

    def start(self):
        """The curves of the earlier fit."""
        steps = [np.diff(term.start, prepend=0) for term in self.terms]
        return np.concatenate([[OFFSET], *steps, [value for *_, value in self.flags]])

    def penalty(self):
        """Quadratic form of the parameters."""
        count = 1 + sum(len(t.knots) for t in self.terms) + len(self.flags)
        form, at = np.zeros((count, count)), 1
        for term in self.terms:
            n = len(term.knots)
            slopes = np.zeros((n - 1, n))
            width = np.diff(term.knots) / (term.knots[-1] - term.knots[0]) * (n - 1)
            slopes[np.arange(n - 1), np.arange(1, n)] = 1 / width
            bends = np.diff(slopes, axis=0)
            values = np.tril(np.ones((n, n)))
            form[at:at + n, at:at + n] = BENDS * bends.T @ bends + SIZE * values.T @ values
            at += n
        form[at:, at:] = SIZE * np.eye(count - at)
        form[0, 0] = 0.01 * SIZE
        return form

    def fit(self, masses):
        used = [m for m in masses if not m.excluded and (m.deposit or not m.near)]
        truth = np.array([float(m.deposit > 0) for m in used])
        outlines = {}
        for m in used:
            if m.deposit:
                outlines[m.volume, m.deposit] = outlines.get((m.volume, m.deposit), 0) + 1
        weight = np.array([1 / outlines[m.volume, m.deposit] if m.deposit else 1.0 for m in used])
        design, form, start = self.design(used), self.penalty(), self.start()

        def loss(p):
            odds = design @ p
            away = p - start
            value = weight @ (np.logaddexp(0, odds) - truth * odds) + away @ form @ away
            return value, design.T @ (weight * (1 / (1 + np.exp(-odds)) - truth)) + 2 * form @ away

        self.parameters = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=self.bounds(),
                                            options={"maxiter": 2000, "maxfun": 4000}).x
        return self

    def log_odds(self, masses):
        return self.design(masses) @ self.parameters if masses else np.zeros(0)


def fold_of(volumes):
    """Patients in folds, so that each fold has some of each kind."""
    kinds = {}
    for name, patient in sorted(volumes.items()):
        kinds.setdefault(name.split("-")[0], {}).setdefault(patient, None)
    return {patient: n % FOLDS for kind in kinds.values() for n, patient in enumerate(kind)}


def found_at(masses, odds, deposits, volumes, false_a_case):
    """The threshold that lets so many false alarms through, and what share of small and of other deposits is above."""
    false = sorted((o for m, o in zip(masses, odds) if not m.excluded and not m.deposit and not m.near and
                    m.values["volume"] >= 50), reverse=True)
    allowed = int(false_a_case * len(volumes))
    least = false[allowed] if len(false) > allowed else -99
    best = {}
    for m, o in zip(masses, odds):
        if m.deposit and not m.excluded:
            best[m.volume, m.deposit] = max(best.get((m.volume, m.deposit), -99), o)
    shares = []
    for small in (True, False):
        group = [d for d in deposits if (d.mm3 < SMALL_MM3) == small]
        shares.append(sum(best.get((d.volume, d.number), -99) > least for d in group) / max(1, len(group)))
    return least, *shares


def left_out(masses, volumes, make=Model):
    """Each mass by curves that never saw its patient."""
    folds, odds = fold_of(volumes), np.zeros(len(masses))
    for fold in range(FOLDS):
        model = make().fit([m for m in masses if folds[m.patient] != fold])
        rows = [n for n, m in enumerate(masses) if folds[m.patient] == fold]
        odds[rows] = model.log_odds([masses[n] for n in rows])
    return odds


def print_curves(model, masses):
    """As C++, each centred so that the mean mass of bone gets 0; the offset takes up the difference."""
    bone = [m for m in masses if not m.deposit and not m.near and not m.excluded]
    offset, at = model.parameters[0], 1
    for term in model.terms:
        steps = model.parameters[at:at + len(term.knots)]
        at += len(term.knots)
        curve = np.cumsum(steps)
        mean = float((term.hats(bone) @ curve).mean()) if not term.only else 0
        offset += mean
        print(f"constexpr Knot {term.name.replace(' ', '_')}_curve[] = {{"
              + ", ".join(f"{{{k:g}, {v - mean:.2f}}}" for k, v in zip(term.knots, curve)) + "};")
    for (name, *_), value in zip(model.flags, model.parameters[at:]):
        print(f"constexpr double {name.replace(' ', '_')}_log_odds = {value:.2f};")
    print(f"constexpr double prior = {offset - CAUTION:.2f};")


def main(dumps, mix):
    masses, deposits, volumes = read(dumps, mix)
    print(f"{len(volumes)} volumes, {len(deposits)} deposits, {len(masses)} masses")
    odds = left_out(masses, volumes)
    for name, told in (("today", [m.now for m in masses]), ("left-out patients", odds)):
        for rate in RATES:
            least, small, rest = found_at(masses, told, deposits, volumes, rate)
            print(f"{name:<20} false a case {rate:.2f}: threshold {least:6.2f}, small {small:.1%}, others {rest:.1%}")
    print_curves(Model().fit(masses), masses)


if __name__ == "__main__":
    main(*sys.argv[1:3])
