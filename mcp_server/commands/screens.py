"""How a recording looks in a terminal: a live table, or lines where nobody watches."""

import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic
from typing import Self

import stamina
from rich.console import Console
from rich.live import Live

from tools.analytics.alerts import LiquidityAlert
from tools.history.watch import Deliver
from tools.market import Market
from tools.recorder import Onlooker, Progress
from tools.settings import Settings
from tools.webhooks import configured

from .live_table import live_table
from .running import say
from .telling import alert_line, summary, totals

_LINE_EVERY_S = 60.0


class Lines:
    """An onlooker that writes to stderr what happens, and once a minute how far the recording is."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.progress = Progress(())
        self._clock = clock
        self._began = clock()
        self._next = self._began + _LINE_EVERY_S

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def show(self, progress: Progress) -> None:
        self.progress = progress
        if (now := self._clock()) >= self._next:
            self._next = now + _LINE_EVERY_S
            say(totals(progress))

    def say(self, line: str) -> None:
        say(line)

    @property
    def seconds(self) -> float:
        """How long the recording goes on."""
        return self._clock() - self._began

    def summary(self) -> str:
        """What the recording has come to."""
        return summary(self.progress, self.seconds)


class LiveTable(Lines):
    """An onlooker that keeps a table of all pairs on the terminal, and says above it what happens."""

    def __init__(self, console: Console, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(clock)
        self._live = Live(console=console, get_renderable=lambda: live_table(self.progress, self.seconds, console), refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, progress: Progress) -> None:
        self.progress = progress

    def say(self, line: str) -> None:
        self._live.console.print(line, markup=False, highlight=False)


def screen() -> Lines:
    """A table where a person watches, lines where stderr is no terminal or one that cannot move its cursor."""
    console = Console(stderr=True)
    # A Console that is forced to colours takes every file for a terminal.
    return LiveTable(console) if sys.stderr.isatty() and console.is_interactive else Lines()


@asynccontextmanager
async def delivering(settings: Settings, market: Market, onlooker: Onlooker) -> AsyncGenerator[Deliver]:
    """Says each alert on the screen, then sends it to the webhook that the settings name, if any."""
    # Each retry of a webhook would be a line of its own beside the one that says what is wrong.
    with _silent_retries():
        async with configured(settings, now=market.now, say=onlooker.say) as send:
            yield shown_and(send, onlooker)


@contextmanager
def _silent_retries() -> Generator[None]:
    """Meanwhile nothing in this process says that it tries again: stamina can be silenced for all of it only."""
    hooks = stamina.instrumentation.get_on_retry_hooks()
    stamina.instrumentation.set_on_retry_hooks(())
    try:
        yield
    finally:
        stamina.instrumentation.set_on_retry_hooks(hooks)


def shown_and(deliver: Deliver, onlooker: Onlooker) -> Deliver:
    """Says each alert on the screen, then delivers it."""

    def both(alert: LiquidityAlert) -> None:
        onlooker.say(alert_line(alert))
        deliver(alert)

    return both
