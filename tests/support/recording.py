"""What tests of recording stand on: a clock that moves when told, books that a test scripts, and an onlooker that can be waited for."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from math import inf

from make_books import book

from tools.book import ALL_LEVELS
from tools.recorder import Progress

LEVELS = [[[100 - 0.05 - i * 0.2, 2 + i] for i in range(30)], [[100 + 0.05 + i * 0.2, 2 + i] for i in range(30)]]
"""Bids and asks around 100 that reach further than 5 % from mid."""


class ManualClock:
    """A recorder's clock that stands still until a test moves it, never before somebody waits for that moment."""

    def __init__(self, start: float = 1_786_276_800.0):
        self._now = self.start = start
        self._waiting: dict[asyncio.Future, float] = {}
        self._changed = asyncio.Condition()

    def now(self):
        return self._now

    @property
    def utc(self):
        return datetime.fromtimestamp(self._now, UTC)

    async def until(self, moment):
        if moment <= self._now:
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting[future] = moment
        async with self._changed:
            self._changed.notify_all()
        try:
            await future
        finally:
            self._waiting.pop(future, None)

    async def reach(self, after_s):
        """Move to `after_s` after the start, once somebody waits for exactly that moment."""
        await self.awaited(lambda moment: abs(moment - self.start - after_s) < 1e-6)
        self.skip(after_s)

    async def awaited(self, meant):
        """Return once somebody waits for a moment that is meant."""
        async with self._changed:
            await self._changed.wait_for(lambda: any(map(meant, self._waiting.values())))

    def skip(self, after_s):
        """Move to `after_s` after the start, whoever waits."""
        self._now = self.start + after_s
        for future, moment in list(self._waiting.items()):
            if moment <= self._now + 1e-6:
                del self._waiting[future]
                if not future.done():
                    future.set_result(None)


class ScriptedBooks:
    """Books true at the clock's time, or at `as_of` where that is set. `markets` says what a symbol means, `errors` what an exchange raises instead, `gate` holds every answer back.

    Where `shallow` is true only who asks for all levels gets them, or the error of `deep_errors`.
    """

    def __init__(self, clock, source="live", **markets):
        self._clock, self._source = clock, source
        self.markets = {"BTC": "BTC/USD", "ETH": "ETH/USD", **markets}
        self.errors, self.deep_errors = {}, {}
        self.shallow = False
        self.as_of = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = []
        self.rows = LEVELS
        self._asked = asyncio.Event()

    async def fetch(self, exchange, symbol, levels=1_000, max_age_s=inf):
        self.asked.append((exchange, symbol, round(self._clock.now() - self._clock.start, 3)))
        self._asked.set()
        await self.gate.wait()
        failing = self.errors if levels < ALL_LEVELS else {**self.errors, **self.deep_errors}
        if exchange in failing:
            raise failing[exchange]
        cut = self.shallow and levels < ALL_LEVELS
        rows = [side[:3] for side in self.rows] if cut else self.rows
        taken = book(*rows, exchange=exchange, symbol=self.markets.get(symbol, symbol), all_sent=(not cut, not cut), source=self._source)
        return replace(taken, as_of=self.as_of or self._clock.utc, received_at=self._clock.utc)

    async def asked_at(self, exchange, symbol, after_s):
        """Wait until that market was asked for at that moment."""
        while (exchange, symbol, after_s) not in self.asked:
            self._asked.clear()
            await self._asked.wait()

    async def close(self): ...


class Watching:
    """An onlooker that keeps what it is shown and told, and can be waited for."""

    def __init__(self):
        self.progress = Progress(())
        self.lines = []
        self._changed = asyncio.Event()

    def show(self, progress):
        self.progress = progress
        self._changed.set()

    def say(self, line):
        self.lines.append(line)
        self._changed.set()

    async def until(self, condition):
        """Wait until what is shown is so; `condition` takes the Progress."""
        while not (self.progress.pairs and condition(self.progress)):
            self._changed.clear()
            await self._changed.wait()
