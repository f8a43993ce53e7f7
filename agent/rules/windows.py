"""Stretches of the past, read from a question and laid out on the clock."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from .intent import Moment, Window
from .scanning import take

_DAY_MINUTES = 24 * 60
_HOURS: Mapping[str, float] = {"mi": 1 / 60, "h": 1, "d": 24, "w": 168, "mo": 720}
_COUNTS: Mapping[str, float] = {"few": 3.0, "couple": 2.0, "half": 0.5}
_LEAST_HOURS = 0.01

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = rf"yesterday|today|{'|'.join(_DAYS)}"
_ZONE = r"(?:\s?(?:UTC|GMT|Z)\b)?"
_CLOCK = rf"(?:\d{{1,2}}:\d{{2}}(?:\s?[ap]m)?|\d{{1,2}}\s?[ap]m|\d{{1,2}}(?=\s?(?:UTC|GMT)\b)|noon|midnight){_ZONE}"
_UNIT = r"mi(?:n(?:ute)?s?)|h(?:ou)?rs?|h|d(?:ays?)?|w(?:eeks?)?|months?"
_NUMBER = r"\d+(?:\.\d+)?|few|couple(?: of)?|half(?: an?)?"
_LEAD = r"\b(?:over |in |for |during |within |of )?(?:the )?"

_NAMED: Mapping[str, Window] = {
    "today": Window("today", since=Moment(0, 0)),
    "yesterday": Window("yesterday", since=Moment(0, 1), until=Moment(_DAY_MINUTES, 1)),
    "last night": Window("last night", since=Moment(20 * 60, 1), until=Moment(8 * 60, 0)),
    "overnight": Window("overnight", since=Moment(20 * 60, 1), until=Moment(8 * 60, 0)),
    "this morning": Window("this morning", since=Moment(0, 0), until=Moment(12 * 60, 0)),
    "this afternoon": Window("this afternoon", since=Moment(12 * 60, 0)),
    "this week": Window("this week", 168.0),
    "this month": Window("this month", 720.0),
}


class Span(NamedTuple):
    """A window on the clock: so many hours up to `until`, an ISO time, empty for now; `hours_back` reach from its start to now."""

    hours: float
    until: str
    hours_back: float


def window(text: str) -> tuple[Window | None, str]:
    """The stretch of the past asked about."""
    for pattern, read in _READERS:
        matches, rest = take(pattern, text)
        if matches:
            return read(matches[0]), rest
    return None, text


def span(asked: Window | None, now: datetime, usual_hours: float) -> Span:
    """Where a window lies at `now`; what does not say how long it is takes the usual hours."""
    if asked is None:
        return Span(usual_hours, "", usual_hours)
    end = min(now, _at(asked.until, now)) if asked.until else now
    start = _at(asked.since, now) if asked.since else end - timedelta(hours=asked.hours or usual_hours)
    # Between 22:00 and 02:00 begins on the day before.
    start -= timedelta(days=max(0, ceil((start - end) / timedelta(days=1))))
    until = f"{end:%Y-%m-%dT%H:%M:%SZ}" if end < now else ""
    return Span(_hours(start, end), until, _hours(start, now))


def _hours(start: datetime, end: datetime) -> float:
    return max(_LEAST_HOURS, round((end - start).total_seconds() / 3_600, 2))


def _at(moment: Moment, now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    back = (now.weekday() - moment.weekday) % 7 if moment.weekday is not None else moment.days_back or 0
    at = midnight - timedelta(days=back) + timedelta(minutes=moment.minutes)
    open_day = moment.days_back is None and moment.weekday is None
    return at - timedelta(days=1) if open_day and at > now else at


def _counted(match: re.Match[str]) -> Window:
    number = (match["count"] or "1").lower()
    count = next((value for word, value in _COUNTS.items() if number.startswith(word)), None) or float(number)
    return Window(" ".join(match["words"].lower().split()), count * _unit_hours(match["unit"]))


def _unit_hours(unit: str) -> float:
    return next(hours for prefix, hours in _HOURS.items() if unit.lower().startswith(prefix))


def _named(match: re.Match[str]) -> Window:
    return _NAMED[" ".join(match["words"].lower().split())]


def _on_day(match: re.Match[str]) -> Window:
    """A whole day of the week."""
    day = _DAYS.index(match["day"].lower())
    return Window(match["words"].lower(), since=Moment(0, weekday=day), until=Moment(_DAY_MINUTES, weekday=day))


def _since(match: re.Match[str]) -> Window:
    return Window(match["words"].lower(), since=_moment(match["clock"], match["day"] or match["alone"]))


def _until(match: re.Match[str]) -> Window:
    return Window(match["words"].lower(), until=_moment(match["clock"] or match["clock2"], match["day"] or match["day2"]))


def _between(match: re.Match[str]) -> Window:
    return Window(match["words"].lower(), since=_moment(match["clock"], match["day"]), until=_moment(match["clock2"], match["day"]))


def _moment(clock: str | None, day: str | None) -> Moment:
    day = (day or "").lower()
    return Moment(_minutes(clock), {"yesterday": 1, "today": 0}.get(day), _DAYS.index(day) if day in _DAYS else None)


def _minutes(clock: str | None) -> int:
    """Minutes after midnight of `14:00`, `2pm`, `2:30 pm`, `noon`; midnight where none is named."""
    found = re.match(r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s?(?P<half>[ap]m)?", clock or "", re.IGNORECASE)
    if not found:
        return 12 * 60 if (clock or "").lower().startswith("noon") else 0
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
    return hour % 24 * 60 + int(found["minute"] or 0) % 60


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Window]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (rf"\b(?P<words>(?:between|from)\s+(?P<clock>{_CLOCK})\s*(?:and|to|until|till|-)\s*(?P<clock2>{_CLOCK})(?:\s+(?:on )?(?P<day>{_DAY}))?)", _between),
        (rf"\b(?:since|from|than|versus|vs|to)\s+(?P<words>(?P<clock>{_CLOCK})\s+(?:on )?(?P<day>{_DAY}))\b(?P<alone>)", _since),
        (rf"\bsince\s+(?P<words>(?P<clock>{_CLOCK}))(?P<day>)(?P<alone>)", _since),
        (rf"\b(?:since|than|versus|vs|to|with)\s+(?:(?:it|they|that) (?:was|were) )?(?:last )?(?P<words>(?P<alone>{_DAY}))\b(?P<clock>)(?P<day>)", _since),
        (rf"\b(?P<words>(?P<day>{_DAY})\s+(?:at|around)\s+(?P<clock>{_CLOCK}))(?P<clock2>)(?P<day2>)", _until),
        (rf"\b(?P<words>(?:at|by|as of|around|until|till|before)\s+(?P<clock>{_CLOCK})(?:\s+(?:on )?(?P<day>{_DAY}))?)(?P<clock2>)(?P<day2>)", _until),
        (
            rf"{_LEAD}(?P<words>(?:the )?(?:last|past|previous|trailing)\s+(?:(?P<count>{_NUMBER})\s*)?(?P<unit>{_UNIT})\b)",
            _counted,
        ),
        (rf"(?:\b(?:over|in|for|during|within) )?(?<![\w.$])(?P<words>(?P<count>\d+(?:\.\d+)?)\s?(?P<unit>{_UNIT})\b(?:\s+ago)?)", _counted),
        (rf"\b(?:since )?(?P<words>{'|'.join(name.replace(' ', chr(92) + 's+') for name in _NAMED)})\b", _named),
        (rf"\b(?:on|last)\s+(?P<words>(?P<day>{'|'.join(_DAYS)}))\b", _on_day),
    )
)
