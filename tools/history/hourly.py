"""The extremes that down-sampled hours keep, for the hourly rows of a series; read apart, so that a window without such rows pays nothing for them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Integer, case, cast, func

from ..analytics.figures import imbalances_pct
from ..analytics.series import Extremes, Series
from ..book import Column
from .rows import BANDS
from .tables import ASKS, BIDS, IMBALANCES, TOTALS, hours

_WITHIN = {"total_usd_100bps": "liquidity_1pct_usd", "total_usd_200bps": "liquidity_2pct_usd"}
"""The depth of both sides at once that every hour keeps, which files give without bands too."""


def _columns(of: str) -> Iterator[ColumnElement[float]]:
    """The lowest or highest of an hour: mid, spread, liquidity within 1 %, then depth and imbalance by band.

    Of an hour that keeps no mid and depth of both sides at once, they are made of each side's own, beyond which no moment was; its imbalance is null.
    """

    def kept(name: str) -> ColumnElement[float]:
        return hours.c[f"{name}{of}"]

    yield func.coalesce(kept("mid"), (kept("best_bid") + kept("best_ask")) / 2)
    yield kept("spread_pct")
    yield kept("liquidity_1pct_usd")
    for total, bid, ask in zip(TOTALS, BIDS, ASKS, strict=True):
        outer = case((kept(bid).is_not(None), kept(_WITHIN[total]))) if total in _WITHIN else kept(bid) + kept(ask)
        yield func.coalesce(kept(total), outer)
    yield from (kept(name) for name in IMBALANCES)


_LOWEST, _HIGHEST = tuple(_columns("_min")), tuple(_columns("_max"))
EXTREMES = (cast(hours.c.mid_min.is_(None), Integer), *_LOWEST, *_HIGHEST)
"""What `with_extremes` takes of `hours`, after the time: whether mid, depth and imbalance are bounds, and the extremes."""


def with_extremes(series: Series, found: Column) -> Series:
    """The series with its lowest and highest; `found` has a row for each hour, in any order: its middle in milliseconds, then EXTREMES."""
    found = found[np.argsort(found[:, 0])]
    hourly = np.flatnonzero(series.hourly & np.isin(series.time_ms, found[:, 0]))
    cells = found[np.searchsorted(found[:, 0], series.time_ms[hourly]), 1:]
    bounded = np.zeros(len(series), bool)
    bounded[hourly] = cells[:, 0] == 1
    figures = replace(series.lowest, imbalance_pct=imbalances_pct(series.bid_usd, series.ask_usd))
    low, high = (_extremes(part) for part in np.split(cells[:, 1:], 2, axis=1))
    return replace(series, low=_placed(figures, low, hourly, bounded, np.fmin), high=_placed(figures, high, hourly, bounded, np.fmax), bounded=bounded)


def _extremes(cells: Column) -> Extremes:
    mid, spread_pct, within_1pct = cells[:, :3].T
    return Extremes(mid, spread_pct, cells[:, 3 : 3 + BANDS], within_1pct, cells[:, 3 + BANDS :])


def _placed(figures: Extremes, extremes: Extremes, rows: NDArray[np.intp], bounded: NDArray[np.bool_], beyond: np.ufunc) -> Extremes:
    """The figures with the extremes in the place of some rows.

    Bounds never fall short of the mean, which stands for those that are unknown: of files that contradict themselves it may lie outside.
    """
    placed = {name: column.copy() for name, column in vars(figures).items()}
    for name, column in placed.items():
        extreme = getattr(extremes, name)
        # Transposed, so that rows are last and of bands too each takes its own.
        column[rows] = np.where(bounded[rows], beyond(column[rows], extreme).T, extreme.T).T
    return Extremes(**placed)
