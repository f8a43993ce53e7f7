"""Arithmetic of down-sampling: the rows of one hour as one, whose minimum and maximum are those of the rows.

It is not left to the database, so that every engine gives the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..analytics.figures import imbalances_pct
from .rows import BANDS, to_sizes
from .tables import BASE, BOTH_SIDES, FIGURES, HOUR_FIGURES

Values = NDArray[np.float64]
Stored = Mapping[str, Any]
_EXTREMES = (*HOUR_FIGURES, *BOTH_SIDES)


def fold(rows: Sequence[Stored], sizes: Sequence[bytes], before: Stored | None) -> dict[str, Any]:
    """A row of `hours` from the hour's snapshots and their profiles, and from what was folded of that hour before, if anything was."""
    masks = [int(row["complete"]) for row in (*rows, *([] if before is None else [before]))]
    now = _figures(rows)
    means = now[:, : len(HOUR_FIGURES)]
    if before is not None:
        means = np.vstack([means, _kept(before, HOUR_FIGURES, "")])
    weights = np.array([1.0] * len(rows) + ([] if before is None else [before["samples"]]))
    # What both sides make has no mean of its own: it follows from the means of each.
    parts = (
        ("", HOUR_FIGURES, _mean(means, weights)),
        ("_min", _EXTREMES, _extremes(now, before, "_min", np.fmin)),
        ("_max", _EXTREMES, _extremes(now, before, "_max", np.fmax)),
    )
    return {
        "samples": int(weights.sum()),
        "complete": int(np.bitwise_and.reduce(masks)),
        **{f"{name}{of}": None if np.isnan(value) else float(value) for of, names, part in parts for name, value in zip(names, part, strict=True)},
        "sizes": _profile(sizes, before),
    }


def _figures(rows: Sequence[Stored]) -> Values:
    """The figures of snapshots, of shape (rows, extremes): each as a series tells it, so that an hour's extremes are those of its series."""
    figures = np.array([[row[name] for name in FIGURES] for row in rows], float)
    best_bid, best_ask = figures[:, 0], figures[:, 1]
    bids, asks = figures[:, len(BASE) : len(BASE) + BANDS], figures[:, len(BASE) + BANDS :]
    mid = (best_bid + best_ask) / 2
    return np.column_stack([figures, 100 * (best_ask - best_bid) / mid, mid, bids + asks, imbalances_pct(bids, asks)])


def _extremes(now: Values, before: Stored | None, of: str, beyond: np.ufunc) -> Values:
    """The extremes of snapshots, and of what was folded before them if anything was."""
    found = beyond.reduce(now)
    if before is None:
        return found
    merged = beyond(found, _kept(before, _EXTREMES, of))
    if before["mid_min"] is None:
        # It was folded when the rest was not kept, so of the whole hour that is not known.
        merged[len(HOUR_FIGURES) :] = np.nan
    return merged


def _kept(before: Stored, names: Sequence[str], of: str) -> Values:
    return np.array([before[f"{name}{of}"] for name in names], float)


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
