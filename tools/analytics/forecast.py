"""The range in which liquidity will probably stand over the next day: quantiles by hour of the week. Never a forecast of price.

An hour ahead gets the quantiles of the same hour of the week (UTC) where the history to learn from spans three weeks, else of the same hour of the
day. Its score is the pinball loss at the three quantiles over the last fifth of the history (whole days, one at least), by what was known before
that fifth; the naive forecast it must beat says for each of those days the quantiles of the 24 hours before it.
"""

from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..book import Column
from ..units import BandPct, Count, Pct, Usd
from .bands_over_time import depth_column
from .dispersion import FEWEST_SAMPLES
from .result import Record
from .series import HOUR_MS, HOURS_A_WEEK, Series, Times, hour_of_week, moment, priced

U = TypeVar("U")
_SHARES: Column = np.array([0.05, 0.5, 0.95])
_DAY_MS = 24 * HOUR_MS
_SHORTEST_MS = 3 * _DAY_MS
_WEEKLY_MS = 21 * _DAY_MS
_HELD_OUT = 0.2
_HOURS_AHEAD = 24
_FEWEST_REPEATS = 2


class ForecastRange(Record, Generic[U]):
    """5th, 50th and 95th percentile for each hour ahead.

    `skill_pct` is by how much its pinball loss beat the naive forecast's on the last `scored_samples` of history.
    """

    p5: list[U]
    p50: list[U]
    p95: list[U]
    skill_pct: Pct
    scored_samples: Count


class SpreadForecast(ForecastRange[Pct]):
    """Of the spread."""


class DepthForecast(ForecastRange[Usd]):
    """Of the depth within the forecast's own band."""


class Forecast(Record):
    """The next 24 hours; `at` holds the start of each hour. What did not beat the naive forecast is null.

    `depth_band_pct` is the widest band that was complete in all the history learnt from, which may be narrower than a baseline's over a shorter window.
    """

    at: list[datetime]
    depth_band_pct: BandPct | None
    spread: SpreadForecast | None
    depth: DepthForecast | None


class _Learnt(NamedTuple):
    """Values from lowest to highest, the hour of the week of each, and every hour (since 1970) that they are from, once."""

    values: Column
    slots: NDArray[np.uint8]
    hours: NDArray[np.int64]


def forecast(series: Series, now: datetime) -> Forecast | None:
    """The next 24 hours' ranges from `series`, null where neither spread nor depth beats the naive forecast on held-out history.

    The hours are whole ones from the first that begins at or after `now`.
    Needs three days of history; rows that are hourly means are left out.
    """
    known = priced(series)
    known = known.where(~known.hourly)
    if not len(known) or known.time_ms[-1] - known.time_ms[0] < _SHORTEST_MS:
        return None
    first = -(-round(now.timestamp() * 1_000) // HOUR_MS)
    band = depth_column(known)
    spread = _range(known.time_ms, known.spread_pct, first)
    depth = None if band.usd is None else _range(known.time_ms, band.usd, first)
    if spread is None and depth is None:
        return None
    return Forecast(
        at=[moment(first * HOUR_MS) + timedelta(hours=ahead) for ahead in range(_HOURS_AHEAD)],
        depth_band_pct=None if depth is None else band.band_pct,
        spread=None if spread is None else SpreadForecast(**spread),
        depth=None if depth is None else DepthForecast(**depth),
    )


def _range(time_ms: Times, column: Column, first: int) -> dict[str, Any] | None:
    """The fields of a ForecastRange from the hour `first` on; None where it does not beat the naive forecast."""
    known = ~np.isnan(column)
    times, values = time_ms[known], column[known]
    if not len(times) or times[-1] - times[0] < _SHORTEST_MS:
        return None
    held_out_days = max(1, round(_HELD_OUT * int(times[-1] - times[0]) / _DAY_MS))
    # The held-out part begins on an hour and ends with the newest sample.
    split = int(times[-1]) // HOUR_MS + 1 - 24 * held_out_days
    weekly = split * HOUR_MS - times[0] >= _WEEKLY_MS
    hours = times // HOUR_MS
    slots, seen, order = hour_of_week(hours).astype(np.uint8), hours[np.flatnonzero(np.diff(hours, prepend=-1))], np.argsort(values)
    before = order[order < np.searchsorted(hours, split)]
    model = _by_hour_of_week(_Learnt(values[before], slots[before], seen[seen < split]), weekly=weekly)
    loss, naive, scored = _losses(times, values, model[slots], split)
    if not (scored and loss < naive):
        return None
    table = _by_hour_of_week(_Learnt(values[order], slots[order], seen), weekly=weekly)
    low, middle, high = table[hour_of_week(first + np.arange(_HOURS_AHEAD))].T.tolist()
    return {"p5": low, "p50": middle, "p95": high, "skill_pct": 100 * (1 - loss / naive), "scored_samples": scored}


def _by_hour_of_week(learnt: _Learnt, *, weekly: bool) -> Column:
    """Shape (168, 3): the quantiles of each hour of the week; of its hour of the day unless `weekly` or where it was seen too seldom, at worst of all."""
    table = np.full((HOURS_A_WEEK, len(_SHARES)), np.nan)
    for count in (HOURS_A_WEEK, 24, 1) if weekly else (24, 1):
        if np.isnan(table).any():
            coarser = np.tile(_by_slot(learnt, count), (HOURS_A_WEEK // count, 1))
            table = np.where(np.isnan(table), coarser, table)
    return table


def _by_slot(learnt: _Learnt, count: int) -> Column:
    """Shape (count, 3): numpy's linear quantiles of each slot's values, NaN for one that has fewer than FEWEST_SAMPLES or all of them from one hour."""
    slots = learnt.slots % count
    # Stable, so that within a slot the values stay in order; of small integers it is a radix sort.
    grouped = learnt.values[np.argsort(slots, kind="stable")]
    sizes = np.bincount(slots, minlength=count)
    position = (sizes - 1).clip(0)[:, None] * _SHARES
    below = position.astype(np.int64)
    start = (np.cumsum(sizes) - sizes)[:, None]
    top = len(grouped) - 1
    low, high = grouped[np.minimum(start + below, top)], grouped[np.minimum(start + np.ceil(position).astype(np.int64), top)]
    repeats = np.bincount(hour_of_week(learnt.hours) % count, minlength=count)
    seldom = (sizes < FEWEST_SAMPLES) | (repeats < _FEWEST_REPEATS)
    return np.where(seldom[:, None], np.nan, low + (high - low) * (position - below))


def _losses(times: Times, values: Column, predicted: Column, split: int) -> tuple[float, float, int]:
    """Summed pinball loss from the hour `split` on of what was `predicted`, shape (n, 3), and of the naive forecast, and of how many samples.

    A day without enough samples in the day before it has no naive forecast and is skipped.
    """
    loss = naive = 0.0
    scored = 0
    bounds = np.searchsorted(times, np.arange((split - 24) * HOUR_MS, int(times[-1]) + _DAY_MS + 1, _DAY_MS))
    for before, start, end in zip(bounds, bounds[1:], bounds[2:], strict=False):
        if start - before < FEWEST_SAMPLES:
            continue
        actual = values[start:end]
        loss += _pinball(actual, predicted[start:end])
        naive += _pinball(actual, np.quantile(values[before:start], _SHARES))
        scored += len(actual)
    return loss, naive, scored


def _pinball(actual: Column, predicted: Column) -> float:
    """Summed over samples and quantiles (Koenker and Bassett 1978): `max(q * (y - p), (q - 1) * (y - p))`."""
    miss = actual[:, None] - predicted
    return float(np.maximum(_SHARES * miss, (_SHARES - 1) * miss).sum())
