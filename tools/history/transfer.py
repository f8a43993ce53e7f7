"""History out to files and in from files."""

import asyncio
from array import array
from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from operator import attrgetter
from pathlib import Path

import numpy as np

from ..analytics.series import milliseconds
from ..analytics.snapshot import Snapshot
from ..errors import NotReadable
from ..parameters import Source
from .formats import Write, rows
from .given import Presumed, of_file, snapshot_of
from .judging import judge
from .store import History, Pair

_BATCH = 1_000
# Clocks differ, and so do people's ideas of a time zone.
_AHEAD = timedelta(days=1)


@dataclass(frozen=True)
class Imported:
    """What became of a file's snapshots: how many were new, stored already, and of hours that were down-sampled before, which take no more.

    `unlabelled` is how many did not say what source they are of. `markets` is of which exchanges and markets they are, with how many of each;
    `misnamed` how many of them name others than `named`, which the file's name says, empty where it says none that is known.
    `alerts` is how many alerts their time held, `standing` how many more stood at its end, which the next look will tell.
    """

    new: int
    stored_already: int
    of_closed_hours: int
    unlabelled: int
    markets: Mapping[Pair, int]
    named: Pair
    misnamed: int
    alerts: int
    standing: int


async def export(history: History, write: Write, exchange: str, symbol: str, since: datetime | None, until: datetime) -> int:
    """Hand every snapshot from `since` to `until` to `write`, market by market in the order of their names, oldest first; how many there were.

    Of one exchange, and of one market or one asset's markets, where given. What has been down-sampled to hours is not among them.
    """
    count = 0
    # Databases sort text each by rules of their own.
    for market in sorted(await history.markets(exchange), key=attrgetter("exchange", "symbol")):
        if symbol in {"", market.symbol, market.symbol.partition("/")[0]}:
            async for page in history.pages(market.exchange, market.symbol, since, until):
                await asyncio.to_thread(write, page)
                count += len(page)
    return count


async def import_file(history: History, path: Path, source: Source, now: datetime, exchanges: Collection[str]) -> Imported:
    """Store the snapshots of a file, all of them or none, and the alerts that they held; what is stored already stays as it is.

    An import that was broken off before all alerts were stored is completed by another of the same file.
    Rows that do not say are of the exchange, one of `exchanges`, and the market that the file is named after.
    Raises NotReadable, which names file and row, where a row is no snapshot of this source.
    """
    presumed = of_file(path, source, now + _AHEAD, exchanges)
    reader = _Reader(path, presumed)
    new, refused = await history.append_all(reader.batches())
    markets = {pair: len(times) for pair, times in reader.times_ms.items()}
    read, named = sum(markets.values()), (presumed.exchange, presumed.symbol)
    misnamed = read - markets.get(named, 0) if presumed.symbol else 0
    judged = [await judge(history, pair, np.array(times), now) for pair, times in reader.times_ms.items()]
    held, left = sum(one.held for one in judged), sum(one.left for one in judged)
    return Imported(new, read - new - refused, refused, reader.unlabelled, markets, named, misnamed, held, left)


class _Reader:
    """Reads a file batch by batch and counts what it read."""

    def __init__(self, path: Path, market: Presumed) -> None:
        self._path = path
        self._market = market
        self._rows = rows(path)
        # Eight bytes a snapshot, of which there may be millions.
        self.times_ms: dict[Pair, array[int]] = defaultdict(lambda: array("q"))
        self.unlabelled = 0

    async def batches(self) -> AsyncGenerator[list[Snapshot]]:
        while batch := await asyncio.to_thread(self._next):
            yield batch

    def _next(self) -> list[Snapshot]:
        try:
            return [self._snapshot(number, row) for number, row in islice(self._rows, _BATCH)]
        except NotReadable as error:
            raise NotReadable(f"{error} Nothing of the file was imported.") from error

    def _snapshot(self, number: int, row: object) -> Snapshot:
        try:
            snapshot = snapshot_of(row, self._market)
        except NotReadable as error:
            raise NotReadable(f"{self._path.name}, row {number} {error}") from error
        self.times_ms[snapshot.exchange, snapshot.symbol].append(milliseconds(snapshot.timestamp))
        self.unlabelled += isinstance(row, dict) and not row.get("source")
        return snapshot
