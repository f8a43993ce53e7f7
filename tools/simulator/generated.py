"""Simulated books: a pure function of seed, exchange, symbol and time, so any moment of any day can be had at once."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from ..errors import EmptyBook, UnknownSymbol
from ..parameters import Source
from .catalog import PROFILES, Profile
from .conditions import Condition, VenueDown, condition
from .incidents import Incident
from .ladder import Ladder, build
from .mids import mid, usd
from .noise import Floats, Integers, key, wander
from .side import Side
from .source import SPOKEN, Level, ListedMarket, RawBook

STEP_MS = 250
"""How often a simulated book changes."""
Columns = tuple[Floats, Floats]
"""Prices in quote currency and sizes in base units, best first, of one shape (n,)."""
_SPREAD_PERIODS: Floats = np.array([5.0, 60.0, 3_600.0])
_SPREAD_SWINGS: Floats = np.array([0.03, 0.04, 0.06])
_BREATHING_TICKS = 6
"""A narrower spread stays as it is: one tick more would already be a fifth more."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class _Kept:
    """The last book of a market, how much of it was built, the most levels that were asked of it, and as much of it as has been put into words."""

    step: int
    built: int
    reach_pct: float
    asked: int
    bids: Ladder
    asks: Ladder
    words: tuple[list[Level], list[Level]]

    def reaches(self, levels: int, reach_pct: float) -> bool:
        """Whether both sides hold that many levels, or all there are, or reach that far."""
        return (levels <= self.built and reach_pct <= self.reach_pct) or all(side.whole or len(side.ticks) >= levels for side in (self.bids, self.asks))


class GeneratedBooks:
    """Books of five venues and their usual markets around one moving price per asset; the same for everyone with the same seed and incidents."""

    source: Source = "simulated"
    exchanges = SPOKEN

    def __init__(self, seed: int = 7, now: Callable[[], datetime] = _utc_now, incidents: Sequence[Incident] = ()) -> None:
        self._seed = seed
        self._now = now
        self.place(incidents)

    def place(self, incidents: Sequence[Incident]) -> None:
        """Have these incidents instead of those of before, at every moment."""
        self._incidents = {place: [one for one in incidents if one.touches(place[0], profile.market.base)] for place, profile in PROFILES.items()}
        self._kept: dict[tuple[str, str], _Kept] = {}

    def now(self) -> datetime:
        """The clock that books are generated for."""
        return self._now()

    def markets(self, exchange: str) -> Sequence[ListedMarket]:
        """What an exchange lists."""
        return [profile.market for profile in PROFILES.values() if profile.exchange == exchange]

    def book(self, exchange: str, symbol: str, levels: int | None = None) -> RawBook:
        """The book of now, the best `levels` of each side or all. Raises UnknownSymbol, and VenueDown in an outage."""
        return self.book_at(exchange, symbol, round(self._now().timestamp() * 1_000), levels)

    def book_at(self, exchange: str, symbol: str, time_ms: int, levels: int | None = None) -> RawBook:
        """The book of any moment, in milliseconds since 1970. Raises UnknownSymbol, and VenueDown in an outage."""
        profile = _profile(exchange, symbol)
        kept = self._at(profile, time_ms // STEP_MS, profile.most_levels if levels is None else levels)
        bids, asks = (_words(profile, ladder, words, levels) for ladder, words in zip((kept.bids, kept.asks), kept.words, strict=True))
        return RawBook(kept.step * STEP_MS, time_ms, bids, asks)

    def columns_at(self, exchange: str, symbol: str, time_ms: int, levels: int | None = None, reach_pct: float = math.inf) -> tuple[Columns, Columns]:
        """Bids and asks of `book_at` as numbers: prices and sizes, equal to what its decimal strings say.

        A side may end once it reaches more than `reach_pct` from mid.
        """
        profile = _profile(exchange, symbol)
        kept = self._at(profile, time_ms // STEP_MS, profile.most_levels if levels is None else levels, reach_pct)
        bids, asks = (_columns(profile, ladder, levels) for ladder in (kept.bids, kept.asks))
        return bids, asks

    def best_at(self, exchange: str, symbol: str, time_ms: int) -> tuple[float, float]:
        """The best bid and the best ask of `columns_at`, without its levels. Raises as it does, and EmptyBook where a side has none."""
        profile = _profile(exchange, symbol)
        seconds = time_ms // STEP_MS * STEP_MS / 1_000
        now = self._condition(profile, seconds)
        if now.gone:
            raise EmptyBook(exchange, symbol, "ask" if now.gone > 0 else "bid")
        bids, asks = _sides(self._seed, profile, seconds, now)
        return bids.best / 10.0**profile.price_decimals, asks.best / 10.0**profile.price_decimals

    def _condition(self, profile: Profile, seconds: float) -> Condition:
        now = condition(self._incidents[profile.exchange, profile.market.symbol], seconds)
        if now.down:
            raise VenueDown(profile.exchange)
        return now

    def _at(self, profile: Profile, step: int, levels: int, reach_pct: float = math.inf) -> _Kept:
        """A book asked for again within its step costs nothing."""
        place = profile.exchange, profile.market.symbol
        kept = self._kept.get(place)
        if kept is None or kept.step != step or not kept.reaches(levels, reach_pct):
            # Who went deeper after a first look will probably do so again: building what both need at once is faster.
            built = levels if kept is None else max(levels, kept.asked)
            seconds = step * STEP_MS / 1_000
            now = self._condition(profile, seconds)
            kept = self._kept[place] = _Kept(step, built, reach_pct, 0, *ladders(self._seed, profile, seconds, built, now, reach_pct), ([], []))
        kept.asked = max(kept.asked, levels)
        return kept


def _profile(exchange: str, symbol: str) -> Profile:
    profile = PROFILES.get((exchange, symbol))
    if profile is None:
        raise UnknownSymbol(exchange, symbol)
    return profile


def ladders(seed: int, profile: Profile, seconds: float, levels: int, now: Condition, reach_pct: float) -> tuple[Ladder, Ladder]:
    """Bids and asks of a market at `seconds` since 1970 in the condition `now`, the best `levels` of each, or as far as `reach_pct` from mid."""
    bids, asks = (build(side, levels, reach_pct) for side in _sides(seed, profile, seconds, now))
    return _without(bids, now.gone < 0), _without(asks, now.gone > 0)


def _sides(seed: int, profile: Profile, seconds: float, now: Condition) -> tuple[Side, Side]:
    """What bids and asks are built from."""
    base, quote, moved = profile.market.base, profile.market.quote, math.exp(now.log_price)
    middle = mid(seed, profile.exchange, base, quote, seconds) * moved * 10.0**profile.price_decimals
    spread = max(1, round(_usual_spread(seed, profile, middle, seconds) * now.spread))
    bid = math.floor(middle - (spread - 1) / 2)
    step_usd = usd(seed, base, seconds) * moved * 10.0**-profile.size_decimals
    ways = ((-1, bid), (1, bid + spread))
    bids, asks = (Side(profile, seed, way, best, bid + spread / 2, seconds, step_usd, now.depth * (1 - way * now.lean)) for way, best in ways)
    return bids, asks


def _usual_spread(seed: int, profile: Profile, middle: float, seconds: float) -> int:
    """The spread in ticks that no incident has widened, at a mid of `middle` ticks: breathing where a tick is a small part of it, else standing still."""
    usual = round(profile.spread_bps / 1e4 * profile.usual_ticks)
    if usual < _BREATHING_TICKS:
        return max(1, usual)
    breath = float(wander([key(seed, "spread", profile.exchange, profile.market.symbol)], seconds, _SPREAD_PERIODS)[0] @ _SPREAD_SWINGS)
    return round(profile.spread_bps * math.exp(breath) / 1e4 * middle)


def _without(ladder: Ladder, gone: bool) -> Ladder:
    return Ladder(ladder.ticks[:0], ladder.sizes[:0], whole=True) if gone else ladder


def _columns(profile: Profile, ladder: Ladder, levels: int | None) -> Columns:
    """The best levels as prices and sizes: a whole number over a power of ten is rounded as its decimal string is when read."""
    return ladder.ticks[:levels] / 10.0**profile.price_decimals, ladder.sizes[:levels] / 10.0**profile.size_decimals


def _words(profile: Profile, ladder: Ladder, said: list[Level], levels: int | None) -> list[Level]:
    """The best levels as exchanges write them; what has been said is kept, and said again."""
    wanted = len(ladder.ticks) if levels is None else min(levels, len(ladder.ticks))
    if len(said) < wanted:
        rest = slice(len(said), wanted)
        prices, sizes = _decimal(ladder.ticks[rest], profile.price_decimals), _decimal(ladder.sizes[rest], profile.size_decimals)
        said.extend(zip(prices, sizes, strict=True))
    return said[:wanted]


def _decimal(units: Integers, decimals: int) -> list[str]:
    """Whole units of 10 ** -decimals as decimal strings, exact below 2 ** 53 units; one format for all is five times faster than one each."""
    values = units / 10.0**decimals
    return (f"%.{decimals}f " * len(values) % tuple(values.tolist())).split()
