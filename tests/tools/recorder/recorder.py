"""A process that records made-up books into a history, and says on stdout what it does and, once it is durable, what it stored.

Its clock is the system's, or where it is `told` one that stands still until a line on stdin says where to: the seconds after `ManualClock().start`.
"""

import asyncio
import signal
import sys
from datetime import UTC, datetime

from pens import Pen
from recording import ManualClock, ScriptedBooks, Watching

from tools.analytics.series import milliseconds
from tools.cache import Cache
from tools.history import History
from tools.market import Market
from tools.recorder import SteadyClock, record


class Clock(SteadyClock):
    """As in production; made-up books are true when they are asked for."""

    start = 0.0

    @property
    def utc(self):
        return datetime.now(UTC)


class Telling(History):
    """A history that says what is stored, and what was claimed when, once it is."""

    def __init__(self, url, clock):
        super().__init__(url, "live", now=lambda: clock.utc)
        self._clock = clock

    async def append(self, snapshots, misses=()):
        appended = await super().append(snapshots, misses)
        say("".join(f"stored {one.exchange} {one.symbol} {milliseconds(one.timestamp)}\n" for one in snapshots))
        return appended

    async def claim(self, pairs, owner, lease_s):
        asked_at = self._clock.now() - self._clock.start
        held = await super().claim(pairs, owner, lease_s)
        say(f"claimed {asked_at:.3f} {' '.join(symbol for _, symbol in held)}\n")
        return held


class Saying(Watching):
    """Says what it is told."""

    def say(self, line):
        say(f"{line}\n")


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


async def told_clock():
    """A clock that goes by the lines on stdin, at the moment of the first."""
    clock, lines = ManualClock(), asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    clock.skip(float(await lines.readline()))

    async def follow():
        while line := await lines.readline():
            clock.skip(float(line))

    clock.following = asyncio.create_task(follow())
    return clock


async def main(which, url, interval, symbols):
    clock, stop = await told_clock() if which == "told" else Clock(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    history = Telling(url, clock)
    market = Market(ScriptedBooks(clock), ("kraken",), "live", Pen(), lambda: clock.utc, history, Cache())
    await record(market, symbols, interval_seconds=interval, stop=stop, onlooker=Saying(), clock=clock)
    await history.close()


asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4:]))
