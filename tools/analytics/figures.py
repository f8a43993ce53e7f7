"""What alerts judge of one book: a few numbers, so that a week of history steps by in a second."""

from math import isnan
from typing import NamedTuple, TypeVar

import numpy as np

from ..book import Column
from .depth import BAND_WIDTHS_PCT
from .series import Series
from .snapshot import Snapshot

Usds = TypeVar("Usds", float, Column)
"""An amount, or a column of them."""


class Figures(NamedTuple):
    """Spread in per cent of mid, mid in quote currency, and USD per depth band.

    `bid_usd`, `ask_usd` and `complete` (of both sides) hold one entry for each of depth.BAND_WIDTHS_PCT, or none where the snapshot came
    without bands. `liquidity_1pct_usd` is of both sides and may be a lower bound.
    """

    spread_pct: float
    mid: float
    bid_usd: tuple[float, ...]
    ask_usd: tuple[float, ...]
    complete: tuple[bool, ...]
    liquidity_1pct_usd: float | None

    def sides_usd(self, width_pct: float) -> tuple[float, float] | None:
        """USD bid and asked within `width_pct`, None unless both sides are all there is."""
        band = BAND_WIDTHS_PCT.index(width_pct)
        return (self.bid_usd[band], self.ask_usd[band]) if self.complete and self.complete[band] else None


def imbalance_pct(bid_usd: Usds, ask_usd: Usds) -> Usds:
    """`100 * (bid - ask) / (bid + ask)`."""
    return 100 * (bid_usd - ask_usd) / (bid_usd + ask_usd)


def imbalances_pct(bid_usd: Column, ask_usd: Column) -> Column:
    """The imbalance of each pair of two columns of shape (n,), NaN where both are empty."""
    with np.errstate(invalid="ignore"):
        return imbalance_pct(bid_usd, ask_usd)


def figures(snapshot: Snapshot) -> Figures:
    """The figures of a snapshot."""
    bands = {one.width_pct: one for one in snapshot.depth}
    banded = [bands[width] for width in BAND_WIDTHS_PCT] if len(bands) == len(BAND_WIDTHS_PCT) else []
    return Figures(
        snapshot.spread_percentage,
        snapshot.mid_price,
        tuple(one.bid_usd for one in banded),
        tuple(one.ask_usd for one in banded),
        tuple(one.complete for one in banded),
        snapshot.liquidity_1pct_usd,
    )


def row(series: Series, index: int) -> Figures:
    """The figures of a series' snapshot that knows its prices."""
    bid, ask = series.bid_usd[index].tolist(), series.ask_usd[index].tolist()
    sides = ((), (), ()) if isnan(bid[0]) else (tuple(bid), tuple(ask), tuple(series.complete[index].tolist()))
    liquidity = float(series.liquidity_1pct_usd[index])
    return Figures(float(series.spread_pct[index]), float(series.mid[index]), *sides, None if isnan(liquidity) else liquidity)
