"""The alerts of one symbol or of all that is recorded, over a window, and what was recorded meanwhile: no alert means little where nobody looked."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, get_args

import numpy as np

from ..parameters import Source
from ..units import Count, Pct
from . import gaps
from .alerts import AlertType, LiquidityAlert, Severity
from .anomalies.looks import lately_ms
from .anomalies.norms import GAP_INTERVALS
from .gaps import Gap
from .result import Record, Result
from .series import Series, Times, age_ms, milliseconds, moment

T = TypeVar("T", bound=str)

_MOST_GAPS = 100
_MOST_NAMED = 6
_GRAVEST_FIRST: Sequence[Severity] = get_args(Severity)[::-1]


class WatchedMarket(Record):
    """One exchange's market as it was watched within the window: the first and the last look, null where there was none, and how it stands.

    `gaps` are stretches between them in which nobody looked, `watched_pct` is how much of the window is neither in one nor before or after them.
    `late` says that nobody has looked lately, by how often that was done before, so that what stood may have ended unseen.
    """

    exchange: str
    symbol_used: str
    first: datetime | None
    last: datetime | None
    late: bool
    watched_pct: Pct
    sample_count: Count
    failed_count: Count
    open_count: Count
    cleared_count: Count
    gaps: list[Gap]


class AlertBoard(Result):
    """Alerts that stood at some time from `start` to `end`, newest first, on `symbol`, or where that is empty on every recorded market.

    `open_count` is how many still stood at `end`; `failures` maps an exchange that could not be watched to the reason. Of all recorded markets
    `watched` begins with those that alerts stand on. `as_of` is the time of the last look, of the market where that is oldest; what nobody has looked
    at lately counts only where that is all there is.
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


def board(
    asked: str,
    source: Source,
    window: tuple[datetime, datetime],
    now: datetime,
    watched: Sequence[WatchedMarket],
    alerts: Iterable[LiquidityAlert],
    failures: Mapping[str, str],
) -> AlertBoard:
    """The board of the alerts on `asked`, empty for all that is recorded, over a window; `watched` holds at least one market.

    Raises ValueError when sources are mixed: that is a fault of the program, never shown as a fact.
    """
    newest, (start, end) = sorted(alerts, key=lambda alert: alert.timestamp, reverse=True), window
    if foreign := {alert.source for alert in newest} - {source}:
        raise ValueError(f"alerts of different sources on one board: {sorted({source, *foreign})}")
    ordered = list(watched) if asked else sorted(watched, key=_most_urgent_first(newest, end))
    as_of = min((one.last for one in ordered if one.last and not one.late), default=None) or max((one.last for one in ordered if one.last), default=end)
    return AlertBoard(
        symbol=asked,
        start=start,
        end=end,
        exchanges=list(dict.fromkeys(one.exchange for one in watched)),
        watched=ordered,
        failures=dict(failures),
        alerts=newest,
        open_count=sum(standing(alert, end) for alert in newest),
        by_severity=_counted(get_args(Severity), (alert.severity for alert in newest)),
        by_type=_counted(get_args(AlertType), (alert.alert_type for alert in newest)),
        sample_count=sum(one.sample_count for one in watched),
        source=source,
        as_of=as_of,
        age_ms=age_ms(as_of, now),
        warnings=[*_unwatched_warnings(ordered), *_late_warnings(ordered)],
    )


def watch(series: Series, alerts: Iterable[LiquidityAlert]) -> WatchedMarket:
    """How a market was watched over a series' window, and how it stands by its own `alerts`."""
    looks = np.concatenate((series.time_ms, series.failed_ms))
    first, last = (int(looks.min()), int(looks.max())) if len(looks) else (None, None)
    unseen = _unseen(series, looks)
    seen_ms = 0 if first is None or last is None else last - first - sum(milliseconds(gap.end) - milliseconds(gap.start) for gap in unseen)
    stand = [standing(alert, series.end) for alert in alerts]
    return WatchedMarket(
        exchange=series.exchange,
        symbol_used=series.symbol,
        first=None if first is None else moment(first),
        last=None if last is None else moment(last),
        late=last is None or milliseconds(series.end) - last > GAP_INTERVALS * lately_ms(series),
        watched_pct=100 * seen_ms / max(1, milliseconds(series.end) - milliseconds(series.start)),
        sample_count=len(series),
        failed_count=len(series.failed_ms),
        open_count=sum(stand),
        cleared_count=len(stand) - sum(stand),
        gaps=unseen,
    )


def standing(alert: LiquidityAlert, end: datetime) -> bool:
    """Whether an alert still stood at a moment after it was raised."""
    return alert.cleared_at is None or alert.cleared_at > end


def gravest_first(alerts: Iterable[LiquidityAlert]) -> list[LiquidityAlert]:
    """By severity, among equals in the order given."""
    return sorted(alerts, key=lambda alert: _GRAVEST_FIRST.index(alert.severity))


def market_of(one: LiquidityAlert) -> tuple[str, str]:
    """The exchange and the market that an alert is about."""
    return one.exchange, one.symbol


def _most_urgent_first(alerts: Iterable[LiquidityAlert], end: datetime) -> Callable[[WatchedMarket], tuple[int, bool, bool, str, str]]:
    """The gravest that stands first, then what nobody has looked at lately, then what had an alert; among equals by name."""
    worst = {market_of(alert): _GRAVEST_FIRST.index(alert.severity) for alert in reversed(gravest_first(alerts)) if standing(alert, end)}
    calm = len(_GRAVEST_FIRST)
    return lambda one: (worst.get((one.exchange, one.symbol_used), calm), not one.late, not one.cleared_count, one.exchange, one.symbol_used)


def _counted(keys: Iterable[T], found: Iterable[T]) -> dict[T, int]:
    counts = Counter(found)
    return {key: counts[key] for key in keys}


def _unseen(series: Series, looks: Times) -> list[Gap]:
    """The longest stretches in which nobody looked, between the first look and the last, also where those gave no book."""
    if not len(series):
        return []
    first, last = looks.min(), looks.max()
    beyond = (int(first < series.time_ms[0]), int(last > series.time_ms[-1]))
    bounded = replace(series, time_ms=np.pad(series.time_ms, beyond, constant_values=(first, last)), hourly=np.pad(series.hourly, beyond, mode="edge"))
    return gaps.find(bounded, _MOST_GAPS, "not recorded")[0]


def _unwatched_warnings(watched: Iterable[WatchedMarket]) -> list[str]:
    names = _names([_name(one) for one in watched if one.last is None])
    return [f"Nothing of {names} was recorded in this window, so no alert could be raised or cleared there."] if names else []


def _late_warnings(watched: Iterable[WatchedMarket]) -> list[str]:
    """Which alerts may have ended because nobody has looked lately."""
    late = [(one, f"{one.last:%Y-%m-%d %H:%M:%S} UTC") for one in watched if one.late and one.last and one.open_count]
    if len(late) > 1:
        names = _names([f"{_name(one)} ({last})" for one, last in late])
        return [f"Nobody has looked lately at {names}, so whether the alerts there still stand is not known."]
    return [f"{_name(one)} was last looked at {last}, so whether its alerts still stand is not known." for one, last in late]


def _name(one: WatchedMarket) -> str:
    return f"{one.symbol_used} on {one.exchange}"


def _names(names: Sequence[str]) -> str:
    more = [f"{len(names) - _MOST_NAMED:,} more markets"] if len(names) > _MOST_NAMED + 1 else []
    shown = [*names[: _MOST_NAMED if more else None], *more]
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)
