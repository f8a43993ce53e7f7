"""What is usual for one market: medians and median absolute deviations, which an incident inside the window does not move."""

from dataclasses import dataclass

import numpy as np

from ...book import Column
from ..bands_over_time import DepthColumn, depth_column
from ..dispersion import FEWEST_SAMPLES, MAD_TO_SIGMA, middle
from ..series import Series, priced, usual_spacing_ms

GAP_INTERVALS = 2.5
"""Observations further apart than so many intervals do not follow one another: one look may be missed, not two."""
_SHORTEST_STEP = 0.5
FEWEST_MOVES = 30
"""Fewer moves say nothing about how much the price usually moves.

A sigma of few is often much too small: of a random walk one move in 270 lies beyond six sigmas of 10 moves, one in 14,000 beyond those of 30.
tests/tools/analytics/test_price_jumps.py
"""


@dataclass(frozen=True)
class Norm:
    """What is usual over a window, as `step` needs it: median and MAD of each figure, None where the window does not say.

    `return_sigma_pct` is the robust standard deviation of the log return over `interval_s`, the usual time between two samples; None under FEWEST_MOVES.
    `depth_complete` is False where depth is liquidity_1pct_usd, which may be a lower bound.
    """

    sample_count: int
    spread_median_pct: float
    spread_mad_pct: float
    depth_band_pct: float | None
    depth_median_usd: float | None
    depth_mad_usd: float | None
    imbalance_median_pct: float | None
    imbalance_mad_pct: float | None
    return_sigma_pct: float | None
    interval_s: float
    depth_complete: bool = True


def norm(series: Series) -> Norm | None:
    """What is usual over the series; None under dispersion.FEWEST_SAMPLES snapshots that know their prices."""
    known = priced(series)
    return norm_of(known, depth_column(known))


def norm_of(known: Series, depth: DepthColumn) -> Norm | None:
    """As `norm`, of a series whose snapshots know their prices and whose depth has been measured."""
    if len(known) < FEWEST_SAMPLES:
        return None
    interval_s = usual_spacing_ms(known.time_ms) / 1_000
    (spread, spread_mad), (usd, usd_mad), (imbalance, imbalance_mad) = map(_middle, (known.spread_pct, depth.usd, depth.imbalance_pct))
    if spread is None or spread_mad is None:
        return None
    return Norm(
        sample_count=len(known),
        spread_median_pct=spread,
        spread_mad_pct=spread_mad,
        depth_band_pct=depth.band_pct,
        depth_median_usd=usd,
        depth_mad_usd=usd_mad,
        imbalance_median_pct=imbalance,
        imbalance_mad_pct=imbalance_mad,
        return_sigma_pct=_return_sigma_pct(known, interval_s),
        interval_s=interval_s,
        depth_complete=depth.complete,
    )


def _return_sigma_pct(series: Series, interval_s: float) -> float | None:
    """Robust sigma of log returns over one interval: each is scaled by the square root of its time, and those over gaps and short steps are left out."""
    steps = np.diff(series.time_ms) / 1_000 / interval_s
    usable = (steps >= _SHORTEST_STEP) & (steps <= GAP_INTERVALS)
    if np.count_nonzero(usable) < FEWEST_MOVES:
        return None
    returns = series.moves_pct[usable] / np.sqrt(steps[usable])
    mad = _middle(returns)[1]
    return None if mad is None else MAD_TO_SIGMA * mad


def _middle(column: Column | None) -> tuple[float | None, float | None]:
    """Median and MAD of the known values, None where they are too few."""
    return (middle(column) if column is not None else None) or (None, None)
