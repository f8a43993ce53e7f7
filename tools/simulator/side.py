"""How large the orders of a simulated book are: a depth profile, its tides, and luck that lasts as long as an order.

A `Side` is what one side of a book is built from. Sizes are dollars until they settle into whole steps.
"""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from .catalog import Profile
from .noise import Floats, Integers, bell, uniform, wander
from .slots import MarketKeys, Prices, term

Where = NDArray[np.bool_]
EVEN_PCT = 0.35
"""Up to here from mid levels are evenly spaced; beyond, each doubling of distance widens their slots, by 1.6."""
_WIDENING: Floats = np.power(1.6, np.arange(64, dtype=np.float64))
_SLOW: Floats = np.array([120.0, 1_800.0, 14_400.0])
# Of both sides together, and of each by itself.
_TIDES: tuple[Floats, Floats] = np.array([0.02, 0.04, 0.06]), np.array([0.02, 0.02, 0.02])


@dataclass(frozen=True)
class Side:
    """What one side is built from: `direction` is 1 for asks and -1 for bids, `mid` in ticks, `usd_per_step` the value of one size step.

    `left` is what part of every order incidents leave, above 1 where they add to it.
    """

    profile: Profile
    seed: int
    direction: int
    best: int
    mid: float
    seconds: float
    usd_per_step: float
    left: float = 1.0

    @cached_property
    def keys(self) -> MarketKeys:
        """The keys of this market."""
        return MarketKeys(self.seed, self.profile.exchange, self.profile.market.symbol)

    @property
    def tide(self) -> float:
        """How this side's liquidity compares with its usual, slowly changing within a sixth of it."""
        return _tides(self.keys, self.seconds)[self.direction]


@lru_cache(maxsize=64)
def _tides(keys: MarketKeys, seconds: float) -> dict[int, float]:
    """The tide of each direction."""
    both, *each = wander([keys.of(purpose) for purpose in ("tide", "tide -1", "tide 1")], seconds, _SLOW)
    return {way: math.exp(float(both @ _TIDES[0]) + float(own @ _TIDES[1])) for way, own in zip((-1, 1), each, strict=True)}


def slot_widths(profile: Profile, distance_pct: Floats) -> Integers:
    """How wide the slots are at a distance from mid, in ticks."""
    band = np.ceil(np.log2(np.maximum(distance_pct / EVEN_PCT, 1.0)) - 1e-9)
    return np.maximum(1, np.rint(profile.spacing_bps / 1e4 * profile.usual_ticks * _WIDENING[band.astype(np.int64)])).astype(np.int64)


def _typical(side: Side, distance: Floats) -> Floats:
    """The expected dollars of a level: the depth profile's slope over its slot.

    Depth within x per cent of mid is as x / (x + knee) + 0.08 x: linear near mid, then flattening, as recorded books have it.
    """
    knee = side.profile.knee_pct
    slope = knee / (distance + knee) ** 2 + 0.08
    at_one_pct = 1 / (1 + knee) + 0.08
    slot_pct = slot_widths(side.profile, distance) * (100 / side.mid)
    return side.profile.depth_usd * side.tide * side.left * slope / at_one_pct * slot_pct / side.profile.filled


def _distance_pct(side: Side, ticks: Integers) -> Floats:
    return np.abs(ticks - side.mid) * (100 / side.mid)


def dollars(side: Side, prices: Prices, walled: Where) -> Floats:
    """Dollars at each price, log-normal about the typical ones with that mean; the wider slots are, the more orders stand in one, and the less luck.

    Those of a wall are 6 to 18 times the typical ones.
    """
    luck = bell(prices.bits, term(side.seconds, prices.life_s, prices.shift))
    distance = _distance_pct(side, prices.ticks)
    sigma = side.profile.luck * np.sqrt(EVEN_PCT / np.maximum(EVEN_PCT, distance))
    times = np.exp(sigma * luck - sigma**2 / 2)
    times[walled] = 6.0 + 12.0 * uniform(side.keys.of("wall size"), prices.ticks[walled])
    return _typical(side, distance) * times


def settled_sizes(own: Floats, sizes: Floats) -> Integers:
    """Sizes that stay as they are while the market about them drifts: each moves only by a tenth, each at a drift of its `own`."""
    settled = np.exp((np.rint(np.log(sizes) / 0.1 + own) - own) * 0.1)
    return np.maximum(1, np.rint(settled)).astype(np.int64)
