"""When each market is looked at: on a grid that all recorders share and no delay shifts."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Protocol

OPENING_STEP_S = 1.0
"""First looks come at least this often, so that whoever starts a recorder with a long interval soon sees it work."""


class Clock(Protocol):
    """Seconds since 1970, which only ever grow, and waiting by them."""

    def now(self) -> float: ...

    async def until(self, moment: float) -> None:
        """Return at that moment, or at once where it has passed."""
        ...


class SteadyClock:
    """The system's time at the start, carried on by its monotonic clock: nobody can set it back or ahead."""

    def __init__(self) -> None:
        self._origin = time.time() - time.monotonic()

    def now(self) -> float:
        return self._origin + time.monotonic()

    async def until(self, moment: float) -> None:
        await asyncio.sleep(max(0.0, moment - self.now()))


@dataclass(frozen=True)
class Schedule:
    """The ticks `interval_s * k + phase_s` for every whole k, in seconds since 1970. Slot k lasts from tick k to the next."""

    interval_s: float
    phase_s: float

    def slot(self, moment: float) -> int:
        return floor((moment - self.phase_s) / self.interval_s)

    def tick(self, slot: int) -> float:
        return slot * self.interval_s + self.phase_s


def spread(intervals: Sequence[float]) -> list[Schedule]:
    """A schedule for each of these intervals (s), the ticks of equal ones evenly spaced."""
    return [Schedule(interval, interval * place / len(intervals)) for place, interval in enumerate(intervals)]


def openings(start: float, intervals: Sequence[float]) -> list[float]:
    """When each is looked at first: one after the other, no faster than ever after or once a step."""
    step = min(OPENING_STEP_S, 1 / sum(1 / interval for interval in intervals))
    return [start + place * step for place in range(len(intervals))]
