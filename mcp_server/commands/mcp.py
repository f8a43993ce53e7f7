"""`liquidity mcp`: the MCP server over stdio, for hosts that start it themselves."""

import asyncio
import logging
import os
import signal
from pathlib import Path
from threading import Timer
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext

from mcp_server.server import build_server
from tools import open_market
from tools.market import warm_up

from .running import ANSWERED, settings_from

_GRACE_S = 0.5


async def mcp(*, demo: bool, replay: Path | None) -> int:
    """Serve until stdin is closed or a signal comes, then end within a second."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    settings, loop, told = settings_from(demo=demo, replay=replay), asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    async with open_market(settings) as market:
        server = build_server(market)
        server.middleware.append(_Warming())
        serving, stop = asyncio.create_task(server.run_stdio_async()), asyncio.create_task(told.wait())
        await asyncio.wait({serving, stop}, return_when=asyncio.FIRST_COMPLETED)
        _end_in_time()
    if serving.done():
        serving.result()
    # The SDK reads stdin in a thread that nothing can wake, and for which an orderly end would wait; all that has to be closed is.
    os._exit(ANSWERED)


class _Warming:
    """Imports what the first question needs once the tools are listed, so that neither waits for it."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        result = await call_next(ctx)
        if ctx.method == "tools/list" and self._task is None:
            self._task = asyncio.create_task(warm_up())
        return result


def _end_in_time() -> None:
    """End the process even where Chrome or an import takes longer than a host waits; the exchanges are closed first."""
    watchdog = Timer(_GRACE_S, os._exit, (ANSWERED,))
    watchdog.daemon = True
    watchdog.start()
