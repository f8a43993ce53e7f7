"""A process that records made-up books into a history, and says on stdout what it does and, once it is durable, what it stored."""

import asyncio
import signal
import sys
from datetime import UTC, datetime

from pens import Pen
from recording import ScriptedBooks

from tools.analytics.series import milliseconds
from tools.cache import Cache
from tools.history import History
from tools.market import Market
from tools.recorder import SteadyClock, record


def now():
    return datetime.now(UTC)


class Clock(SteadyClock):
    """As in production; made-up books are true when they are asked for."""

    start = 0.0

    @property
    def utc(self):
        return now()


class Acknowledging(History):
    """A history that says what is stored once append has returned."""

    async def append(self, snapshots, misses=()):
        new = await super().append(snapshots, misses)
        say("".join(f"stored {one.exchange} {one.symbol} {milliseconds(one.timestamp)}\n" for one in snapshots))
        return new


class Saying:
    """Says what it is told, and how many ticks of each market were skipped."""

    def __init__(self):
        self._skipped = {}

    def show(self, progress):
        for pair in progress.pairs:
            if pair.skipped != self._skipped.get(pair.market, 0):
                self._skipped[pair.market] = pair.skipped
                say(f"skipped {pair.market} {pair.skipped}\n")

    def say(self, line):
        say(f"{line}\n")


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


async def main(url, interval, symbols):
    clock, stop = Clock(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    history = Acknowledging(url, "live", now=now)
    market = Market(ScriptedBooks(clock), ("kraken",), "live", Pen(), now, history, Cache())
    await record(market, symbols, interval_seconds=interval, stop=stop, onlooker=Saying(), clock=clock)
    await history.close()


asyncio.run(main(sys.argv[1], float(sys.argv[2]), sys.argv[3:]))
