"""The curves that are fitted, and where each fit starts: what an earlier one gave, on volumes that are gone."""

import dataclasses
import math

import numpy as np

OFFSET = -8.54


@dataclasses.dataclass(frozen=True)
class Term:
    """One curve. `rises` is +1 or -1 where its direction is known, 0 where it is not; `only`: which masses it is for."""
    name: str
    feature: str
    knots: tuple
    start: tuple
    rises: int = 0
    change: object = float
    only: object = None

    def hats(self, masses):
        """For each mass the weights of the knots (they sum to 1), or none where the term does not apply."""
        weights = np.zeros((len(masses), len(self.knots)))
        for row, mass in enumerate(masses):
            if self.feature not in mass.values or (self.only and not self.only(mass.values)):
                continue
            value = np.clip(self.change(mass.values[self.feature]), self.knots[0], self.knots[-1])
            after = min(max(int(np.searchsorted(self.knots, value)), 1), len(self.knots) - 1)
            low, high = self.knots[after - 1], self.knots[after]
            weights[row, after] = (value - low) / (high - low)
            weights[row, after - 1] = 1 - weights[row, after]
        return weights


def has_other_side(values):
    return "unmatched by the other side" in values


TERMS = (
    Term("tissue", "tissue as a whole", (-3, -1, 0, 1, 2, 4), (-1.28, -1.01, -0.61, 0.77, 2.15, 2.24), 1),
    Term("volume", "volume", (5.3, 6.6, 7.4, 8.2, 10), (-1.61, -0.41, 0.14, 0.47, 0.94), 1, math.log2),
    Term("spread", "spread of its density", (0.1, 0.14, 0.17, 0.2, 0.23, 0.27, 0.31),
         (2.78, 2.55, 2.44, 1.67, -0.43, -2.46, -3.26), -1),
    Term("free surface", "free surface", (0.2, 0.4, 0.6, 0.8, 1), (-1.5, -0.26, 0.81, 2.08, 4.15), 1),
    Term("island", "island in soft tissue", (0, 0.3, 0.6, 1), (-0.01, 0.12, 0.55, 0.59), 1),
    Term("standing out", "stands out", (0, 0.15, 0.3, 0.6, 0.9), (-0.01, -0.01, -0.01, 0.17, 1.42), 1),
    Term("other side", "unmatched by the other side", (0, 0.1, 0.3, 0.6),
         (-1.89, -0.2, 2.32, 3), 1, only=has_other_side),
    Term("both", "unmatched by both", (0, 0.1, 0.3), (-0.44, 0.31, 0.7), 1, only=has_other_side),
    Term("neighbours", "unmatched by its neighbours", (0, 0.1, 0.3, 0.6, 1),
         (-0.85, -0.37, 0.22, 0.79, 1.16), 1),
    Term("growth", "growth from its solid middle", (1, 2, 4, 7), (1.14, 0.94, 0.28, -0.46)),
    Term("lateral", "distance to the middle", (0, 8, 20, 30, 38, 47), (1.19, 0.7, 0.69, -1.31, -2.85, -4.02)),
    Term("air", "borders on air", (0, 0.05, 0.2), (0.04, -0.91, -2.12), -1),
    Term("density", "density", (150, 250, 400, 700, 1000), (-1.04, -0.07, 0.66, -0.35, -1.65)),
    Term("massive", "massive as a whole", (0.2, 0.45, 0.7, 0.95), (-1.71, -0.48, 0.84, 2.22)),
    Term("compact", "compact form", (0.2, 0.4, 0.55, 0.7, 0.85), (-0.88, 0.02, 0.33, 1.2, 1.86), 1),
)
FLAGS = (
    ("no other side", lambda v: "no other side to compare with" in v, 0.26),
    ("midline", lambda v: v.get("place") == 1, -1.12),
    ("canal", lambda v: v.get("place") == 2, 0.42),
    ("at body", lambda v: v.get("place") in (3, 4), -1.34),
    ("in front", lambda v: v.get("place") == 5, -0.92),
    ("beside C1 or C2", lambda v: "beside C1 or C2" in v, -0.86),
    ("cut by the view", lambda v: "cut by the view" in v, -2.17),
)
