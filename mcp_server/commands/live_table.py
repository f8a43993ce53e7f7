"""The live table of a recording, fitted into whatever terminal there is."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Literal, NamedTuple

from rich.cells import cell_len
from rich.console import Console, Group
from rich.table import Column, Table
from rich.text import Text

from tools.analytics.snapshot import Snapshot
from tools.deepening import COVERED_PCT
from tools.recorder import PairProgress, Progress
from tools.units import format_usd, format_value

from .telling import alerts, duration, number, standing_line, states, totals

_APART = 2
# States of pairs that need a look, the worst first.
_BAD = ("broken", "failing", "refused")


class _Column(NamedTuple):
    """What stands over a column and in its cells. Columns of the lowest `worth` give way first where the terminal is narrow."""

    header: str
    cell: Callable[[PairProgress], str]
    worth: int
    of_numbers: bool = True


def live_table(progress: Progress, seconds: float, console: Console) -> Group:
    """How a recording stands after so many seconds: totals, what is wrong or raised, and as many pairs as there is room for, the troubled first."""
    progress = replace(progress, pairs=tuple(sorted(progress.pairs, key=_urgency)))
    # The last line stays empty for what is typed: the echo of Ctrl-C in any other would move the table.
    height = console.height - 1
    head = _wrapped(_head(progress, seconds), console)
    notices = _fitting([_wrapped([notice], console) for notice in _notices(progress)], (height - len(head)) // 2)
    room = max(height - len(head) - len(notices) - 1, 1)
    shown = progress.pairs if len(progress.pairs) <= room else progress.pairs[: room - 1]
    return Group(*head, *notices, _table(shown, console), *_rest(progress.pairs[len(shown) :]), Text())


def _urgency(pair: PairProgress) -> tuple[int, bool]:
    """What pairs are sorted by: those that fail, then those with an alert."""
    return _BAD.index(pair.state) if pair.state in _BAD else len(_BAD), not pair.standing


def _head(progress: Progress, seconds: float) -> list[Text]:
    lines = [Text(f"{totals(progress)} in {duration(seconds)}"), Text(f"{number(len(progress.pairs), 'pair')}: {states(progress.pairs)}; {alerts(progress)}")]
    return [*lines, Text(progress.database_fault, "red")] if progress.database_fault else lines


def _notices(progress: Progress) -> list[Text]:
    """Why pairs fail, each reason once, and what is raised."""
    failing = defaultdict[str, list[str]](list)
    for pair in progress.pairs:
        if pair.state in _BAD:
            failing[pair.note].append(pair.name)
    reasons = [Text(f"{names[0] if len(names) == 1 else number(len(names), 'pair')}: {reason}", "red") for reason, names in failing.items()]
    return [*reasons, *(Text(standing_line(alert), "yellow") for alert in progress.standing)]


def _wrapped(texts: Iterable[Text], console: Console) -> list[Text]:
    """The texts in lines of whole words."""
    return [line for text in texts for line in text.wrap(console, console.width)]


def _fitting(notices: Iterable[list[Text]], room: int) -> list[Text]:
    """The first notices that have room, each whole."""
    lines: list[Text] = []
    for notice in notices:
        if len(lines) + len(notice) > room:
            break
        lines += notice
    return lines


def _rest(pairs: Sequence[PairProgress]) -> list[Text]:
    """How many pairs there is no room for."""
    counts = Counter(pair.state for pair in pairs)
    return [Text(f"and {', '.join(f'{count:,} more {state}' for state, count in counts.most_common())}", "dim")] if pairs else []


def _table(pairs: Sequence[PairProgress], console: Console) -> Table:
    """The pairs, with as many columns as there is room for."""
    columns = {column: [column.cell(pair) for pair in pairs] for column in _COLUMNS}
    while _width(columns) > console.width and len(columns) > 1:
        del columns[min(columns, key=_worth)]
    headers = [Column(column.header, justify="right" if column.of_numbers else "left", no_wrap=True) for column in columns]
    table = Table(*headers, box=None, padding=(0, _APART, 0, 0), pad_edge=False)
    for pair, cells in zip(pairs, zip(*columns.values(), strict=True), strict=True):
        table.add_row(*map(Text, cells), style="red" if pair.state in _BAD else "yellow" if pair.standing else None)
    return table


def _width(columns: Mapping[_Column, Sequence[str]]) -> int:
    """How wide a table of these columns is. Rich would tell by drawing it, which takes too long to be done for every column that gives way."""
    return sum(max(map(cell_len, (column.header, *cells))) for column, cells in columns.items()) + _APART * (len(columns) - 1)


def _worth(column: _Column) -> int:
    return column.worth


def _of_last(cell: Callable[[Snapshot], str]) -> Callable[[PairProgress], str]:
    """A cell about the last book, empty before there is one."""
    return lambda pair: cell(pair.last) if pair.last is not None else ""


def _mid(last: Snapshot) -> str:
    return format_value(last.mid_price, "price", last.symbol.partition("/")[2].partition(":")[0])


def _depth(last: Snapshot) -> str:
    covered = any(band.complete for band in last.depth if band.width_pct == COVERED_PCT)
    return f"{'' if covered else '≥ '}{format_usd(last.liquidity_1pct_usd)}"


def _market(pair: PairProgress) -> str:
    return pair.market or pair.symbol


def _count(name: Literal["stored", "failed", "skipped"]) -> Callable[[PairProgress], str]:
    return lambda pair: f"{getattr(pair, name):,}"


_COLUMNS = (
    _Column("market", _market, 10, of_numbers=False),
    _Column("exchange", attrgetter("exchange"), 9, of_numbers=False),
    _Column("state", attrgetter("state"), 8, of_numbers=False),
    _Column("book UTC", _of_last(lambda last: f"{last.timestamp:%H:%M:%S}"), 7),
    _Column("mid", _of_last(_mid), 2),
    _Column("spread", _of_last(lambda last: format_value(100 * last.spread_percentage, "bps")), 6),
    _Column("depth 1 %", _of_last(_depth), 5),
    _Column("stored", _count("stored"), 3),
    _Column("failed", _count("failed"), 4),
    _Column("skipped", _count("skipped"), 1),
)
