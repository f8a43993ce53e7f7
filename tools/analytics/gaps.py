"""Where a series holds no snapshots, and why."""

from datetime import datetime
from typing import Literal

import numpy as np

from .result import Record
from .series import HOUR_MS, Series, milliseconds, moment

_UNUSUAL = 3
_UNITS = (("day", 86_400_000), ("hour", HOUR_MS), ("minute", 60_000), ("second", 1_000))


class Gap(Record):
    """A stretch without snapshots, longer than three times what usually lies between two: not recorded, or the venue gave no valid book."""

    start: datetime
    end: datetime
    cause: Literal["not recorded", "no valid book"]


def find(series: Series, most: int) -> tuple[list[Gap], int]:
    """The `most` longest gaps between snapshots, oldest first, and how many there are; the usual spacing is the median one, next to an hourly row an hour."""
    spacing = np.diff(series.time_ms)
    beside_hourly = series.hourly[1:] | series.hourly[:-1]
    usual = np.where(beside_hourly, max(HOUR_MS, series.usual_ms), series.usual_ms)
    before = np.flatnonzero(spacing > _UNUSUAL * usual)
    longest = np.sort(before[np.argsort(-spacing[before], kind="stable")[:most]])
    return [_gap(series, int(series.time_ms[at]), int(series.time_ms[at + 1])) for at in longest], len(before)


def edge_warnings(series: Series) -> list[str]:
    """Sentences where a series of n >= 1 begins late in its window or ends before it: its figures are of a part of the window only."""
    start, first, last, end = (milliseconds(series.start), int(series.time_ms[0]), int(series.time_ms[-1]), milliseconds(series.end))
    limit = _UNUSUAL * series.usual_ms
    late = [f"History begins {_duration(first - start)} into the window{_outage(series, start, first)}."] if first - start > limit else []
    early = [f"History ends {_duration(end - last)} before the window's end{_outage(series, last, end)}."] if end - last > limit else []
    return [*late, *early]


def _gap(series: Series, start: int, end: int) -> Gap:
    return Gap(start=moment(start), end=moment(end), cause="no valid book" if _failed(series, start, end) else "not recorded")


def _failed(series: Series, start: int, end: int) -> int:
    """How many looks between two times gave no valid book."""
    return int(((series.failed_ms > start) & (series.failed_ms <= end)).sum())


def _outage(series: Series, start: int, end: int) -> str:
    return f": {series.exchange} gave no valid book" if _failed(series, start, end) else ""


def _duration(ms: int) -> str:
    """Milliseconds in the largest unit that leaves at least one of it: `3 hours`, `1.5 days`."""
    name, size = next((one for one in _UNITS if ms >= one[1]), _UNITS[-1])
    number = f"{ms / size:.1f}".removesuffix(".0")
    return f"{number} {name}{'' if number == '1' else 's'}"
