"""Labelled incidents: what goes wrong at simulated venues, where and when, so that whoever watches them can be held to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, get_args

from .catalog import ASSETS
from .noise import key
from .source import SPOKEN

Kind = Literal["spread_widening", "depth_drop", "imbalance", "one_sided", "price_jump", "venue_outage"]
RETURN_S = 4 * 3_600.0
"""How long a price takes to come back from a jump: slowly enough that coming back is no jump."""
BASES = ("BTC", "ETH", "SOL")
"""The assets that scheduled incidents happen to."""
CALM = timedelta(minutes=90)
"""How long a schedule is quiet at its start and at its end, and a demo before and after it opens."""
DEMO_DAYS = 30
"""How long a demo goes on having incidents."""
_KINDS: tuple[Kind, ...] = get_args(Kind)
_SLOT = timedelta(minutes=90)
_LATEST_S = 30 * 60
_SHORTEST_MIN, _LONGEST_MIN = 10, 30
# A jump stands out of an asset's moves within five minutes as well as of those within one; in parts of what it moves in a day.
_JUMP = 0.8


@dataclass(frozen=True)
class Incident:
    """One incident from `start` until just before `end`, at every market of `base` on `exchange`; an empty name means all of them.

    `size` is for spread_widening the factor on the spread, for depth_drop the share of every order that goes, for imbalance the share by which
    bids grow and asks shrink (negative: the other way round), for one_sided 1 where the asks are gone and -1 where the bids are, for price_jump
    the log return at `start`, which is held until `end` and then wears off over RETURN_S.
    A price jump is the asset's, on all venues; a venue outage is the venue's, with all its markets.
    """

    kind: Kind
    exchange: str
    base: str
    start: datetime
    end: datetime
    size: float = 0.0

    def touches(self, exchange: str, base: str) -> bool:
        """Whether a market of `base` on `exchange` is among those that this happens to."""
        return self.exchange in {"", exchange} and self.base in {"", base}

    @cached_property
    def span_s(self) -> tuple[float, float]:
        """Start and end in seconds since 1970."""
        return self.start.timestamp(), self.end.timestamp()


def schedule(start: datetime, days: float, seed: int = 7) -> tuple[Incident, ...]:
    """Sixteen incidents a day, the kinds taking turns, each 10 to 30 minutes long, over all venues and BASES; none within CALM of either end.

    Each has a slot of 90 minutes to itself and ends at least half an hour before the next begins, wherever that is.
    """
    slots = (timedelta(days=days) - 2 * CALM) // _SLOT
    return tuple(_incident(_KINDS[slot % len(_KINDS)], start + CALM + slot * _SLOT, f"{seed}/{slot}") for slot in range(slots))


def demo_incidents(opened: datetime, now: datetime | None = None) -> tuple[Incident, ...]:
    """Incidents to ask about in the day before a demo opens, and a schedule from then until DEMO_DAYS after `now`; none within CALM of the opening.

    Until the schedule ends it is the same at every `now`, which is the opening where none is given.
    """
    past = tuple(
        Incident(kind, exchange, base, opened - timedelta(hours=hours), opened - timedelta(hours=hours) + timedelta(minutes=minutes), size)
        for hours, minutes, kind, exchange, base, size in _BEFORE_A_DEMO
    )
    return past + schedule(opened, DEMO_DAYS + max(0, ((now or opened) - opened).days))


def _incident(kind: Kind, slot_start: datetime, name: str) -> Incident:
    start = slot_start + timedelta(seconds=_draw(name, "start", _LATEST_S))
    end = start + timedelta(minutes=_SHORTEST_MIN + _draw(name, "length", _LONGEST_MIN - _SHORTEST_MIN + 1))
    exchange = "" if kind == "price_jump" else SPOKEN[_draw(name, "exchange", len(SPOKEN))]
    base = "" if kind == "venue_outage" else BASES[_draw(name, "base", len(BASES))]
    return Incident(kind, exchange, base, start, end, _size(kind, base, name))


def _size(kind: Kind, base: str, name: str) -> float:
    way, much = 1.0 - 2.0 * _draw(name, "way", 2), 1.0 + 0.1 * _draw(name, "size", 6)
    match kind:
        case "spread_widening":
            return 2.5 * much
        case "depth_drop":
            return 0.5 * much
        case "imbalance":
            return way * 0.5 * much
        case "one_sided":
            return way
        case "price_jump":
            return way * _jump(base) * much
        case "venue_outage":
            return 0.0


def _jump(base: str) -> float:
    """A log return."""
    return _JUMP * ASSETS[base].daily_pct / 100


def _draw(name: str, purpose: str, choices: int) -> int:
    return key("incident", name, purpose) % choices


# Hours before the opening, minutes long, kind, exchange, base, size.
_BEFORE_A_DEMO: tuple[tuple[float, int, Kind, str, str, float], ...] = (
    (21.0, 20, "price_jump", "", "BTC", -_jump("BTC")),
    (17.0, 20, "venue_outage", "coinbase", "", 0.0),
    (15.0, 20, "imbalance", "coinbase", "SOL", -0.5),
    (13.0, 25, "depth_drop", "coinbase", "ETH", 0.5),
    (10.0, 15, "one_sided", "binance", "BTC", 1.0),
    (7.5, 20, "spread_widening", "binance", "BTC", 4.0),
    (5.0, 30, "spread_widening", "kraken", "ETH", 3.0),
    (3.0, 30, "depth_drop", "binance", "SOL", 0.6),
    (2.25, 30, "depth_drop", "kraken", "SOL", 0.5),
)
