"""What was seen on its way into the database: kept in order while the database is away, within a bound."""

import asyncio
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from math import inf
from typing import NamedTuple

from ..analytics.snapshot import Miss, Snapshot
from ..errors import HistoryUnavailable, NotStorable
from ..history import History
from .clock import Clock

KEPT = 10_000
"""Looks that wait at most; beyond, the oldest are dropped."""
_BATCH = 500
_RETRY_S = 1.0
_CLOSED = "Looks of hours that were down-sampled before are not stored: their hours take no more."


class Look(NamedTuple):
    """What was seen of the pair at that place."""

    place: int
    seen: Snapshot | Miss


class Outbox:
    """Looks that wait to be durable. `stored` and `dropped` are told of those that are, and of those that never will be."""

    def __init__(
        self,
        history: History,
        clock: Clock,
        *,
        stored: Callable[[Sequence[Look]], None],
        dropped: Callable[[Sequence[Look]], None],
        changed: Callable[[], None],
        say: Callable[[str], None],
        kept: int = KEPT,
    ) -> None:
        self._history = history
        self._clock = clock
        self._stored = stored
        self._dropped = dropped
        self._changed = changed
        self._say = say
        self._kept = kept
        # Pickled: a snapshot's many small objects would take six times the memory.
        self._looks = deque[bytes]()
        self._writing: list[bytes] = []
        self._filled = asyncio.Event()
        self._fault = ""
        self._overflowed = False
        self._reasons = set[str]()
        self._apart = 0

    @property
    def waiting(self) -> tuple[int, str]:
        """How many looks are not yet durable, and what is wrong with the database, if anything."""
        return len(self._looks) + len(self._writing), self._fault

    def add(self, look: Look) -> None:
        """Keep a look until it is durable, or until too many others follow it."""
        self._looks.append(pickle.dumps(look))
        self._filled.set()
        self._keep_within_bound()
        self._changed()

    async def run(self) -> None:
        """Write what comes, forever; while the database is away, try it once a second."""
        while True:
            await self._filled.wait()
            if not await self._write():
                await self._clock.until(self._clock.now() + _RETRY_S)

    async def empty(self, until: float = inf) -> bool:
        """Write what waits, beginning no write after that moment; False where the database does not answer."""
        while self._looks and self._clock.now() < until:
            if not await self._write():
                return False
        return True

    def give_up(self) -> None:
        """Drop all that waits."""
        self._drop(len(self._looks))

    async def _write(self) -> bool:
        """Write the oldest looks; False where the database is away, and they wait on."""
        count, self._apart = (1, self._apart - 1) if self._apart else (min(_BATCH, len(self._looks)), 0)
        self._writing = [self._looks.popleft() for _ in range(count)]
        looks = _unpickled(self._writing)
        try:
            refused, why = (await self._history.append(*_sorted(look.seen for look in looks))).refused, _CLOSED
        except HistoryUnavailable as error:
            self._put_back()
            self._went_away(str(error))
            return False
        except NotStorable as error:
            if count > 1:
                # One of them is not, which the others need not suffer for.
                self._put_back()
                self._apart = min(count, len(self._looks))
                return True
            refused, why = [looks[0].seen], str(error)
        except BaseException:
            self._put_back()
            raise
        self._writing = []
        if not self._looks:
            self._filled.clear()
        self._came_back(len(looks))
        self._settle(looks, {id(one) for one in refused}, why)
        self._changed()
        return True

    def _settle(self, done: Sequence[Look], refused: set[int], why: str) -> None:
        """Tell of what was written; `refused` are the ids of those among it that the database will never take."""
        self._stored([look for look in done if id(look.seen) not in refused])
        if refused:
            if why not in self._reasons:
                self._say(why)
            self._reasons.add(why)
            self._dropped([look for look in done if id(look.seen) in refused])

    def _put_back(self) -> None:
        self._looks.extendleft(reversed(self._writing))
        self._writing = []
        self._keep_within_bound()

    def _went_away(self, fault: str) -> None:
        if not self._fault:
            self._say(f"{fault} Recording goes on; up to {self._kept:,} looks are kept until it answers.")
        self._fault = fault
        self._changed()

    def _came_back(self, done: int) -> None:
        if self._fault:
            self._say(f"The history's database answers again; {done + len(self._looks):,} looks that waited for it are being stored.")
        self._fault, self._overflowed = "", False

    def _keep_within_bound(self) -> None:
        excess = len(self._looks) + len(self._writing) - self._kept
        if excess > 0:
            if not self._overflowed:
                self._say(f"{self._kept:,} looks wait for the history's database; from now on the oldest are dropped.")
            self._overflowed = True
            self._drop(min(excess, len(self._looks)))

    def _drop(self, count: int) -> None:
        lost = list(islice(self._looks, count))
        for _ in lost:
            self._looks.popleft()
        if lost:
            self._dropped(_unpickled(lost))


def _unpickled(looks: Iterable[bytes]) -> list[Look]:
    return [pickle.loads(one) for one in looks]  # noqa: S301 - pickled here


def _sorted(seen: Iterable[Snapshot | Miss]) -> tuple[list[Snapshot], list[Miss]]:
    looks = list(seen)
    return [one for one in looks if isinstance(one, Snapshot)], [one for one in looks if isinstance(one, Miss)]
