"""Depth profiles over a window, one for each stretch of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, bindparam, func, select

from ..analytics.series import DAY_MS, HOUR_MS, Profiles, milliseconds
from ..parameters import Source
from .database import Database, Row
from .rows import BINS, to_sizes
from .snapshots import MARKET_ID, within
from .tables import hours, profiles, snapshots

_SECOND, _MINUTE = 1_000, 60_000
# fmt: off
WIDTHS_MS = (
    *(_SECOND * n for n in (1, 2, 5, 10, 15, 30)), *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(HOUR_MS * n for n in (1, 2, 3, 4, 6, 12)), *(DAY_MS * n for n in (1, 2, 7, 14, 28, 91, 182, 364)),
)
# fmt: on
"""The round clock widths that a stretch can have."""

_WIDTH, _FIRST, _LAST = (bindparam(name, type_=BigInteger) for name in ("width_ms", "first", "last"))
_start = select(_FIRST.label("stretch")).cte("stretches", recursive=True)
_STRETCHES = _start.union_all(select(_start.c.stretch + 1).where(_start.c.stretch < _LAST))
# One search in the index for each stretch rather than a scan of the window: 90 days are 200 searches and not 130,000 rows.
_FIRSTS = select(
    _STRETCHES.c.stretch,
    select(func.min(profiles.c.time_ms))
    .where(*within(profiles), profiles.c.time_ms >= _STRETCHES.c.stretch * _WIDTH, profiles.c.time_ms < (_STRETCHES.c.stretch + 1) * _WIDTH)
    .scalar_subquery()
    .label("time_ms"),
).cte("firsts")


def _figures(table: Any) -> tuple[Any, ...]:
    return table.c.best_bid, table.c.best_ask, table.c.usd_rate


_PROFILES = (
    select(_FIRSTS.c.stretch, *_figures(snapshots), profiles.c.sizes)
    .join_from(_FIRSTS, snapshots, (snapshots.c.series_id == MARKET_ID) & (snapshots.c.time_ms == _FIRSTS.c.time_ms))
    .join(profiles, (profiles.c.series_id == MARKET_ID) & (profiles.c.time_ms == _FIRSTS.c.time_ms))
)
_HOURS = (
    select((hours.c.time_ms + HOUR_MS // 2) // _WIDTH, *_figures(hours), hours.c.sizes)
    .where(*within(hours, HOUR_MS // 2), hours.c.sizes.is_not(None))
    .order_by(hours.c.time_ms)
)
# Enough to tell how far apart they are usually, whatever gaps lie among them.
_NEWEST = select(profiles.c.time_ms).where(*within(profiles)).order_by(profiles.c.time_ms.desc()).limit(200)
_COUNTS = select(
    select(func.count()).where(*within(snapshots)).scalar_subquery(),
    select(func.coalesce(func.sum(hours.c.samples), 0)).where(*within(hours, HOUR_MS // 2)).scalar_subquery(),
)


@dataclass(frozen=True)
class StoredProfiles:
    """The depth profiles of one source."""

    database: Database
    source: Source

    async def within(self, exchange: str, symbol: str, start: datetime, end: datetime, columns: int) -> Profiles:
        """The profiles of a market from `start` (exclusive) to `end` (inclusive), in at most `columns` stretches of the narrowest width that does."""
        start_ms, end_ms = milliseconds(start), milliseconds(end)
        window = {"source": self.source, "exchange": exchange, "symbol": symbol, "start_ms": start_ms, "end_ms": end_ms}
        counted, folded = (await self.database.fetch(_COUNTS, **window))[0]
        times = [row[0] for row in await self.database.fetch(_NEWEST, **window)]
        width_ms = _width(start_ms, end_ms, columns, HOUR_MS if folded else _spacing_ms(times))
        rows: Sequence[Row] = await self.database.fetch(_PROFILES, **window, width_ms=width_ms, first=(start_ms + 1) // width_ms, last=end_ms // width_ms)
        if folded:
            rows = [*await self.database.fetch(_HOURS, **window, width_ms=width_ms), *rows]
        return _profiles(rows, width_ms, int(counted + folded))


def _spacing_ms(times: Sequence[int]) -> float:
    """The usual distance of neighbouring profiles, less what it varies by: stretches any narrower would stand empty between them."""
    return 0.9 * float(np.median(-np.diff(times))) if len(times) > 1 else 0.0


def _width(start_ms: int, end_ms: int, columns: int, narrowest_ms: float) -> int:
    """The narrowest round width of which `columns` stretches, aligned to the clock, hold the window; the widest where none does."""
    wide_enough = (width for width in WIDTHS_MS if width >= narrowest_ms and end_ms // width - (start_ms + 1) // width < columns)
    return next(wide_enough, WIDTHS_MS[-1])


def _profiles(rows: Sequence[Row], width_ms: int, snapshots: int) -> Profiles:
    """Rows of (stretch, bid, ask, USD rate, profile) as columns, the first row of each stretch."""
    stretch, first = np.unique(np.array([row[0] for row in rows], np.int64), return_index=True)
    chosen = [rows[number] for number in first]
    bid, ask, usd_rate = np.array([row[1:4] for row in chosen], float).reshape(-1, 3).T
    sizes = to_sizes([row[4] for row in chosen])
    return Profiles(
        time_ms=stretch * width_ms,
        bucket_ms=width_ms,
        mid=(bid + ask) / 2,
        usd_rate=usd_rate,
        bid_sizes=sizes[:, :BINS],
        ask_sizes=sizes[:, BINS:],
        snapshots=snapshots,
    )
