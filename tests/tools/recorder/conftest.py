"""The databases that recorders share, and a market whose clock, books and database belong to a test."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from databases import database_url, postgresql_database, postgresql_url, sqlite_url
from pens import Pen
from recording import ManualClock, ScriptedBooks, Watching
from servers import own_postgres

from tools.cache import Cache
from tools.errors import HistoryUnavailable
from tools.history import History
from tools.market import Market
from tools.recorder import record

__all__ = ["database_url", "own_postgres", "postgresql_database", "postgresql_url", "sqlite_url"]


class Setting:
    """A market whose books, clock and database belong to the test."""

    def __init__(self, path, source):
        self.path, self.clock = path, ManualClock()
        self.books = ScriptedBooks(self.clock, source)
        self.history = Breakable(f"sqlite+aiosqlite:///{path}", source, clock=self.clock)
        self.market = Market(self.books, ("kraken",), source, Pen(), lambda: self.clock.utc, self.history, Cache())
        self.seen, self.alerts = Watching(), []

    @asynccontextmanager
    async def recording(self, symbols, exchanges=(), interval=60):
        """Record until the block ends; yields a task whose result is how it stood at the end."""
        stop = asyncio.Event()
        task = asyncio.create_task(
            record(self.market, symbols, exchanges, interval, stop=stop, onlooker=self.seen, deliver=self.alerts.append, clock=self.clock)
        )
        try:
            yield task
        finally:
            stop.set()
            await task

    async def reach(self, after_s):
        """Move the clock there, once leases are renewed and somebody waits for that moment."""
        await self.history.renewed()
        await self.clock.reach(after_s)

    async def sleep(self, until_s, *, before_s):
        """Have the machine sleep from now until then, where the next tick is at `before_s`."""
        await self.history.renewed()
        await self.clock.awaited(lambda moment: moment == self.clock.start + before_s)
        self.clock.skip(until_s)

    async def look_slowly(self, at_s, until_s):
        """Reach a tick at which the look lasts until then."""
        self.books.gate.clear()
        await self.reach(at_s)
        await self.books.asked_at("kraken", "BTC/USD", at_s)
        self.clock.skip(until_s)
        self.books.gate.set()

    async def look_in_vain_for_the_database(self, minutes):
        """Take the database away, and look at that many ticks."""
        self.history.away = True
        for minute in range(1, minutes + 1):
            await self.reach(60 * minute)
            await self.seen.until(lambda progress, minute=minute: progress.buffered == minute)

    async def is_taken_by(self, owner, lease_s):
        """Whether another recorder gets the lease of BTC/USD on kraken, for so long."""
        pair = ("kraken", "BTC/USD")
        return await History.claim(self.history, [pair], owner, lease_s) == [pair]

    async def until_stored(self, count):
        """Wait until so many snapshots are."""
        await self.seen.until(lambda progress: progress.stored >= count)

    async def until_failed(self, count=1):
        """Wait until so many looks of the first pair have."""
        await self.seen.until(lambda progress: progress.pairs[0].failed == count)

    async def until_it_is(self, state):
        """Wait until the first pair is, and nothing waits for the database."""
        await self.seen.until(lambda progress: progress.pairs[0].state == state and progress.buffered == 0)

    async def stored(self, exchange="kraken", symbol="BTC/USD"):
        """When each stored snapshot was taken, and when looks failed, in seconds after the start."""
        series = await History.series(self.history, exchange, symbol, self.clock.utc - timedelta(days=1), self.clock.utc + timedelta(days=1))
        return tuple([round(ms / 1_000 - self.clock.start, 3) for ms in times.tolist()] for times in (series.time_ms, series.failed_ms))


def breakable(method):
    """A method of History that fails while the database is away, and gives no answer while it hangs."""

    async def asked(self, *arguments, **named):
        await self.answers.wait()
        if self.away:
            raise HistoryUnavailable("it is away")
        return await method(self, *arguments, **named)

    return asked


class Breakable(History):
    """A history whose database a test takes away, or has hang while `answers` is not set. `claimed_at` is when leases of each length (s) were asked for."""

    def __init__(self, url, source, *, clock):
        super().__init__(url, source, now=lambda: clock.utc)
        self.clock, self.away = clock, False
        self.claimed_at = {}
        self.answers = asyncio.Event()
        self.answers.set()

    append, _claim = breakable(History.append), breakable(History.claim)
    latest, series, rules = breakable(History.latest), breakable(History.series), breakable(History.rules)
    alerts, store_alerts = breakable(History.alerts), breakable(History.store_alerts)

    async def claim(self, pairs, owner, lease_s):
        self.claimed_at.setdefault(lease_s, []).append(self.clock.now())
        return await self._claim(pairs, owner, lease_s)

    async def renewed(self):
        """Wait until every lease is renewed for now: whoever renews waits for the next time, which is at most a fifth of a lease away."""
        for lease_s, times in self.claimed_at.items():
            await self.clock.awaited(lambda moment, lease_s=lease_s, times=times: any(0 < moment - at < lease_s / 5 + 1e-3 for at in times))


@pytest.fixture
def source():
    return "live"


@pytest.fixture
async def setting(tmp_path, source):
    one = Setting(tmp_path / "history.sqlite3", source)
    yield one
    await one.history.close()
