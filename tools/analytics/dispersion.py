"""How the values of one column are distributed, and where one value stands among them."""

from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from ..book import Column
from ..units import Pct, Percentile, Ratio, Usd
from .result import Record

FEWEST_SAMPLES = 10
"""Fewer say nothing about what is usual."""
MAD_TO_SIGMA = 1.4826
"""The median absolute deviation of a normal distribution times this is its standard deviation."""
# So small a part of the numbers that a difference was computed from is what rounding left over.
_ROUNDING = 1e-12

U = TypeVar("U")


class Dispersion(NamedTuple):
    """Of the values that are not NaN, in the column's unit; `ordered` holds them from lowest to highest.

    `std` is the population's, `mad` the median absolute deviation, percentiles are numpy's linear ones.
    """

    ordered: Column
    mean: float
    std: float
    median: float
    mad: float
    p5: float
    p95: float


class Distribution(Record, Generic[U]):
    """How one figure was distributed, and where `now` stands.

    `percentile` is the share of samples below now, half of those equal to it counted; null where now is unknown.
    `std` is the population's, `mad` the median absolute deviation, `z_score` the robust one, `(now - median) / (1.4826 * mad)`, null where the MAD is zero.
    """

    mean: U
    std: U
    median: U
    mad: U
    p5: U
    p95: U
    now: U | None
    percentile: Percentile | None
    z_score: Ratio | None


class SpreadDistribution(Distribution[Pct]):
    """Of the spread, in per cent of mid."""


class DepthDistribution(Distribution[Usd]):
    """Of the depth of both sides within the baseline's depth band."""


class ImbalanceDistribution(Distribution[Pct]):
    """Of `100 * (bid - ask) / (bid + ask)` of that band."""


def dispersion(column: Column) -> Dispersion | None:
    """The dispersion of the known values of a column of shape (n,); None where they are fewer than FEWEST_SAMPLES."""
    ordered = np.sort(column[~np.isnan(column)])
    if len(ordered) < FEWEST_SAMPLES:
        return None
    p5, median, p95 = (quantile(ordered, share) for share in (0.05, 0.5, 0.95))
    return Dispersion(ordered, float(ordered.mean()), float(ordered.std()), median, _mad(ordered, median), p5, p95)


def middle(column: Column) -> tuple[float, float] | None:
    """Median and MAD of the known values of a column of shape (n,), as `dispersion` has them, in a fifth of its time."""
    known = column[~np.isnan(column)]
    if len(known) < FEWEST_SAMPLES:
        return None
    median = _median(known)
    return median, _mad(known, median)


def _mad(values: Column, median: float) -> float:
    return _median(np.abs(values - median))


def _median(values: Column) -> float:
    """Of n >= 1 values without NaN, put in order only around their middle."""
    return quantile(np.partition(values, ((len(values) - 1) // 2, len(values) // 2)), 0.5)


def quantile(ordered: Column, share: float) -> float:
    """The quantile of a sorted column without NaN, n >= 1: numpy's linear method, without the checks that cost it twenty times as much.

    The column need be in order only where the quantile stands.
    """
    position = share * (len(ordered) - 1)
    below = int(position)
    low, high = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
    return low + (high - low) * (position - below)


def percentile_of(ordered: Column, value: float) -> float:
    """The share of a sorted column below a value, half of those equal to it counted, in per cent: scipy's percentileofscore of kind "mean".

    Equal is what differs by no more than rounding does where numbers up to the value, or up to 100 %, were subtracted.
    """
    rounding = _ROUNDING * max(abs(value), 100.0)
    below, not_above = np.searchsorted(ordered, value - rounding, side="left"), np.searchsorted(ordered, value + rounding, side="right")
    return float(50 * (below + not_above) / len(ordered))


def robust_z(value: float, median: float, mad: float) -> float | None:
    """`(value - median) / (1.4826 * mad)`; None where the MAD is zero, or no more than what rounding left over."""
    if mad <= _ROUNDING * max(abs(median), abs(value)):
        return None
    return (value - median) / (MAD_TO_SIGMA * mad)


def fields(of: Dispersion, now: float | None) -> dict[str, Any]:
    """The fields of a Distribution in which `now` stands."""
    return {
        "mean": of.mean,
        "std": of.std,
        "median": of.median,
        "mad": of.mad,
        "p5": of.p5,
        "p95": of.p95,
        "now": now,
        "percentile": None if now is None else percentile_of(of.ordered, now),
        "z_score": None if now is None else robust_z(now, of.median, of.mad),
    }
