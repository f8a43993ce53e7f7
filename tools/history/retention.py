"""Down-sampling of what is older than the retention time: a row an hour, with mean, minimum and maximum of every figure and the mean profile.

Of the looks that gave no valid book the first of each hour is kept, so that a gap can still be told from one that nobody looked into.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, delete, exists, func, select

from ..analytics.series import DAY_MS, HOUR_MS, hour_of, milliseconds
from ..parameters import Source
from .database import Database
from .folding import Stored, fold
from .postgresql import beside
from .tables import hours, misses, profiles, series, snapshots

_Row = dict[str, Any]
_IDS = select(series.c.id).where(series.c.source == bindparam("source")).order_by(series.c.id)
_EARLIER = misses.alias()
_IN_ITS_HOUR = _EARLIER.c.time_ms.between(misses.c.time_ms - misses.c.time_ms % HOUR_MS, misses.c.time_ms - 1)
_FORGET_MISSES = delete(misses).where(
    misses.c.series_id.in_(_IDS.order_by(None)),
    misses.c.time_ms < bindparam("end_ms", type_=BigInteger),
    exists().where(_EARLIER.c.series_id == misses.c.series_id, _IN_ITS_HOUR),
)
_OLDEST = select(func.min(snapshots.c.time_ms)).where(snapshots.c.series_id == bindparam("series_id"))


@dataclass(frozen=True)
class Retention:
    """What is kept of one source, and for how long in full."""

    database: Database
    source: Source

    async def prune(self, before: datetime) -> int:
        """Fold every whole hour that ended at or before `before`, then delete all failed looks of that time but each hour's first; how many were folded."""
        end_ms = hour_of(milliseconds(before))
        folded = sum([await self._prune_market(row[0], end_ms) for row in await self.database.fetch(_IDS, source=self.source)])
        await self.database.write(lambda connection: connection.execute(_FORGET_MISSES, {"source": self.source, "end_ms": end_ms}).close())
        return folded

    async def _prune_market(self, series_id: int, end_ms: int) -> int:
        """Fold a day at a time, so that writers wait for no more than that."""
        folded = 0
        while True:
            oldest_ms = (await self.database.fetch(_OLDEST, series_id=series_id))[0][0]
            if oldest_ms is None or oldest_ms >= end_ms:
                return folded
            start_ms = hour_of(oldest_ms)
            folded += await self.database.write(partial(_fold, series_id, start_ms, min(start_ms + DAY_MS, end_ms)), alone=True)


def _fold(series_id: int, start_ms: int, end_ms: int, connection: Connection) -> int:
    """Replace a market's snapshots within the hours by one row an hour, all or nothing.

    What is folded is what was deleted: a snapshot that arrives meanwhile is neither lost nor counted twice.
    """
    within = {table: (table.c.series_id == series_id, table.c.time_ms >= start_ms, table.c.time_ms < end_ms) for table in (snapshots, profiles, hours)}
    taken = {table: connection.execute(delete(table).where(*where).returning(table)).mappings().all() for table, where in within.items()}
    profiles_of: defaultdict[int, list[bytes]] = defaultdict(list)
    for row in taken[profiles]:
        profiles_of[_hour(dict(row))].append(row["sizes"])
    rows: list[Stored] = sorted((dict(row) for row in taken[snapshots]), key=_time)
    before = {row["time_ms"]: dict(row) for row in taken[hours]}
    # Half a second for a busy day of one market, which nobody else has to wait for.
    connection.execute(hours.insert(), beside(connection, _folded, series_id, rows, profiles_of, before))
    return len(rows)


def _folded(series_id: int, rows: Sequence[Stored], profiles_of: Mapping[int, Sequence[bytes]], before: Mapping[int, _Row]) -> list[_Row]:
    """The rows of `hours`; those that had nothing new go back as they were."""
    new = {
        hour_ms: {"series_id": series_id, "time_ms": hour_ms, **fold(list(of_hour), profiles_of.get(hour_ms, ()), before.get(hour_ms))}
        for hour_ms, of_hour in groupby(rows, _hour)
    }
    return [*{**before, **new}.values()]


def _time(row: Stored) -> int:
    return row["time_ms"]


def _hour(row: Stored) -> int:
    return hour_of(row["time_ms"])
