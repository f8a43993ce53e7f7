"""What charts over time share: the axis, moments in words, and unbroken stretches of a series. All times are UTC and say so."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from ..analytics.result import Result
from . import theme

_MINUTE_S = 60.0
_JUST_NOW = timedelta(minutes=1)


def stamp(time: datetime) -> str:
    """A moment as Plotly takes it, which knows no time zones."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "seconds")


def clock(time: datetime) -> str:
    """A moment in words, without the zone: `Aug 9, 14:05`."""
    utc = time.astimezone(UTC)
    return f"{utc:%b} {utc.day}, {utc:%H:%M}"


def window(start: datetime, end: datetime) -> str:
    """A window in words: how long, and up to when."""
    return f"{span(start, end)} to {end.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def is_over(result: Result, end: datetime) -> bool:
    """Whether a window's end was past when the result was made, rather than that moment itself."""
    return result.as_of + timedelta(milliseconds=result.age_ms) - end > _JUST_NOW


def span(start: datetime, end: datetime) -> str:
    """How long it is from one moment to another: `24 h`, `7 days`, `5 min`."""
    minutes = (end - start).total_seconds() / _MINUTE_S
    if minutes < 100:
        return f"{minutes:.3g} min"
    return f"{minutes / 60:.3g} h" if minutes < 3 * 24 * 60 else f"{minutes / 24 / 60:.3g} days"


def axis(start: datetime, end: datetime, **parts: object) -> theme.Json:
    """The time axis of a figure whose panels stand above each other."""
    return theme.axis("Time (UTC)", type="date", range=[stamp(start), stamp(end)], nticks=9, hoverformat="%b %-d, %H:%M:%S UTC", **parts)


def stretches(known: Sequence[bool], broken: Sequence[bool]) -> list[list[int]]:
    """The indices of known values in unbroken runs; `broken[i]` says that the ith does not follow on the one before."""
    runs: list[list[int]] = []
    for index, (is_known, is_broken) in enumerate(zip(known, broken, strict=True)):
        if not is_known:
            continue
        if is_broken or not runs or runs[-1][-1] != index - 1:
            runs.append([])
        runs[-1].append(index)
    return runs
