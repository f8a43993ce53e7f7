"""Stored history that nobody watched, judged afterwards as whoever had watched it would have."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from ..analytics.alerts import LiquidityAlert
from ..analytics.anomalies import AlertState, cleared, resumed
from ..analytics.anomalies.telling import beside
from ..analytics.series import Times, milliseconds, moment
from .store import History, Pair

_LOOKBACK = timedelta(hours=24)
_PIECE = timedelta(days=1)
"""So much is in memory at once, besides the lookback before it."""
_NEXT = timedelta(milliseconds=1)


class Judged(NamedTuple):
    """How many alerts are stored of the judged time, whoever raised them, and how many stood at its end and are left to whoever looks next."""

    held: int
    left: int


async def judge(history: History, market: Pair, times_ms: Times, now: datetime) -> Judged:
    """Judge what is stored of a market (exchange, symbol) around moments in milliseconds since 1970, and store the alerts that it held.

    An alert that is stored already of that kind and time stays as it is, so that whoever judges again only adds what is missing. None is stored as
    standing: what stands at the end of a stretch ends with its last look, unless that is of the last day and nobody has looked since, so that
    it may stand still: the next look will tell. Down-sampled hours, and what is dated after `now`, are not judged.
    """
    held, left = set[str](), 0
    for first, last in _stretches(times_ms[times_ms <= milliseconds(now)]):
        state = AlertState()
        for start, end in _pieces(first, last):
            state, found = await _found(history, market, state, start, end)
            known, new = await _compared(history, market, [alert for alert in found if alert.cleared_at], start, end)
            await history.store_alerts(new)
            held |= {alert.alert_id for alert in (*known, *new)}
        _, stand = await _compared(history, market, state.open_alerts, last, last)
        if stand and await _may_stand(history, market, last, now):
            left += len(stand)
        else:
            await history.store_alerts([cleared(alert, last) for alert in stand])
            held |= {alert.alert_id for alert in stand}
    return Judged(len(held), left)


def _stretches(times_ms: Times) -> Iterator[tuple[datetime, datetime]]:
    """The first and the last moment of each stretch: what is further apart than the lookback says nothing of one another."""
    if not len(times_ms):
        return
    ordered = np.sort(times_ms)
    breaks = np.flatnonzero(np.diff(ordered) > _LOOKBACK / _NEXT)
    for first, last in zip([0, *(breaks + 1)], [*breaks, -1], strict=True):
        yield moment(int(ordered[first])), moment(int(ordered[last]))


def _pieces(first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    """A stretch piece by piece, both moments of each inclusive."""
    while first <= last:
        end = min(first + _PIECE, last)
        yield first, end
        first = end + _NEXT


async def _found(history: History, market: Pair, state: AlertState, start: datetime, end: datetime) -> tuple[AlertState, list[LiquidityAlert]]:
    """The state after a piece, and the alerts that stood in it."""
    series = await history.series(*market, start - _LOOKBACK - _NEXT, end)
    return await asyncio.to_thread(resumed, state, series.where(~series.hourly), first=start)


async def _compared(
    history: History, market: Pair, found: Sequence[LiquidityAlert], start: datetime, end: datetime
) -> tuple[list[LiquidityAlert], list[LiquidityAlert]]:
    """The alerts that are stored of that time, and those of what was found that tell something new."""
    since = min([start, *(alert.timestamp for alert in found)])
    known = await history.alerts(*market, since=since, until=end)
    ids = {alert.alert_id for alert in known}
    return known, [alert for alert in beside(found, known) if alert.alert_id not in ids]


async def _may_stand(history: History, market: Pair, last: datetime, now: datetime) -> bool:
    """Whether what stood at the last look of a stretch may stand yet, and nobody has looked since who would tell."""
    if last < now - _LOOKBACK:
        return False
    since = await history.series(*market, last, now)
    return not len(since) and not len(since.failed_ms)
