"""What a tool is waiting for, told to the host while it waits."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager, suppress
from math import inf
from time import perf_counter
from typing import Any

from mcp.server.mcpserver import Context

from tools.book import ANALYSIS_LEVELS, Books, OrderBook

_HEARTBEAT_S = 1.0


class Progress:
    """Books that say how many of them have come and which are still to come; `doing` names other work."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._waiting: list[str] = []
        self._arrived = 0
        self._doing = ""
        self._changed = asyncio.Event()

    async def fetch(self, exchange: str, symbol: str, levels: int = ANALYSIS_LEVELS, max_age_s: float = inf) -> OrderBook:
        """The book that the market gives."""
        self._waiting.append(exchange)
        self._changed.set()
        try:
            return await self._books.fetch(exchange, symbol, levels, max_age_s)
        finally:
            self._waiting.remove(exchange)
            self._arrived += 1
            self._changed.set()

    def doing(self, work: str) -> None:
        """Say what happens now that no book is waited for."""
        self._doing = work
        self._changed.set()

    @property
    def message(self) -> str:
        """The state in a few words."""
        if not self._waiting:
            return self._doing or "working"
        asked = self._arrived + len(self._waiting)
        return f"{self._arrived} of {asked} books in, waiting for {', '.join(dict.fromkeys(self._waiting))}"

    @contextmanager
    def told_to(self, context: Context[Any, Any]) -> Generator[None]:
        """Report each change, and every second that nothing changes; progress is the seconds that have passed."""
        telling = list[asyncio.Task[None]]()
        # An answer out of the cache waits for nothing: it is given before the loop comes to this, and pays for no task.
        beginning = asyncio.get_running_loop().call_soon(self._begin, telling, context)
        try:
            yield
        finally:
            beginning.cancel()
            for task in telling:
                task.cancel()

    def _begin(self, telling: list[asyncio.Task[None]], context: Context[Any, Any]) -> None:
        telling.append(asyncio.create_task(self._tell(context, perf_counter())))

    async def _tell(self, context: Context[Any, Any], started: float) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_HEARTBEAT_S):
                    await self._changed.wait()
            self._changed.clear()
            await context.report_progress(perf_counter() - started, message=self.message)
