"""One look at a market, at a book or in vain: what now is, beside what was."""

from dataclasses import dataclass
from datetime import datetime
from math import isnan

from ..parameters import Source
from .figures import Figures, figures, row
from .series import Series, moment
from .snapshot import Miss, Snapshot


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was seen of a market at one moment: its figures, or why there are none (`failure`, an error's kind)."""

    source: Source
    exchange: str
    symbol: str
    at: datetime
    figures: Figures | None
    failure: str = ""


def look(seen: Snapshot | Miss) -> Look:
    """The look that gave a snapshot, or failed."""
    found, failure = (figures(seen), "") if isinstance(seen, Snapshot) else (None, seen.kind)
    return Look(source=seen.source, exchange=seen.exchange, symbol=seen.symbol, at=seen.timestamp, figures=found, failure=failure)


def last(series: Series) -> Look | None:
    """The newest look of a series; None where it has none, or where all that is left of it is an hour's mean.

    Of a look in vain a series knows when it was, not why: its `failure` is for the history to tell.
    """
    times = [int(column[-1]) if len(column) else -1 for column in (series.time_ms, series.failed_ms)]
    failed = times[1] > times[0]
    if not failed and (times[0] < 0 or series.hourly[-1] or isnan(series.best_bid[-1] + series.best_ask[-1])):
        return None
    return Look(
        source=series.source,
        exchange=series.exchange,
        symbol=series.symbol,
        at=moment(max(times)),
        figures=None if failed else row(series, -1),
    )
