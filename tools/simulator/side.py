"""How large the orders of a simulated book are: a depth profile, its tides, and luck that lasts as long as an order.

A `Side` is what one side of a book is built from. Sizes are dollars until they settle into whole steps.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .catalog import Profile
from .noise import Floats, Integers, bell, key, uniform, wander

EVEN_PCT = 0.35
"""Up to here from mid levels are evenly spaced; beyond, each doubling of distance widens their slots by _WIDENING."""
_WIDENING = 1.6
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

    def key(self, purpose: str) -> int:
        """The key of one purpose of this market; both sides share it, a price belongs to one of them at a time."""
        return key(self.seed, purpose, self.profile.exchange, self.profile.market.symbol)

    @cached_property
    def tide(self) -> float:
        """How this side's liquidity compares with its usual, slowly changing within a sixth of it."""
        keys = self.key("tide"), self.key(f"tide {self.direction}")
        return math.exp(sum(float(wander(one, self.seconds, _SLOW) @ swings) for one, swings in zip(keys, _TIDES, strict=True)))


def slot_widths(profile: Profile, distance_pct: Floats) -> Integers:
    """How wide the slots are at a distance from mid, in ticks."""
    band = np.ceil(np.log2(np.maximum(distance_pct / EVEN_PCT, 1.0)) - 1e-9)
    return np.maximum(1, np.rint(profile.spacing_bps / 1e4 * profile.usual_ticks * _WIDENING**band)).astype(np.int64)


def order_term(side: Side, purpose: str, ticks: Integers, widths: Integers) -> Integers:
    """Which order a price holds now: a number that changes every 8 to 128 s, at a moment of the price's own."""
    chance = uniform(side.key(purpose), ticks, widths)
    life = 8.0 * 2.0 ** np.floor(5.0 * chance)
    return np.floor(side.seconds / life + 32.0 * chance).astype(np.int64)


def _typical(side: Side, ticks: Integers) -> Floats:
    """The expected dollars of a level: the depth profile's slope over its slot.

    Depth within x per cent of mid is as x / (x + knee) + 0.08 x: linear near mid, then flattening, as recorded books have it.
    """
    distance, knee = _distance_pct(side, ticks), side.profile.knee_pct
    slope = knee / (distance + knee) ** 2 + 0.08
    at_one_pct = 1 / (1 + knee) + 0.08
    slot_pct = slot_widths(side.profile, distance) * (100 / side.mid)
    return side.profile.depth_usd * side.tide * side.left * slope / at_one_pct * slot_pct / side.profile.filled


def _distance_pct(side: Side, ticks: Integers) -> Floats:
    return np.abs(ticks - side.mid) * (100 / side.mid)


def dollars(side: Side, ticks: Integers) -> Floats:
    """Dollars at each price, log-normal about the typical ones with that mean; the wider slots are, the more orders stand in one, and the less luck."""
    luck = bell(side.key("size"), ticks, order_term(side, "size term", ticks, np.ones_like(ticks)))
    sigma = side.profile.luck * np.sqrt(EVEN_PCT / np.maximum(EVEN_PCT, _distance_pct(side, ticks)))
    return _typical(side, ticks) * np.exp(sigma * luck - sigma**2 / 2)


def wall_dollars(side: Side, ticks: Integers) -> Floats:
    """Dollars of a wall at each price: 6 to 18 times the typical ones."""
    return _typical(side, ticks) * (6.0 + 12.0 * uniform(side.key("wall size"), ticks))


def settled_sizes(side: Side, ticks: Integers, sizes: Floats) -> Integers:
    """Sizes that stay as they are while the market about them drifts: each moves only by a tenth, each at a drift of its own."""
    own = uniform(side.key("settle"), ticks)
    settled = np.exp((np.rint(np.log(sizes) / 0.1 + own) - own) * 0.1)
    return np.maximum(1, np.rint(settled)).astype(np.int64)
