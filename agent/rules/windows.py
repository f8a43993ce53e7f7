"""Stretches of the past, read from a question and laid out on the clock."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import ceil
from typing import NamedTuple

from .intent import Moment, Window
from .scanning import blank

_DAY_MINUTES = 24 * 60
_HOURS: Mapping[str, float] = {"mi": 1 / 60, "h": 1, "d": 24, "w": 168, "mo": 720, "q": 2_160, "y": 8_760}
_COUNTS: Mapping[str, float] = {"few": 3.0, "couple": 2.0, "half": 0.5}
_LEAST_HOURS = 0.01
LONGEST_HOURS = 2_160.0
"""How far a tool looks back at once."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DATE = r"20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_DAY = rf"yesterday|today|{'|'.join(_DAYS)}|{_DATE}"
_ZONE = r"(?:\s?(?:UTC|GMT|Z)\b)?"
_CLOCK = rf"(?:\d{{1,2}}:\d{{2}}(?:\s?[ap]m)?|\d{{1,2}}\s?[ap]m|\d{{1,2}}(?=\s?(?:UTC|GMT)\b)|noon|midnight){_ZONE}"
_UNIT = r"mi(?:n(?:ute)?s?)|h(?:ou)?rs?|h|d(?:ays?)?|w(?:eeks?|ks?)?|months?|quarters?|y(?:(?:ea)?rs?)?"
_NUMBER = r"\d+(?:\.\d+)?|few|couple(?: of)?|half(?: an?)?"
_SOME = rf"(?:an? |(?=\d|few|couple|half))(?:(?P<count>{_NUMBER})\s*)?"
_HOUR = rf"(?:{_CLOCK}|\d{{1,2}}(?![\w.%:]))"
"""A time that is one only beside a day, or another time."""
_BETWEEN, _AND = r"(?:between|from)\s+", r"\s*(?:and|to|until|till|-)\s*"
_SAME_TIME = {"yesterday": 24.0, "last week": 168.0, "last month": 720.0}
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
        if found := pattern.search(text):
            return read(found), blank(text, found)
    return None, text


def since(asked: Window) -> Window:
    """From the one moment that is meant up to now."""
    return replace(asked, at=False, since=asked.until, until=None)


def span(asked: Window | None, now: datetime, usual_hours: float) -> Span:
    """Where a window lies at `now`; what does not say how long it is takes the usual hours, and what is too long the longest."""
    if asked is None:
        return Span(usual_hours, "", usual_hours)
    start, end = _ends(asked, now, usual_hours)
    until = f"{end:%Y-%m-%dT%H:%M:%SZ}" if end < now else ""
    return Span(_hours(start, end), until, _hours(start, now))


def is_too_long(asked: Window | None) -> bool:
    """Whether a window reaches further back than can be looked."""
    return asked is not None and asked.hours > LONGEST_HOURS


def _ends(asked: Window, now: datetime, usual_hours: float) -> tuple[datetime, datetime]:
    if asked.at and not asked.until:
        end = now - timedelta(hours=min(asked.hours, LONGEST_HOURS))
        return end - timedelta(hours=usual_hours), end
    end = min(now, _at(asked.until, now)) if asked.until else now
    start = _at(asked.since, now) if asked.since else end - timedelta(hours=min(asked.hours, LONGEST_HOURS) or usual_hours)
    # Between 22:00 and 02:00 begins on the day before.
    return start - timedelta(days=max(0, ceil((start - end) / timedelta(days=1)))), end


def _hours(start: datetime, end: datetime) -> float:
    return min(LONGEST_HOURS, max(_LEAST_HOURS, round((end - start).total_seconds() / 3_600, 2)))


def _at(moment: Moment, now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if moment.day:
        return datetime.combine(moment.day, midnight.timetz()) + timedelta(minutes=moment.minutes)
    back = (now.weekday() - moment.weekday) % 7 if moment.weekday is not None else moment.days_back or 0
    at = midnight - timedelta(days=back) + timedelta(minutes=moment.minutes)
    open_day = moment.days_back is None and moment.weekday is None
    return at - timedelta(days=1) if open_day and at > now else at


def _counted(match: re.Match[str]) -> Window:
    number = (match["count"] or "1").lower()
    count = next((value for word, value in _COUNTS.items() if number.startswith(word)), None) or float(number)
    return Window(" ".join(match["words"].lower().split()), count * _unit_hours(match["unit"]))


def _ago(match: re.Match[str]) -> Window:
    """One moment so long ago, but for what runs since then."""
    return replace(_counted(match), at=not match["runs"])


def _same_time(match: re.Match[str]) -> Window:
    words = " ".join(match["words"].lower().split())
    return Window(words, next(hours for day, hours in _SAME_TIME.items() if words.endswith(day)), at=True)


def _unit_hours(unit: str) -> float:
    return next(hours for prefix, hours in _HOURS.items() if unit.lower().startswith(prefix))


def _named(match: re.Match[str]) -> Window:
    named = _NAMED[" ".join(match["words"].lower().split())]
    return replace(named, until=None) if match["runs"] else named


def _on_day(match: re.Match[str]) -> Window:
    """A whole day."""
    start = _moment(None, match["day"])
    return Window(match["words"].lower(), since=start, until=replace(start, minutes=_DAY_MINUTES))


def _since(match: re.Match[str]) -> Window:
    return Window(match["words"].lower(), since=_moment(match["clock"], match["day"] or match["alone"]))


def _until(match: re.Match[str]) -> Window:
    return Window(match["words"].lower(), until=_moment(match["clock"], match["day"]))


def _at_moment(match: re.Match[str]) -> Window:
    return replace(_until(match), at=True)


def _between(match: re.Match[str]) -> Window:
    day, clock, clock2 = match["day"] or match["first"], match["clock"], match["clock2"]
    half = re.search("[ap]m", clock2, re.IGNORECASE)
    # Between 9 and 11 pm both are in the evening; between 11 and 1 pm they are not.
    shared = half and clock.isdecimal() and _minutes(clock) < _minutes(clock2[: half.start()])
    return Window(match["words"].lower(), since=_moment(f"{clock}{half[0]}" if half and shared else clock, day), until=_moment(clock2, day))


def _moment(clock: str | None, day: str | None) -> Moment:
    day = (day or "").lower()
    if re.fullmatch(_DATE, day):
        # A day too many for its month is one of the next.
        named = date.fromisoformat(f"{day[:-2]}01") + timedelta(days=int(day[-2:]) - 1)
        return Moment(_minutes(clock), day=named)
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
        (rf"\b(?P<words>(?:(?P<first>{_DAY})\s+)?{_BETWEEN}(?P<clock>{_CLOCK}){_AND}(?P<clock2>{_CLOCK})(?:\s+(?:on )?(?P<day>{_DAY}))?)", _between),
        (rf"\b(?P<words>{_BETWEEN}(?P<clock>{_HOUR}){_AND}(?P<clock2>{_HOUR})\s+(?:on )?(?P<day>{_DAY}))\b(?P<first>)", _between),
        (rf"\b(?P<words>(?P<first>{_DAY})\s+{_BETWEEN}(?P<clock>{_HOUR}){_AND}(?P<clock2>{_HOUR}))(?P<day>)", _between),
        (rf"\b(?P<words>{_BETWEEN}(?P<clock>{_HOUR}){_AND}(?P<clock2>{_CLOCK}))(?P<day>)(?P<first>)", _between),
        (rf"\b(?:since|from|than|versus|vs|to|with)\s+(?P<words>(?P<clock>{_CLOCK})\s+(?:on )?(?P<day>{_DAY}))\b(?P<alone>)", _since),
        (rf"\bsince\s+(?P<words>(?P<clock>{_CLOCK}))(?P<day>)(?P<alone>)", _since),
        (rf"\b(?P<words>(?:the )?(?:same|this) (?:time|hour) (?:{'|'.join(_SAME_TIME)}))\b", _same_time),
        (rf"\b(?:since|than|versus|vs|to|with)\s+(?:(?:it|they|that) (?:was|were) )?(?:last )?(?P<words>(?P<alone>{_DAY}))\b(?P<clock>)(?P<day>)", _since),
        (rf"\b(?P<words>(?P<day>{_DAY})\s+(?:at|around)\s+(?P<clock>{_HOUR}))", _at_moment),
        (rf"\b(?P<words>(?:at|by|as of|around)\s+(?P<clock>{_HOUR})\s+(?:on )?(?P<day>{_DAY}))\b", _at_moment),
        (rf"\b(?P<words>(?:at|by|as of|around)\s+(?P<clock>{_CLOCK})(?P<day>))", _at_moment),
        (rf"\b(?P<words>(?:until|till|before)\s+(?P<clock>{_CLOCK})(?:\s+(?:on )?(?P<day>{_DAY}))?)", _until),
        (rf"(?:\b(?P<runs>since|from|over|in|within) )?(?<![\w.$])(?P<words>{_SOME}(?P<unit>{_UNIT})\s+ago)\b", _ago),
        (
            rf"{_LEAD}(?P<words>(?:the )?(?:last|past|previous|trailing)\s+(?:(?P<count>{_NUMBER})\s*)?(?P<unit>{_UNIT})\b)",
            _counted,
        ),
        (rf"(?:\b(?:over|in|for|during|within) )?(?<![\w.$])(?P<words>(?P<count>\d+(?:\.\d+)?)\s?(?P<unit>{_UNIT})\b)", _counted),
        (rf"\b(?P<runs>since )?(?P<words>{'|'.join(name.replace(' ', chr(92) + 's+') for name in _NAMED)})\b", _named),
        (rf"\b(?:on|last)\s+(?P<words>(?P<day>{'|'.join(_DAYS)}))\b", _on_day),
        (rf"(?<![\w.-])(?:on )?(?P<words>(?P<day>{_DATE}))(?![\w-])", _on_day),
    )
)
