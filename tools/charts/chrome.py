"""One Chrome behind Kaleido, and how it dies."""

import asyncio
import logging
import os
import signal
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from ..errors import ChartUnavailable
from .theme import Json

WAY_OUT = "run `make setup`, or install Chrome or Chromium"
# Choreographer can wait for ever for the goodbye of a Chrome that was closed while it was drawing; cancelled, it goes on and cleans up.
_GOODBYE_S = 1.5
_ENDING_S = 8.0

_log = logging.getLogger(__name__)


def chrome_path() -> str | None:
    """The Chrome or Chromium that images are drawn with, None where none is found."""
    path = import_module("choreographer.browsers.chromium").Chromium.find_browser(skip_local=False)
    return path if path and Path(path).is_file() else None


class ChromeDiedError(Exception):
    """Chrome ended while it was drawing."""


class Chrome:
    """A Chrome that starts with its first figure, and the thread with the event loop that drives it.

    It has a thread of its own because choreographer blocks its event loop, for two seconds when Chrome has died, while cleaning up.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        # What choreographer's tasks still have to say about a Chrome that died; the drawing itself reports failure to its caller.
        self._loop.set_exception_handler(lambda _, context: _log.debug("Chrome: %s", context))
        self._stop = asyncio.Event()
        self._kaleido: Any = None
        self._thread = Thread(target=self._run, name="chart-renderer", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether its thread has still work to do."""
        return self._thread.is_alive()

    @property
    def died(self) -> bool:
        """Whether it was started and has ended."""
        return self._process is not None and self._process.poll() is not None

    async def draw(self, figure: Json, options: Json) -> bytes:
        """The figure as an image. Cancelling it, or an error, leaves a Chrome in a state that nobody knows: kill it then.

        Raises ChartUnavailable where there is no Chrome, ChromeDiedError and choreographer's errors where it fails.
        """
        drawing = asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._calculate(figure, options), self._loop))
        try:
            await asyncio.wait({drawing})
        finally:
            drawing.cancel()
        # Choreographer cancels whatever waits on a Chrome that died; nobody else cancels here.
        if drawing.cancelled():
            raise ChromeDiedError
        return drawing.result()

    def kill(self) -> None:
        """End Chrome at once; its thread cleans up after it."""
        if self._process is not None and not self.died:
            with suppress(ProcessLookupError):
                _kill(self._process.pid)
        self._ask_to_stop()

    async def end(self) -> None:
        """End Chrome properly and wait for that, which takes a fifth of a second, or by force some seconds."""
        self._ask_to_stop()
        await asyncio.to_thread(self._thread.join, _ENDING_S)
        if self.running:
            self.kill()

    @property
    def _process(self) -> Any:
        return getattr(self._kaleido, "subprocess", None)

    def _ask_to_stop(self) -> None:
        # The loop may just have closed by itself.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stop.set)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        await self._stop.wait()
        if self._kaleido is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await self._kaleido.close()

    async def _calculate(self, figure: Json, options: Json) -> bytes:
        task = asyncio.current_task()
        try:
            kaleido = await self._opened()
            return await kaleido.calc_fig(figure, opts=options)
        except Exception as error:
            # Choreographer turns a cancellation into errors of its own, which would then go unheard.
            if task is not None and task.cancelling():
                raise asyncio.CancelledError from error
            raise

    async def _opened(self) -> Any:
        if self._kaleido is None:
            # Asked first, since Kaleido leaves threads behind where it finds no Chrome.
            if chrome_path() is None:
                raise ChartUnavailable(f"There is no Chrome or Chromium here to draw the chart as an image; {WAY_OUT}.")
            # MathJax would be fetched from the internet, and deadlines are the caller's to keep.
            self._kaleido = import_module("kaleido").Kaleido(n=1, mathjax=False, timeout=None)
            await self._kaleido.open()
        return self._kaleido


def _kill(pid: int) -> None:
    """End a process and, where there are groups, all that it started."""
    if hasattr(os, "killpg"):
        os.killpg(pid, signal.SIGKILL)
    else:
        os.kill(pid, signal.SIGTERM)
