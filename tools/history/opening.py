"""One opening of a database for all who ask for it at once."""

import asyncio
import logging
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING

from ..errors import LiquidityError
from ..parameters import Source

if TYPE_CHECKING:
    from .opened import Opened

AGAIN_S = 1.0
"""How long a failure that took as long to come stands for those who ask next: a server that does not answer is not waited for by one after the other."""
_log = logging.getLogger(__name__)


class Opening:
    """A database that opens with its first use, with the next where that failed, and again where its file is gone."""

    def __init__(self, url: str, source: Source) -> None:
        self._url = url
        self._source: Source = source
        self._open: Opened | None = None
        self._task: asyncio.Task[Opened] | None = None
        self._failed_at = -AGAIN_S
        self._failure: LiquidityError | None = None

    async def opened(self) -> "Opened":
        """The open database. Raises what opening it raised."""
        if self._open is not None and not self._open.database.is_gone():
            return self._open
        if self._task is None:
            if self._failure is not None and monotonic() - self._failed_at < AGAIN_S:
                raise self._failure
            self._task = asyncio.create_task(self._opening())
            self._task.add_done_callback(self._ended)
        # A caller who gives up leaves the opening to the others.
        return await asyncio.shield(self._task)

    async def close(self) -> None:
        """Close what is open."""
        if self._task is not None:
            await asyncio.wait({self._task})
        opened, self._open = self._open, None
        if opened is not None:
            await opened.database.close()

    async def _opening(self) -> "Opened":
        # What speaks SQL takes long to import; until history is used nobody waits for it.
        module = await asyncio.to_thread(import_module, "tools.history.opened")
        began = monotonic()
        self._failure = None
        try:
            await self._leave()
            self._open = opened = await module.open_database(self._url, self._source)
        except LiquidityError as error:
            self._failed_at = monotonic()
            self._failure = error if self._failed_at - began >= AGAIN_S else None
            raise
        return opened

    async def _leave(self) -> None:
        """Close the file that is gone from under us."""
        gone, self._open = self._open, None
        if gone is not None:
            _log.warning("The history's file was deleted or replaced while it was in use: what was in %s is lost, a new one is begun.", gone.database.name)
            await gone.database.close()

    def _ended(self, task: "asyncio.Task[Opened]") -> None:
        self._task = None
        if not task.cancelled():
            # Asked for, so that a failure which nobody waited for any more is not reported as forgotten.
            task.exception()
