"""How a recording looks in a terminal: a live table, or lines where nobody watches, and a summary at the end."""

from collections.abc import Sequence
from time import monotonic
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from tools.analytics.alerts import LiquidityAlert
from tools.deepening import COVERED_PCT
from tools.history.watch import Deliver
from tools.recorder import Gap, Onlooker, PairProgress, Progress
from tools.units import format_usd, format_value

from .running import say

_LINE_EVERY_S = 60.0
# States of pairs under which nothing is recorded.
_NOTHING = {"refused", "duplicate"}


class LiveTable:
    """An onlooker that keeps a table of all pairs on the terminal at stderr, and says above it what happens."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(())
        self._live = Live(console=console, get_renderable=self._table, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, progress: Progress) -> None:
        self._progress = progress

    def say(self, line: str) -> None:
        self._live.console.print(line, markup=False, highlight=False)

    def _table(self) -> Table:
        table = Table(caption=_totals(self._progress), caption_justify="left")
        for column in ("market", "exchange", "last look UTC", "mid", "spread", "depth 1 %", "stored", "failed", "skipped", "state"):
            table.add_column(column, overflow="fold")
        for pair in self._progress.pairs:
            table.add_row(*_row(pair))
        return table


class Lines:
    """An onlooker that writes to stderr what happens, and once a minute how far the recording is."""

    def __init__(self) -> None:
        self._next = monotonic() + _LINE_EVERY_S

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def show(self, progress: Progress) -> None:
        if monotonic() >= self._next:
            self._next = monotonic() + _LINE_EVERY_S
            say(_totals(progress))

    def say(self, line: str) -> None:
        say(line)


def screen() -> LiveTable | Lines:
    """A table where a person watches, lines where stderr is no terminal."""
    console = Console(stderr=True)
    return LiveTable(console) if console.is_terminal else Lines()


def shown_and(deliver: Deliver, onlooker: Onlooker) -> Deliver:
    """Says each alert on the screen, then delivers it."""

    def both(alert: LiquidityAlert) -> None:
        onlooker.say(_alert_line(alert))
        deliver(alert)

    return both


def _alert_line(alert: LiquidityAlert) -> str:
    """An alert in one line."""
    where = f"{alert.symbol} on {alert.exchange}"
    return f"ALERT {alert.severity} {where}: {alert.message}. {alert.suggested_action}" if alert.state == "raised" else f"ALL CLEAR {where}: {alert.message}"


def summary(progress: Progress) -> str:
    """What a whole recording came to, and what of it is missing."""
    pairs = [f"{pair.name}: {pair.note if pair.state in _NOTHING else _counts([pair])}" for pair in progress.pairs]
    gaps = [f"{name}: a gap, {_lost(gap)}." for name, gap in progress.gaps.items()]
    return "\n".join([*pairs, *gaps, f"In all: {_totals(progress)}"])


def _lost(gap: Gap) -> str:
    return f"{_number(gap.count, 'look')} from {gap.first:%Y-%m-%d %H:%M:%S} to {gap.last:%Y-%m-%d %H:%M:%S} UTC could not be stored"


def _totals(progress: Progress) -> str:
    lost = sum(gap.count for gap in progress.gaps.values())
    away = f"database unavailable, {progress.buffered:,} buffered" if progress.database_fault else ""
    return ", ".join(part for part in (_counts(progress.pairs), f"{lost:,} lost" if lost else "", away) if part)


def _counts(pairs: Sequence[PairProgress]) -> str:
    stored, failed, skipped = sum(pair.stored for pair in pairs), sum(pair.failed for pair in pairs), sum(pair.skipped for pair in pairs)
    return f"{_number(stored, 'snapshot')} stored, {_number(failed, 'look')} failed, {_number(skipped, 'tick')} skipped"


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _row(pair: PairProgress) -> tuple[str, ...]:
    last = pair.last
    seen = ("", "", "", "")
    if last is not None:
        covered = any(band.complete for band in last.depth if band.width_pct == COVERED_PCT)
        depth = f"{'' if covered else 'at least '}{format_usd(last.liquidity_1pct_usd)}"
        seen = (f"{last.timestamp:%H:%M:%S}", format_value(last.mid_price, "price"), format_value(last.spread_percentage, "pct"), depth)
    counts = (f"{count:,}" for count in (pair.stored, pair.failed, pair.skipped))
    return pair.market or pair.symbol, pair.exchange, *seen, *counts, pair.note or pair.state
