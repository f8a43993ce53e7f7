"""Exchanges' published call costs, kept in a token bucket that lets a burst through after a pause."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

BURST_S = 10.0
"""How long an idle bucket saves up: as many calls as the exchange allows in this time may go at once."""


class TokenBucket:
    """Tokens accrue at one per `interval_s`, up to BURST_S worth; a call takes its published cost in tokens.

    A call that finds too few waits for them in the order of arrival. The long-run rate is the published one.
    """

    def __init__(self, interval_s: float, *, clock: Callable[[], float] = monotonic, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._interval_s = interval_s
        self._capacity = BURST_S / interval_s if interval_s > 0 else 0.0
        self._clock = clock
        self._sleep = sleep
        self._tokens = self._capacity
        self._refilled = clock()

    def wait_s(self, cost: float) -> float:
        """How long a call of `cost` would wait now, in seconds."""
        return max(0.0, (cost - self._available()) * self._interval_s)

    async def take(self, cost: float) -> None:
        """Take `cost` tokens, waiting for them where needed; a caller that gives up returns them."""
        wait = self.wait_s(cost)
        self._tokens = self._available() - cost
        try:
            if wait > 0:
                await self._sleep(wait)
        except asyncio.CancelledError:
            self._tokens += cost
            raise

    def drain(self) -> None:
        """Forget the savings: the exchange said that it has had enough."""
        self._tokens = min(self._available(), 0.0)

    def _available(self) -> float:
        if self._interval_s <= 0:
            return self._capacity
        now = self._clock()
        self._tokens = min(self._capacity, self._tokens + (now - self._refilled) / self._interval_s)
        self._refilled = now
        return self._tokens
