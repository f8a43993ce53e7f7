"""Looks on their way to being judged, one after the other: however slow the database is, no look waits for it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from ..analytics.snapshot import Miss, Snapshot
from ..history.uncut import uncut

WAITING = 20
"""Looks that wait at most; beyond, the oldest are not judged."""


class Judging:
    """Hands looks to `judge` in their order, each once the one before is judged."""

    def __init__(self, judge: Callable[[Snapshot | Miss], Coroutine[Any, Any, object]]) -> None:
        self._judge = judge
        self._looks = asyncio.Queue[Snapshot | Miss](WAITING)

    def add(self, seen: Snapshot | Miss) -> None:
        """Have a look judged."""
        if self._looks.full():
            self._looks.get_nowait()
            self._looks.task_done()
        self._looks.put_nowait(seen)

    async def run(self) -> None:
        """Judge what comes, forever. What has begun is ended: an alert cut off may be stored, and then nobody would ever hear of it."""
        while True:
            await uncut(asyncio.ensure_future(self._judge(await self._looks.get())))
            self._looks.task_done()

    async def done(self) -> None:
        """Return once all looks are judged."""
        await self._looks.join()
