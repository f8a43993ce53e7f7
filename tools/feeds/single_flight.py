"""One piece of work for all who ask for the same thing at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass
class _Flight:
    task: asyncio.Task[Any]
    waiting: int = 0


class SingleFlight:
    """Joins callers of one key to one task. A caller may give up alone; the work stops when the last has."""

    def __init__(self) -> None:
        self._flights: dict[object, _Flight] = {}

    async def run(self, key: object, work: Callable[[], Awaitable[T]]) -> T:
        """The result of `work()`, or of the same work already under way."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(asyncio.ensure_future(work()))
            flight.task.add_done_callback(lambda _: self._landed(key, flight))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.task.done():
                self._landed(key, flight)
                flight.task.cancel()

    def _landed(self, key: object, flight: _Flight) -> None:
        """Make room for the next flight of `key`, which may be under way already where this one was given up."""
        if self._flights.get(key) is flight:
            del self._flights[key]
