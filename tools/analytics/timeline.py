"""Where liquidity stood over time: depth by distance from mid, a column for each stretch of the window."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from ..book import Column
from ..errors import InsufficientHistory
from ..parameters import Source
from ..units import Count, Pct, Price, Usd
from .result import Result
from .series import Profiles, moment, nullable, origin, price_currency
from .snapshot import PROFILE_EDGES_PCT

_EDGES: Column = np.array(PROFILE_EDGES_PCT)
_CENTRES_PCT: Column = (_EDGES + np.concatenate(([0.0], _EDGES[:-1]))) / 2


class LiquidityTimeline(Result):
    """Depth over time on one exchange: `usd[i][j]` stood from `edges_pct[i]` to `edges_pct[i + 1]` from mid (negative: bids).

    Column j shows the first snapshot of the `column_seconds` from `times[j]`; `mid_price[j]` is the mid then. Null is what lies beyond the
    exchange's answer, or a stretch without snapshots.
    """

    symbol: str
    symbol_used: str
    exchange: str
    price_currency: str
    base_currency: str
    start: datetime
    end: datetime
    sample_count: Count
    column_seconds: Count
    edges_pct: list[Pct]
    times: list[datetime]
    mid_price: list[Price | None]
    usd: list[list[Usd | None]]


def timeline(profiles: Profiles, market: tuple[Source, str, str], asked: str, window: tuple[datetime, datetime], now: datetime) -> LiquidityTimeline:
    """The timeline of (source, exchange, symbol) over (start, end). The edges reach as far from mid as at least half the columns know, on both sides.

    A bin's USD is its size at the price of the bin's middle, which is off by at most half the bin's width.

    Raises InsufficientHistory where there is no profile at all.
    """
    source, exchange, symbol = market
    start, end = window
    rows = _with_profile(profiles)
    if not rows.any():
        raise InsufficientHistory(exchange, asked, 0, 1, (end - start).total_seconds() / 3_600, source, "depth profile")
    bins = _bins_known(profiles, rows)
    reach = PROFILE_EDGES_PCT[bins - 1]
    as_of = min(moment(int(profiles.time_ms[-1])), end)
    times = np.arange(profiles.time_ms[0], profiles.time_ms[-1] + 1, profiles.bucket_ms)
    columns = (profiles.time_ms - profiles.time_ms[0]) // profiles.bucket_ms
    return LiquidityTimeline(
        **origin(market, asked, window, as_of, now),
        warnings=_warnings(rows, reach),
        price_currency=price_currency(symbol),
        sample_count=profiles.snapshots,
        column_seconds=profiles.bucket_ms // 1_000,
        edges_pct=[*(-edge for edge in reversed(PROFILE_EDGES_PCT[:bins])), 0.0, *PROFILE_EDGES_PCT[:bins]],
        times=[moment(int(one)) for one in times],
        mid_price=nullable(_spread_out(profiles.mid, columns, len(times))),
        usd=[nullable(row) for row in _spread_out(_usd(profiles, bins), columns, len(times)).T],
    )


def _with_profile(profiles: Profiles) -> NDArray[np.bool_]:
    """Which rows know anything of where liquidity stood."""
    return np.asarray(~np.isnan(np.hstack((profiles.bid_sizes, profiles.ask_sizes))).all(axis=1))


def _bins_known(profiles: Profiles, rows: NDArray[np.bool_]) -> int:
    """How many bins from mid outward at least half the columns with a profile know on both sides; 1 at least."""
    known = [(~np.isnan(side[rows])).mean(axis=0) >= 0.5 for side in (profiles.bid_sizes, profiles.ask_sizes)]
    return max(1, int(np.logical_and.accumulate(known[0] & known[1]).sum()))


def _usd(profiles: Profiles, bins: int) -> Column:
    """Shape (n, 2 * bins): US dollars per row and bin, from the farthest bid to the farthest ask."""
    price = (profiles.mid * profiles.usd_rate)[:, None]
    bids = profiles.bid_sizes[:, :bins] * price * (1 - _CENTRES_PCT[:bins] / 100)
    asks = profiles.ask_sizes[:, :bins] * price * (1 + _CENTRES_PCT[:bins] / 100)
    return np.hstack((bids[:, ::-1], asks))


def _spread_out(rows: Column, columns: NDArray[np.int64], count: int) -> Column:
    """The rows at their columns of the time axis, NaN between them."""
    axis = np.full((count, *rows.shape[1:]), np.nan)
    axis[columns] = rows
    return axis


def _warnings(rows: NDArray[np.bool_], reach_pct: float) -> list[str]:
    without = int((~rows).sum())
    narrow = (
        [f"Drawn to {reach_pct:g}% from mid: fewer than half of the recorded books reach farther on both sides."] if reach_pct < PROFILE_EDGES_PCT[-1] else []
    )
    return [*narrow, *([f"{without:,} of {len(rows):,} columns hold only snapshots without a depth profile."] if without else [])]
