"""How recorders on one database share the work: each market is recorded by the one that holds its lease."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..errors import HistoryUnavailable
from ..history import History
from ..history.store import LONGEST_LEASE_S, Pair
from .clock import Clock, before

# A recorder that dies is followed after a lease and a renewal at most, which is 1.5 intervals or less, so that the first look comes within two.
_LEASE_INTERVALS = 1.25
_RENEWALS = 5


@dataclass(eq=False)
class Tenure:
    """One uninterrupted time of holding a market's lease, which by our clock ends at `expires` unless renewed.

    `ended` is set where the database says that another holds the market; `shared` where that may have been so before it could be asked.
    """

    expires: float = 0.0
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    shared: bool = False


class Leases:
    """The leases of the markets that one recorder looks at every `interval_s`.

    While the database does not answer, be it by a failure or not at all, what was held is held on, and what could never be asked for is held too: where
    it is away for all, nobody else can take over. Where only this recorder is cut off from it, another can, and both look until it answers here again.
    """

    def __init__(self, history: History, clock: Clock, owner: str, interval_s: float) -> None:
        self._history = history
        self._clock = clock
        self._owner = owner
        self._lease_s = min(_LEASE_INTERVALS * interval_s, LONGEST_LEASE_S)
        self._renewal_s = self._lease_s / _RENEWALS
        self._answered: dict[Pair, bool] = {}
        self._tenures: dict[Pair, Tenure] = {}
        self._away = False
        self._wanted = asyncio.Event()
        self._changed = asyncio.Condition()

    def tenure(self, market: Pair) -> Tenure | None:
        """The tenure in which the market is held now."""
        tenure = self._tenures.get(market)
        return tenure if tenure and (self._away or self._clock.now() < tenure.expires) else None

    def want(self, market: Pair) -> None:
        """Ask for a market's lease, now and from now on."""
        self._answered[market] = False
        if self._away:
            self._hold_on([market])
        self._wanted.set()

    def give_up(self, market: Pair) -> None:
        """Ask for a market's lease no longer: it runs out, and whoever wants it follows."""
        self._answered.pop(market, None)
        self._tenures.pop(market, None)

    async def is_elsewhere(self, market: Pair) -> bool:
        """Whether another holds the market; where a lease ran out unrenewed, only the database's next answer tells."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.tenure(market) is not None or (self._answered[market] and market not in self._tenures))
        return market not in self._tenures

    async def granted(self, market: Pair) -> Tenure:
        """Wait until the market is held."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.tenure(market) is not None)
        return self._tenures[market]

    async def run(self) -> None:
        """Renew what is held and ask for the rest, forever; what is newly wanted is asked for at once."""
        while True:
            due = self._clock.now() + self._renewal_s
            await self._claim(list(self._answered))
            while await before(self._clock, due, self._wanted.wait()):
                await self._claim([market for market, answered in self._answered.items() if not answered])

    async def _claim(self, markets: Sequence[Pair]) -> None:
        self._wanted.clear()
        if not markets:
            return
        asked_at = self._clock.now()
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(self._unanswered(markets, asked_at))
            try:
                held = await self._history.claim(markets, self._owner, self._lease_s)
            except HistoryUnavailable:
                self._hold_on(markets)
            else:
                self._settle(markets, held, asked_at)
            waiting.cancel()
        await self._tell()

    async def _unanswered(self, markets: Sequence[Pair], asked_at: float) -> None:
        """Take the database for away once it lets the first lease that is held run out, or another of its length where all have. What was never held waits."""
        if self._tenures:
            ends = [tenure.expires for tenure in self._tenures.values() if tenure.expires > asked_at]
            await self._clock.until(min(ends, default=asked_at + self._lease_s))
            self._hold_on(markets)
            await self._tell()

    def _hold_on(self, markets: Sequence[Pair]) -> None:
        self._away = True
        for market in markets:
            if self._answered.get(market) is False:
                self._tenures.setdefault(market, Tenure())

    def _settle(self, markets: Sequence[Pair], held: Sequence[Pair], asked_at: float) -> None:
        now, expires = self._clock.now(), asked_at + self._lease_s
        # Some may have been given up since.
        wanted = self._answered.keys() & markets
        self._answered |= dict.fromkeys(wanted, True)
        for market in wanted - set(held):
            if tenure := self._tenures.pop(market, None):
                tenure.shared = self._away and tenure.expires <= now
                tenure.ended.set()
        for market in wanted & set(held):
            self._tenures.setdefault(market, Tenure()).expires = expires
        # An answer that comes after its own lease ran out tells nothing of now.
        self._away = self._away and expires <= now

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
