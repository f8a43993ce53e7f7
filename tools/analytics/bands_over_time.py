"""Which depth band a series can be judged by, and depth and imbalance within it: what baseline, trend, forecast and anomalies share."""

from typing import NamedTuple

import numpy as np

from ..book import Column
from .depth import BAND_WIDTHS_PCT
from .figures import Figures, imbalance_pct, imbalances_pct
from .series import Series

_FALLBACK_PCT = 1.0


class DepthColumn(NamedTuple):
    """Depth of both sides within `band_pct` of mid in USD, and its `100 * (bid - ask) / (bid + ask)`: columns of shape (n,), NaN where unknown.

    All three are None where there is nothing to judge by. `imbalance_pct` alone is None where only the sum of both sides is known
    (`complete` is false then: the depth may be a lower bound). `warnings` are sentences that a result must repeat.
    """

    band_pct: float | None
    usd: Column | None
    imbalance_pct: Column | None
    complete: bool
    warnings: tuple[str, ...]


def depth_column(series: Series) -> DepthColumn:
    """The widest of depth.BAND_WIDTHS_PCT that is complete in every snapshot of the series.

    Where some snapshots came without bands (imported ones), `liquidity_1pct_usd` stands for them all, with a warning.
    """
    if not len(series):
        return DepthColumn(None, None, None, complete=False, warnings=())
    without_bands = int(np.isnan(series.bid_usd[:, 0]).sum())
    if without_bands:
        return _liquidity_1pct(series, without_bands)
    covered = np.flatnonzero(series.complete.all(axis=0))
    if not len(covered):
        return DepthColumn(None, None, None, complete=False, warnings=("No depth band was covered by every snapshot, so depth and imbalance are left out.",))
    widest = int(covered[-1])
    bid, ask = series.bid_usd[:, widest], series.ask_usd[:, widest]
    return DepthColumn(BAND_WIDTHS_PCT[widest], bid + ask, imbalances_pct(bid, ask), complete=True, warnings=())


def depth_now(current: Figures, column: DepthColumn) -> tuple[float | None, float | None]:
    """Depth in USD and imbalance in per cent of one book, measured as `column` is; None where its figures do not tell them."""
    if column.band_pct is None:
        return None, None
    if not column.complete:
        return current.liquidity_1pct_usd, None
    sides = current.sides_usd(column.band_pct)
    if sides is None:
        return None, None
    return sum(sides), imbalance_pct(*sides) if sum(sides) else None


def depth_within(series: Series, column: DepthColumn) -> Column | None:
    """The depth in USD of another series measured as `column` is, of shape (n,): NaN where a snapshot does not cover that band; None without a band."""
    if column.band_pct is None:
        return None
    if not column.complete:
        return series.liquidity_1pct_usd
    band = BAND_WIDTHS_PCT.index(column.band_pct)
    return np.where(series.complete[:, band], series.bid_usd[:, band] + series.ask_usd[:, band], np.nan)


def _liquidity_1pct(series: Series, without_bands: int) -> DepthColumn:
    known = "every snapshot" if without_bands == len(series) else f"{without_bands:,} of {len(series):,} snapshots"
    missing = f"{known} came without depth bands"
    if np.isnan(series.liquidity_1pct_usd).all():
        return DepthColumn(None, None, None, complete=False, warnings=(f"Depth and imbalance are left out: {missing}.",))
    warning = f"Depth is that within {_FALLBACK_PCT:g}% of mid, which may be a lower bound, and imbalance is left out: {missing}."
    return DepthColumn(_FALLBACK_PCT, series.liquidity_1pct_usd, None, complete=False, warnings=(warning,))
