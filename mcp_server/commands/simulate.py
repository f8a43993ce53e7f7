"""`liquidity simulate`: the simulated venues alone."""

import asyncio
import json
import signal
from pathlib import Path

from tools.simulator import GeneratedBooks, RecordedBooks, Simulator

from .running import ANSWERED, results, say


async def simulate(port: int, seed: int, replay: Path | None) -> int:
    """Serve until interrupted; the exchange configuration goes to stdout."""
    books = RecordedBooks(replay) if replay is not None else GeneratedBooks(seed)
    async with Simulator(books, port=port) as simulator:
        with results():
            print(json.dumps(simulator.exchange_config, indent=2))
        say(f"{books.source} venues at http://127.0.0.1:{simulator.port}: {', '.join(simulator.exchanges)}.")
        say("Save the JSON above to a file and name it in LIQUIDITY_EXCHANGE_CONFIG. Ctrl-C ends the venues.")
        await until_told_to_stop()
    return ANSWERED


async def until_told_to_stop() -> None:
    """Wait for SIGINT or SIGTERM."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
