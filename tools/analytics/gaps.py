"""Where a series holds no snapshots, and why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..book import Column
from .result import Record
from .series import HOUR_MS, Series, Times, milliseconds, moment

_UNUSUAL = 3
_UNITS = (("day", 86_400_000), ("hour", HOUR_MS), ("minute", 60_000), ("second", 1_000))

Cause = Literal["not recorded", "no valid book"]


class Gap(Record):
    """A stretch without snapshots, longer than three times what usually lies between two: nobody looked, or no look gave a valid book."""

    start: datetime
    end: datetime
    cause: Cause


def find(series: Series, most: int, cause: Cause | None = None) -> tuple[list[Gap], int]:
    """The `most` longest gaps between snapshots, oldest first, and how many there are: of one cause, or of both.

    The usual spacing is the median one, next to an hourly row an hour. Between two snapshots a gap of each cause may stand.
    """
    beside_hourly = series.hourly[1:] | series.hourly[:-1]
    starts, ends, unseen = _stretches(series.time_ms, series.failed_ms, _limit_ms(series, beside_hourly))
    chosen = np.flatnonzero(unseen == (cause == "not recorded")) if cause else np.arange(len(starts))
    longest = np.sort(chosen[np.argsort((starts - ends)[chosen], kind="stable")[:most]])
    return [_gap(int(starts[at]), int(ends[at]), unseen=bool(unseen[at])) for at in longest], len(chosen)


def longest(gaps: Sequence[Gap], most: int) -> list[int]:
    """Where the `most` longest of some gaps stand among them."""
    return sorted(sorted(range(len(gaps)), key=lambda at: gaps[at].start - gaps[at].end)[:most])


def edge_warnings(series: Series) -> list[str]:
    """Sentences where a series of n >= 1 begins late in its window or ends before it: its figures are of a part of the window only."""
    start, first, last, end = (milliseconds(series.start), int(series.time_ms[0]), int(series.time_ms[-1]), milliseconds(series.end))
    limits = _limit_ms(series, series.hourly[[0, -1]])
    late = [f"History begins {_duration(first - start)} into the window{_why(series, start, first, limits[:1])}."] if first - start > limits[0] else []
    early = [f"History ends {_duration(end - last)} before the window's end{_why(series, last, end, limits[1:])}."] if end - last > limits[1] else []
    return [*late, *early]


def _limit_ms(series: Series, beside_hourly: NDArray[np.bool_]) -> Column:
    """How far apart two neighbours may stand before there is a gap between them."""
    return _UNUSUAL * np.where(beside_hourly, max(HOUR_MS, series.usual_ms), series.usual_ms)


def _stretches(taken: Times, failed: Times, limit_ms: Column) -> tuple[Times, Times, NDArray[np.bool_]]:
    """Start, end and whether nobody looked of every stretch without snapshots that is longer than its limit.

    `limit_ms` holds one limit for each step between two neighbours of `taken`, n >= 1. A step between two looks of whatever outcome that is longer
    than that divides the failed looks before it from those after.
    """
    if not (np.diff(taken) > limit_ms).any():
        return taken[:0], taken[:0], np.zeros(0, bool)
    inside = failed[(failed > taken[0]) & (failed < taken[-1])]
    looks = np.concatenate((taken, inside))
    order = np.argsort(looks, kind="stable")
    looks, is_taken = looks[order], order < len(taken)
    limit = limit_ms[np.cumsum(is_taken)[:-1] - 1]
    unseen = np.diff(looks) > limit
    bounds = np.flatnonzero(is_taken | np.append(unseen, True) | np.append(True, unseen))
    long = np.flatnonzero(np.diff(looks[bounds]) > limit[bounds[:-1]])
    return looks[bounds[long]], looks[bounds[long + 1]], np.diff(bounds)[long] == 1


def _gap(start: int, end: int, *, unseen: bool) -> Gap:
    return Gap(start=moment(start), end=moment(end), cause="not recorded" if unseen else "no valid book")


def _why(series: Series, start: int, end: int, limit_ms: Column) -> str:
    """What looks there were in a stretch without snapshots, empty where there were none."""
    failed = int(((series.failed_ms > start) & (series.failed_ms <= end)).sum())
    if not failed:
        return ""
    starts, ends, unseen = _stretches(np.array([start, end]), series.failed_ms, limit_ms)
    unseen_ms = int((ends - starts)[unseen].sum())
    if not unseen_ms:
        return f": {series.exchange} gave no valid book"
    return f": {series.exchange} gave no valid book at {failed:,} look{'' if failed == 1 else 's'}, and nobody looked for {_duration(unseen_ms)}"


def _duration(ms: int) -> str:
    """Milliseconds in the largest unit that leaves at least one of it: `3 hours`, `1.5 days`."""
    name, size = next((one for one in _UNITS if ms >= one[1]), _UNITS[-1])
    number = f"{ms / size:.1f}".removesuffix(".0")
    return f"{number} {name}{'' if number == '1' else 's'}"
