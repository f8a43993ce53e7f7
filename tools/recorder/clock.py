"""When each market is looked at: on a grid that all recorders share and no delay shifts."""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
OPENING_STEP_S = 1.0
"""First looks come at least this often, so that whoever starts a recorder with a long interval soon sees it work."""
# Waiting stands still while a machine sleeps, which Linux's clock since boot does not.
_LONGEST_NAP_S = 10.0


class Clock(Protocol):
    """Seconds since 1970, which only ever grow, and waiting by them."""

    def now(self) -> float: ...

    async def until(self, moment: float) -> None:
        """Return at that moment, or at once where it has passed."""
        ...


class SteadyClock:
    """The system's time at the start, carried on by a clock that nobody can set: one that goes on while a machine sleeps, where there is one."""

    def __init__(self) -> None:
        self._origin = time.time() - _elapsed()

    def now(self) -> float:
        return self._origin + _elapsed()

    async def until(self, moment: float) -> None:
        while (left := moment - self.now()) > 0:  # noqa: ASYNC110 - no event tells of the time
            await asyncio.sleep(min(left, _LONGEST_NAP_S))


def _elapsed() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


async def before(clock: Clock, moment: float, work: Coroutine[Any, Any, T]) -> T | None:
    """What `work` gives, None where it has not ended by that moment, when it is given up."""
    async with asyncio.TaskGroup() as group:
        working, waiting = group.create_task(work), group.create_task(clock.until(moment))
        await asyncio.wait([working, waiting], return_when=asyncio.FIRST_COMPLETED)
        for task in (working, waiting):
            task.cancel()
    return None if working.cancelled() else working.result()


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
