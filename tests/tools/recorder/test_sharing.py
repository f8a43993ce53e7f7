"""Two recorders in processes of their own, on one database.

Their clocks are moved by the test, once all has happened that is due: however busy the machine is, nothing comes too late.
"""

from contextlib import asynccontextmanager
from datetime import timedelta
from socket import gethostname

import asyncpg
from recorders import recorder
from recording import ManualClock
from sqlalchemy.engine import make_url

from tools.history import History
from tools.recorder.clock import spread

SYMBOLS = ["ADA/USD", "BTC/USD", "ETH/USD", "SOL/USD"]
INTERVAL_S, RENEWAL_S = 60, 12
SCHEDULES = dict(zip(SYMBOLS, spread([INTERVAL_S] * len(SYMBOLS)), strict=True))
"""Ticks after 0, 15, 30 and 45 s of every minute."""
FIRST_AT, SECOND_AT = 0, 5
"""When each recorder begins; every RENEWAL_S from then on it asks for leases."""
KILLED_AT = 133
"""Just after the first has renewed its leases, which end at 192; the second asks at 185, and next at 197."""


class Sharing:
    """Both recorders and when each began, the time that they are told, and the database that they share."""

    def __init__(self, url, first, second):
        self.url, self.clock = url, ManualClock()
        self.began = {first: FIRST_AT, second: SECOND_AT}
        self.history = History(url, "live", now=lambda: self.clock.utc)

    @property
    def now(self):
        return after(self.clock.now() * 1_000)

    async def step(self, after_s):
        """Move all clocks to that moment, and wait until all has been asked for and looked at that then should."""
        await self._age_leases(after_s - self.now)
        self.clock.skip(after_s)
        running = {one: after_s - began for one, began in self.began.items() if began <= after_s}
        for one in running:
            one.tell(after_s)
        for one, age_s in running.items():
            if age_s < len(SYMBOLS) or age_s % RENEWAL_S == 0:
                await one.until(lambda one: after_s in one.claimed)
                await self._looked_at(one, one.claimed[after_s] - set(looks(one)))
            await self._looked_at(one, {symbol for symbol in looks(one) if (after_s - SCHEDULES[symbol].phase_s) % INTERVAL_S == 0})

    async def kill(self, one):
        """End a recorder as kill -9 does."""
        del self.began[one]
        await one.kill()

    async def stored(self, symbol):
        """When the market was looked at."""
        series = await self.history.series("kraken", symbol, self.clock.utc - timedelta(hours=1), self.clock.utc)
        return [after(ms) for ms in series.time_ms.tolist()]

    async def _looked_at(self, one, symbols):
        await one.until(lambda one: all(self.now in looks(one).get(symbol, []) for symbol in symbols))

    async def _age_leases(self, seconds):
        # A server goes by its own clock, which no test moves.
        url = make_url(self.url)
        if url.get_backend_name() == "postgresql":
            connection = await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
            await connection.execute("UPDATE leases SET expires_ms = expires_ms - $1", 1_000 * seconds)
            await connection.close()


@asynccontextmanager
async def sharing(url):
    async with recorder(url, INTERVAL_S, *SYMBOLS, told=True) as first, recorder(url, INTERVAL_S, *SYMBOLS, told=True) as second:
        both = Sharing(url, first, second)
        try:
            yield both, first, second
        finally:
            await both.history.close()


def after(ms):
    return round(ms / 1_000 - ManualClock().start)


def looks(one):
    """When a recorder looked at each symbol."""
    found = {}
    for _, symbol, ms in one.stored:
        found.setdefault(symbol, []).append(after(ms))
    return found


def slots(symbol, times):
    return [SCHEDULES[symbol].slot(ManualClock().start + time) for time in times]


def moments(start, end):
    """When anything is due after `start`, up to `end`."""
    due = {0, 15, 30, 45} | {(began + RENEWAL_S * number) % 60 for began in (FIRST_AT, SECOND_AT) for number in range(5)}
    return [moment for moment in range(start + 1, end + 1) if moment % 60 in due]


async def test_each_pair_is_recorded_once_an_interval_and_when_one_recorder_is_killed_the_other_has_its_pairs_within_two(database_url):
    async with sharing(database_url) as (both, first, second):
        # Half of the markets are kept from the first until the second is there.
        kept = [("kraken", symbol) for symbol in SYMBOLS[2:]]
        assert await both.history.claim(kept, "whoever was before", 60) == kept
        for moment in (0, 1, 2, 3, 5, 6, 7, 8, 12):
            await both.step(moment)
        await both.history.release("whoever was before")
        for moment in moments(12, KILLED_AT):
            await both.step(moment)
        assert looks(first) == {"ADA/USD": [0, 60, 120], "BTC/USD": [1, 15, 75]}
        assert looks(second) == {"ETH/USD": [17, 30, 90], "SOL/USD": [17, 45, 105]}

        assert f"ADA/USD on kraken: process {first.process.pid} on {gethostname()} has it" in second.lines

        await both.step(KILLED_AT)
        await both.kill(first)
        for moment in moments(KILLED_AT, 300):
            await both.step(moment)
        assert sorted(looks(second)) == SYMBOLS
        second.process.terminate()
        assert await second.ended() == 0

        for symbol in SYMBOLS:
            stored = await both.stored(symbol)
            assert stored == sorted(looks(first).get(symbol, []) + looks(second)[symbol])
            assert len(set(slots(symbol, stored))) == len(stored), f"{symbol}: two looks in one interval"
        for symbol in SYMBOLS[:2]:
            times = looks(second)[symbol]
            assert times[0] - KILLED_AT <= 2 * INTERVAL_S
            assert slots(symbol, times) == list(range(slots(symbol, times)[0], slots(symbol, [300])[0] + 1))
        assert looks(second)["ETH/USD"] == [17, 30, 90, 150, 210, 270]
        assert looks(second)["SOL/USD"] == [17, 45, 105, 165, 225, 285]
        pairs = [("kraken", symbol) for symbol in SYMBOLS]
        assert await both.history.claim(pairs, "whoever comes next", 60) == pairs, "leases are given up at once where a recorder is stopped"
        await both.history.release("whoever comes next")
        assert await both.history.owner(pairs[0]) is None
