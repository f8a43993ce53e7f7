"""The alerts of one symbol over a window, and what was watched meanwhile: no alert means little where nobody looked."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar, get_args

from ..units import Count
from . import gaps
from .alerts import AlertType, LiquidityAlert, Severity
from .gaps import Gap
from .result import Record, Result
from .series import Series, milliseconds, moment

T = TypeVar("T", bound=str)

_MOST_GAPS = 5
# After so many of the usual intervals without a look, what stood may have ended unseen.
_LATE = 2.5


class WatchedMarket(Record):
    """One exchange's market as it was recorded within the window: the first and the last look, null where there was none.

    `gaps` are the longest stretches between them in which nobody looked.
    """

    exchange: str
    symbol_used: str
    first: datetime | None
    last: datetime | None
    sample_count: Count
    failed_count: Count
    gaps: list[Gap]


class AlertBoard(Result):
    """Alerts on one symbol that stood at some time from `start` to `end`, newest first.

    `open_count` is how many still stood at `end`; `failed_count` how many looks gave no valid book; `failures` maps an exchange that could not be
    watched to the reason. `as_of` is the time of the newest snapshot, of the exchange where that is oldest.
    """

    symbol: str
    start: datetime
    end: datetime
    exchanges: list[str]
    watched: list[WatchedMarket]
    failures: dict[str, str]
    alerts: list[LiquidityAlert]
    open_count: Count
    by_severity: dict[Severity, Count]
    by_type: dict[AlertType, Count]
    sample_count: Count


def board(alerts: Iterable[LiquidityAlert], watched: Sequence[Series], asked: str, now: datetime, failures: Mapping[str, str] = {}) -> AlertBoard:
    """The board of the alerts on `asked` over the window of `watched`, which holds at least one series, all of one window.

    Raises ValueError when sources are mixed: that is a fault of the program, never shown as a fact.
    """
    newest = sorted(alerts, key=lambda alert: alert.timestamp, reverse=True)
    sources = {one.source for one in (*watched, *newest)}
    if len(sources) != 1:
        raise ValueError(f"alerts of different sources on one board: {sorted(sources)}")
    end, as_of = watched[0].end, min(series.as_of for series in watched)
    return AlertBoard(
        symbol=asked,
        start=watched[0].start,
        end=end,
        exchanges=[series.exchange for series in watched],
        watched=[_watched(series) for series in watched],
        failures=dict(failures),
        alerts=newest,
        open_count=sum(standing(alert, end) for alert in newest),
        by_severity=_counted(get_args(Severity), (alert.severity for alert in newest)),
        by_type=_counted(get_args(AlertType), (alert.alert_type for alert in newest)),
        sample_count=sum(map(len, watched)),
        source=watched[0].source,
        as_of=as_of,
        age_ms=float(max(0, milliseconds(now) - milliseconds(as_of))),
        warnings=[warning for series in watched for warning in _warnings(series, newest, end)],
    )


def standing(alert: LiquidityAlert, end: datetime) -> bool:
    """Whether an alert still stood at a moment after it was raised."""
    return alert.cleared_at is None or alert.cleared_at > end


def _counted(keys: Iterable[T], found: Iterable[T]) -> dict[T, int]:
    counts = Counter(found)
    return {key: counts[key] for key in keys}


def _watched(series: Series) -> WatchedMarket:
    looks = [int(time) for times in (series.time_ms, series.failed_ms) for time in times]
    return WatchedMarket(
        exchange=series.exchange,
        symbol_used=series.symbol,
        first=moment(min(looks)) if looks else None,
        last=moment(max(looks)) if looks else None,
        sample_count=len(series),
        failed_count=len(series.failed_ms),
        gaps=gaps.find(series, _MOST_GAPS, "not recorded")[0],
    )


def _warnings(series: Series, alerts: Sequence[LiquidityAlert], end: datetime) -> list[str]:
    """What the alerts of a market do not say because nobody looked, at all or lately."""
    last, place = _watched(series).last, f"{series.symbol} on {series.exchange}"
    if last is None:
        return [f"Nothing of {place} was recorded in this window, so no alert could be raised or cleared there."]
    late = milliseconds(end) - milliseconds(last) > _LATE * series.usual_ms
    if late and any(standing(alert, end) for alert in alerts if (alert.exchange, alert.symbol) == (series.exchange, series.symbol)):
        return [f"{place} was last looked at {last:%Y-%m-%d %H:%M:%S} UTC, so whether its alerts still stand is not known."]
    return []
