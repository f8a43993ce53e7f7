"""Arithmetic of down-sampling: the rows of one hour as one, whose minimum and maximum are those of the rows.

It is not left to the database, so that every engine gives the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .rows import to_sizes
from .tables import FIGURES, HOUR_FIGURES

Values = NDArray[np.float64]
Stored = Mapping[str, Any]


def fold(rows: Sequence[Stored], sizes: Sequence[bytes], before: Stored | None) -> dict[str, Any]:
    """A row of `hours` from the hour's snapshots and their profiles, and from what was folded of that hour before, if anything was."""
    masks = [int(row["complete"]) for row in (*rows, *([] if before is None else [before]))]
    now = np.array([_figures(row) for row in rows], float)
    means, lows, highs = (now if before is None else np.vstack([now, _kept(before, of)]) for of in ("", "_min", "_max"))
    weights = np.array([1.0] * len(rows) + ([] if before is None else [before["samples"]]))
    parts = {"": _mean(means, weights), "_min": np.fmin.reduce(lows), "_max": np.fmax.reduce(highs)}
    return {
        "samples": int(weights.sum()),
        "complete": int(np.bitwise_and.reduce(masks)),
        **{f"{name}{of}": None if np.isnan(value) else float(value) for of, part in parts.items() for name, value in zip(HOUR_FIGURES, part, strict=True)},
        "sizes": _profile(sizes, before),
    }


def _figures(row: Stored) -> list[float]:
    bid, ask = row["best_bid"], row["best_ask"]
    return [*(row[name] for name in FIGURES), 200 * (ask - bid) / (ask + bid)]


def _kept(before: Stored, of: str) -> Values:
    return np.array([before[f"{name}{of}"] for name in HOUR_FIGURES], float)


def _profile(sizes: Sequence[bytes], before: Stored | None) -> bytes | None:
    """The mean size that stood in each bin, of the profiles that know it; an earlier mean counts for all its snapshots, of which is not kept how many did."""
    kept = [before["sizes"]] if before is not None and before["sizes"] is not None else []
    if not sizes and not kept:
        return None
    weights = np.array([1.0] * len(sizes) + [before["samples"] for _ in kept if before is not None])
    return _mean(to_sizes([*sizes, *kept]), weights).astype("<f4").tobytes()


def _mean(values: Values, weights: Values) -> Values:
    """The weighted mean of each column's known values, NaN where there are none."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).T @ weights
    with np.errstate(invalid="ignore"):
        return total / (known.T @ weights)
