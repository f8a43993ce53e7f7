"""How much each client may ask: so many requests a minute, and so many a day."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tools.market import utc_now

from .problems import Refused

_MINUTE_S = 60.0


@dataclass
class _Client:
    """What one client has left of the minute's allowance, as of when, and what it took today."""

    left: float
    at: datetime
    today: int = 0


class Allowance:
    """A bucket per client that holds a minute's requests and refills evenly, and a count that begins anew with each UTC day; 0 is no limit."""

    def __init__(self, per_minute: int, per_day: int, *, now: Callable[[], datetime] = utc_now) -> None:
        self._per_minute = per_minute
        self._per_day = per_day
        self._now = now
        self._day: date | None = None
        self._clients: dict[str, _Client] = {}

    def take(self, client: str) -> Refused | None:
        """Take one request off the client's allowance, or say how long to wait for it."""
        now = self._now()
        if now.date() != self._day:
            self._day, self._clients = now.date(), {}
        one = self._clients.setdefault(client, _Client(self._per_minute, now))
        if self._per_day and one.today >= self._per_day:
            return _wait(f"{self._per_day:,} requests a day", _until_midnight(now))
        if self._per_minute:
            one.left = min(self._per_minute, one.left + (now - one.at).total_seconds() * self._per_minute / _MINUTE_S)
            one.at = now
            if one.left < 1:
                return _wait(f"{self._per_minute:,} requests a minute", (1 - one.left) * _MINUTE_S / self._per_minute)
            one.left -= 1
        one.today += 1
        return None


def _wait(limit: str, seconds: float) -> Refused:
    wait_s = max(1, math.ceil(seconds))
    return Refused("too_many_requests", f"The limit is {limit}; ask again in {wait_s} s.", headers={"Retry-After": str(wait_s)})


def _until_midnight(now: datetime) -> float:
    return (datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo) - now).total_seconds()
