"""Snapshots in and out of the database.

A window is fetched row by row and summed up in numpy rather than in the database, which has no percentiles that both engines share;
one statement for snapshots, hours and misses together costs one trip.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Connection, Float, bindparam, literal_column, select, tuple_, union_all

from ..analytics.series import HOUR_MS, Series, hour_of, milliseconds
from ..analytics.snapshot import Miss, Snapshot
from ..book import Column
from ..parameters import Source
from .aside import Moment, Pair, Prepared, brought_back, file_aside, prepared, set_aside
from .database import Database
from .hourly import EXTREMES, with_extremes
from .rows import BANDS, both_complete, refuse_foreign, to_snapshot
from .store import Appended
from .tables import ASKS, BIDS, hours, misses, profiles, series, snapshots

_COLUMNS = ("best_bid", "best_ask", *BIDS, *ASKS, "total_volume_20", "liquidity_1pct_usd")
# What a row of a window is, above the bits of `complete`: a column less is a twentieth of the time.
_HOUR, _MISS = (1 << 2 * BANDS, 2 << 2 * BANDS)

MARKET_ID = (
    select(series.c.id)
    .where(series.c.source == bindparam("source"), series.c.exchange == bindparam("exchange"), series.c.symbol == bindparam("symbol"))
    .scalar_subquery()
)


def within(table: Any, middle_ms: int = 0) -> tuple[Any, ...]:
    """The condition that a row is of the market and within the window, its time moved by `middle_ms`."""
    start = bindparam("start_ms", type_=BigInteger) - middle_ms
    end = bindparam("end_ms", type_=BigInteger) - middle_ms
    return table.c.series_id == MARKET_ID, table.c.time_ms > start, table.c.time_ms <= end


def _arm(table: Any, kind: Any, columns: Iterable[Any], middle_ms: int = 0) -> Any:
    return select((table.c.time_ms + middle_ms).label("time_ms"), kind, *columns).where(*within(table, middle_ms))


# An hour stands at its middle.
_WINDOW = union_all(
    _arm(snapshots, snapshots.c.complete, (snapshots.c[name] for name in _COLUMNS)),
    _arm(hours, hours.c.complete + _HOUR, (hours.c[name] for name in _COLUMNS), HOUR_MS // 2),
    _arm(misses, literal_column(str(_MISS)), (literal_column("0.0", Float(53)).label(name) for name in _COLUMNS)),
)
_HOURS = select(hours.c.time_ms + HOUR_MS // 2, *EXTREMES).where(*within(hours, HOUR_MS // 2))
_WHOLE = (
    select(snapshots, profiles.c.sizes)
    .outerjoin(profiles, (profiles.c.series_id == snapshots.c.series_id) & (profiles.c.time_ms == snapshots.c.time_ms))
    .where(snapshots.c.series_id == MARKET_ID, snapshots.c.time_ms <= bindparam("end_ms", type_=BigInteger))
)
_WHOLE_NAMES = tuple(column.name for column in _WHOLE.selected_columns)
_LATEST = _WHOLE.order_by(snapshots.c.time_ms.desc()).limit(1)
_FAILURE = select(misses.c.kind).where(misses.c.series_id == MARKET_ID, misses.c.time_ms == bindparam("at_ms", type_=BigInteger))
_PAGE_LENGTH = 2_000
_PAGE = _WHOLE.where(snapshots.c.time_ms >= bindparam("start_ms", type_=BigInteger)).order_by(snapshots.c.time_ms).limit(_PAGE_LENGTH)


@dataclass(frozen=True)
class Snapshots:
    """The snapshots of one source."""

    database: Database
    source: Source

    async def append(self, taken: Sequence[Snapshot], missed: Sequence[Miss]) -> Appended:
        """Store them in one transaction."""
        refuse_foreign(missed, self.source)
        rows = prepared(taken, self.source)
        new, closed = await self.database.write(lambda connection: self._insert(connection, rows, missed))
        return Appended(new, tuple(one for one, row in zip(taken, rows, strict=True) if row.moment in closed) if closed else ())

    async def append_all(self, batches: AsyncIterable[Sequence[Snapshot]]) -> tuple[int, int]:
        """Store them in one transaction; how many were new, and how many are of hours that were down-sampled.

        All are set aside first: other writers wait while rows are stored (100,000: 3 s, where reading them takes 8), not while they are read.
        """
        with file_aside() as file:
            async for batch in batches:
                await asyncio.to_thread(set_aside, file, batch, self.source)
            return await self.database.write(partial(self._insert_all, brought_back(file)))

    def _insert_all(self, batches: Iterable[Sequence[Prepared]], connection: Connection) -> tuple[int, int]:
        new = refused = 0
        for batch in batches:
            stored, closed = self._insert(connection, batch)
            new += stored
            refused += sum(one.moment in closed for one in batch) if closed else 0
        return new, refused

    def _insert(self, connection: Connection, taken: Sequence[Prepared], missed: Sequence[Miss] = ()) -> tuple[int, set[Moment]]:
        """Store them within a transaction; how many snapshots were new, and the moments of those whose hours were down-sampled and are closed."""
        ids = self._ids(connection, {one.pair for one in taken} | {(one.exchange, one.symbol) for one in missed})
        closed = self._of_closed_hours(connection, ids, taken)
        # In one order everywhere, or two writers of the same rows would wait for one another.
        rows = sorted(({**one.row, "series_id": ids[one.pair]} for one in taken if one.moment not in closed), key=_key)
        found = {(ids[one.pair], one.row["time_ms"]): one.sizes for one in taken if one.sizes is not None}
        new = self._insert_rows(connection, rows)
        sizes = [{"series_id": key[0], "time_ms": key[1], "sizes": found[key]} for key in new if key in found]
        failed = sorted(({"series_id": ids[one.exchange, one.symbol], "time_ms": milliseconds(one.timestamp), "kind": one.kind} for one in missed), key=_key)
        for table, values in ((profiles, sizes), (misses, failed)):
            if values:
                connection.execute(self.database.insert(table).on_conflict_do_nothing(), values)
        return len(new), closed

    async def series(self, exchange: str, symbol: str, start: datetime, end: datetime) -> Series:
        """The snapshots of a market from `start` (exclusive) to `end` (inclusive)."""
        window = {"source": self.source, "exchange": exchange, "symbol": symbol, "start_ms": milliseconds(start), "end_ms": milliseconds(end)}
        cells = await self.database.columns(_WINDOW, **window)
        columns, failed_ms = _in_order(cells.reshape(-1, 2 + len(_COLUMNS)).T)
        time_ms, complete, best_bid, best_ask = columns[:4]
        bid_usd, ask_usd = columns[4 : 4 + BANDS].T, columns[4 + BANDS : 4 + 2 * BANDS].T
        volume, liquidity = columns[4 + 2 * BANDS :]
        read = Series(
            source=self.source,
            exchange=exchange,
            symbol=symbol,
            start=start,
            end=end,
            time_ms=time_ms.astype(np.int64),
            best_bid=best_bid,
            best_ask=best_ask,
            bid_usd=bid_usd,
            ask_usd=ask_usd,
            complete=both_complete(complete),
            total_volume_20=volume,
            liquidity_1pct_usd=liquidity,
            hourly=complete >= _HOUR,
            failed_ms=failed_ms.astype(np.int64),
        )
        return with_extremes(read, await self.database.columns(_HOURS, **window)) if read.hourly.any() else read

    async def latest(self, exchange: str, symbol: str, until: datetime) -> Snapshot | None:
        """The newest snapshot at or before `until`."""
        market = (self.source, exchange, symbol)
        rows = await self.database.fetch(_LATEST, source=self.source, exchange=exchange, symbol=symbol, end_ms=milliseconds(until))
        return to_snapshot(market, dict(zip(_WHOLE_NAMES, rows[0], strict=True))) if rows else None

    async def failure(self, exchange: str, symbol: str, at: datetime) -> str:
        """The kind of the failed look at that moment, empty where there was none."""
        rows = await self.database.fetch(_FAILURE, source=self.source, exchange=exchange, symbol=symbol, at_ms=milliseconds(at))
        return rows[0][0] if rows else ""

    async def pages(self, exchange: str, symbol: str, start: datetime | None, end: datetime) -> AsyncGenerator[list[Snapshot]]:
        """Every snapshot from `start` to `end`, a page after the other, so that no more than one is in memory."""
        market = (self.source, exchange, symbol)
        start_ms = 0 if start is None else milliseconds(start)
        while True:
            rows = await self.database.fetch(_PAGE, source=self.source, exchange=exchange, symbol=symbol, start_ms=start_ms, end_ms=milliseconds(end))
            page = [dict(zip(_WHOLE_NAMES, row, strict=True)) for row in rows]
            if page:
                yield [to_snapshot(market, row) for row in page]
            if len(page) < _PAGE_LENGTH:
                return
            start_ms = page[-1]["time_ms"] + 1

    def _ids(self, connection: Connection, pairs: set[Pair]) -> Mapping[Pair, int]:
        """The ids of the markets, which are made where there are none."""
        wanted = (
            select(series.c.exchange, series.c.symbol, series.c.id)
            .where(series.c.source == self.source)
            .where(tuple_(series.c.exchange, series.c.symbol).in_(sorted(pairs)))
        )
        ids = {(row.exchange, row.symbol): row.id for row in connection.execute(wanted)}
        missing = sorted(pairs - ids.keys())
        if missing:
            values = [{"source": self.source, "exchange": exchange, "symbol": symbol} for exchange, symbol in missing]
            connection.execute(self.database.insert(series).on_conflict_do_nothing(), values)
            ids = {(row.exchange, row.symbol): row.id for row in connection.execute(wanted)}
        return ids

    def _insert_rows(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> list[tuple[int, int]]:
        """Insert rows of `snapshots`; the keys of those that were new."""
        if not rows:
            return []
        statement = self.database.insert(snapshots).on_conflict_do_nothing().returning(snapshots.c.series_id, snapshots.c.time_ms)
        return [(row.series_id, row.time_ms) for row in connection.execute(statement, rows)]

    def _of_closed_hours(self, connection: Connection, ids: Mapping[Pair, int], taken: Sequence[Prepared]) -> set[Moment]:
        if not taken:
            return set()
        times = [one.row["time_ms"] for one in taken]
        between = hours.c.time_ms.between(min(times) - HOUR_MS, max(times))
        found = connection.execute(select(hours.c.series_id, hours.c.time_ms).where(hours.c.series_id.in_({ids[one.pair] for one in taken}), between))
        closed = {tuple(row) for row in found}
        return {one.moment for one in taken if (ids[one.pair], hour_of(one.row["time_ms"])) in closed} if closed else set()


def _in_order(columns: Column) -> tuple[Column, Column]:
    """The columns of a window with its rows in order of time, but for the misses, and the times of those; of shape (columns, n)."""
    if not (np.diff(columns[0]) < 0).any() and not (columns[1] >= _MISS).any():
        # As most windows are found.
        return columns, np.empty(0)
    ordered = columns[:, np.argsort(columns[0], kind="stable")]
    failed = ordered[1] >= _MISS
    return ordered[:, ~failed], ordered[0, failed]


def _key(row: Mapping[str, Any]) -> tuple[int, int]:
    return row["series_id"], row["time_ms"]
