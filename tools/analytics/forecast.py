"""The range in which liquidity will probably stand over the next day: quantiles by hour of the week. Never a forecast of price.

An hour ahead gets the quantiles of the same hour of the week (UTC) where the history to learn from spans three weeks, else of the same hour of the
day. Its score is the pinball loss at the three quantiles over the last fifth of the history (whole days, three at least), by what was known before
that fifth. There are two naive forecasts: the quantiles of the 24 hours before each of those days, and those of all that was known, whatever the hour.
It must beat both over the held-out days, and the first on most of them: of liquidity without a daily season one alone is beaten by chance too often.
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
_FEWEST_HELD_OUT = 3
_FEWEST_REPEATS = 2
_SHORTEST_MS = (_FEWEST_REPEATS + _FEWEST_HELD_OUT) * _DAY_MS
_WEEKLY_MS = 21 * _DAY_MS
_HELD_OUT = 0.2
_HOURS_AHEAD = 24


class ForecastRange(Record, Generic[U]):
    """5th, 50th and 95th percentile for each hour ahead.

    `skill_pct` is by how much its pinball loss on the last `scored_samples` of history, which it had not seen, was below the better naive forecast's.
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
    """The next 24 hours; `at` holds the start of each hour. What did not beat both naive forecasts is null.

    `depth_band_pct` is the widest band that was complete in all the history learnt from, which may be narrower than a baseline's over a shorter window.
    """

    at: list[datetime]
    depth_band_pct: BandPct | None
    spread: SpreadForecast | None
    depth: DepthForecast | None


class Outlook(NamedTuple):
    """A forecast; where there is none, how many days of history it lacks: 0 where there are enough, but it is no better than the naive ones."""

    forecast: Forecast | None
    missing_days: int


class _Learnt(NamedTuple):
    """Values from lowest to highest, the hour of the week of each, and every hour (since 1970) that they are from, once."""

    values: Column
    slots: NDArray[np.uint8]
    hours: NDArray[np.int64]


def outlook(series: Series, now: datetime) -> Outlook:
    """The next 24 hours' ranges from `series`, unless neither spread nor depth beats the naive forecasts on held-out history.

    The hours are whole ones from the first that begins at or after `now`.
    Needs five days of history; rows that are hourly means are left out.
    """
    known = priced(series)
    known = known.where(~known.hourly)
    first = -(-round(now.timestamp() * 1_000) // HOUR_MS)
    band = depth_column(known)
    spread, missing_days = _range(known.time_ms, known.spread_pct, first)
    depth = None if band.usd is None else _range(known.time_ms, band.usd, first)[0]
    if spread is None and depth is None:
        return Outlook(None, missing_days)
    told = Forecast(
        at=[moment(first * HOUR_MS) + timedelta(hours=ahead) for ahead in range(_HOURS_AHEAD)],
        depth_band_pct=None if depth is None else band.band_pct,
        spread=None if spread is None else SpreadForecast(**spread),
        depth=None if depth is None else DepthForecast(**depth),
    )
    return Outlook(told, 0)


def _range(time_ms: Times, column: Column, first: int) -> tuple[dict[str, Any] | None, int]:
    """The fields of a ForecastRange from the hour `first` on; None where it does not beat the naive forecasts, and how many days it lacks for that."""
    known = ~np.isnan(column)
    times, values = time_ms[known], column[known]
    span_ms = int(times[-1] - times[0]) if len(times) else 0
    if span_ms < _SHORTEST_MS:
        return None, -(-(_SHORTEST_MS - span_ms) // _DAY_MS)
    held_out_days = max(_FEWEST_HELD_OUT, round(_HELD_OUT * span_ms / _DAY_MS))
    # The held-out part begins on an hour and ends with the newest sample.
    split = int(times[-1]) // HOUR_MS + 1 - 24 * held_out_days
    weekly = split * HOUR_MS - times[0] >= _WEEKLY_MS
    hours = times // HOUR_MS
    slots, seen, order = hour_of_week(hours).astype(np.uint8), hours[np.flatnonzero(np.diff(hours, prepend=-1))], np.argsort(values)
    before = order[order < np.searchsorted(hours, split)]
    learnt = _Learnt(values[before], slots[before], seen[seen < split])
    days = _scored(times, values, (_by_hour_of_week(learnt, weekly=weekly)[slots], _by_slot(learnt, 1)), split)
    if len(days) < _FEWEST_HELD_OUT:
        return None, _FEWEST_HELD_OUT - len(days)
    loss, of_day_before, of_all = (sum(losses) for losses in zip(*(day.losses for day in days), strict=True))
    naive, won = min(of_day_before, of_all), sum(day.losses[0] < day.losses[1] for day in days)
    if not (loss < naive and won > len(days) / 2):
        return None, 0
    table = _by_hour_of_week(_Learnt(values[order], slots[order], seen), weekly=weekly)
    low, middle, high = table[hour_of_week(first + np.arange(_HOURS_AHEAD))].T.tolist()
    skill = {"skill_pct": 100 * (1 - loss / naive), "scored_samples": sum(day.samples for day in days)}
    return {"p5": low, "p50": middle, "p95": high, **skill}, 0


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


class _Day(NamedTuple):
    """A held-out day: the summed losses of the forecast, of the day before's quantiles and of those of all that was learnt."""

    losses: tuple[float, float, float]
    samples: int


def _scored(times: Times, values: Column, predicted: tuple[Column, Column], split: int) -> list[_Day]:
    """Every day from the hour `split` on, by what was predicted of each sample, shape (n, 3), and of all alike, shape (1, 3).

    A day without enough samples in the day before it has no naive forecast and is skipped.
    """
    model, of_all = predicted
    days = list[_Day]()
    bounds = np.searchsorted(times, np.arange((split - 24) * HOUR_MS, int(times[-1]) + _DAY_MS + 1, _DAY_MS))
    for before, start, end in zip(bounds, bounds[1:], bounds[2:], strict=False):
        if start - before < FEWEST_SAMPLES or start == end:
            continue
        actual = values[start:end]
        of_day_before = np.quantile(values[before:start], _SHARES)
        days.append(_Day((_pinball(actual, model[start:end]), _pinball(actual, of_day_before), _pinball(actual, of_all)), len(actual)))
    return days


def _pinball(actual: Column, predicted: Column) -> float:
    """Summed over samples and quantiles (Koenker and Bassett 1978): `max(q * (y - p), (q - 1) * (y - p))`."""
    miss = actual[:, None] - predicted
    return float(np.maximum(_SHARES * miss, (_SHARES - 1) * miss).sum())
