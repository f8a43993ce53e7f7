"""The levels of a simulated book: orders that belong to a price, live for a while and are replaced, thinning out away from mid.

Prices and sizes are whole ticks and steps. The price axis is cut into slots that are anchored in price and widen with distance; a slot holds
at most one level. So when mid moves, the orders stay where they are.
"""

import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from .catalog import Profile
from .noise import Integers, uniform
from .side import EVEN_PCT, Side, Where, dollars, settled_sizes, slot_widths
from .slots import Prices, Slots, prices, slots, term

_BEST = 3.0
"""How much larger than its neighbours the best level tends to be."""
_WALL_EVERY_PCT = 0.06
_WALL_EVERY_LEVELS = 25
_WALL_LIFE_S = 900.0
_WALLS_WITHIN = 0.03
_ABSURD_BIDS = (2, 100, 10_000)
_ABSURD_ASKS = (10, 100, 1_000)
_ABSURD_SIZES: Integers = np.array([1_000, 100_000, 1_000_000, 100_000_000])


@dataclass(frozen=True)
class Ladder:
    """One side, best first: prices in ticks and sizes in steps, columns of one shape (n,); `whole` says that nothing was left out."""

    ticks: Integers
    sizes: Integers
    whole: bool


def build(side: Side, levels: int, reach_pct: float = math.inf) -> Ladder:
    """The best `levels` of a side, or all it has where that is less; building fewer costs less and gives the same ones.

    Levels may be left out once one stands more than `reach_pct` from mid.
    """
    shown = min(levels, side.profile.most_levels)
    ladder = _built(side, shown, reach_pct)
    if math.isinf(reach_pct) or len(ladder.ticks) == shown or abs(int(ladder.ticks[-1]) - side.mid) > reach_pct / 100 * side.mid:
        return ladder
    # The last band that was built, or those of a thin book, hold no order so far out.
    return _built(side, shown, math.inf)


def _built(side: Side, shown: int, reach_pct: float) -> Ladder:
    near, end = _slots(side, shown, reach_pct)
    held = np.flatnonzero(_held(side, near))
    walls = _walls(side)
    places = prices(side.keys, np.concatenate((np.array([side.best]), walls)))
    standing = _standing(side, np.concatenate((places.ticks, near.ticks[held])), end)
    ends = math.isinf(end) and len(standing) <= shown
    standing = standing[:shown]
    best = Prices._make(np.concatenate((one, other[held]))[standing] for one, other in zip(places, near[-len(places) :], strict=True))
    sizes = _sizes(side, best, (standing > 0) & (standing <= len(walls)))
    if ends:
        return _with_absurd(side, best.ticks, sizes) if side.profile.absurd else Ladder(best.ticks, sizes, whole=True)
    return Ladder(best.ticks, sizes, whole=len(standing) >= shown == side.profile.most_levels)


def _standing(side: Side, ticks: Integers, end: float) -> Integers:
    """Where in the column of ticks the levels before `end` are, best first; of two orders at one price the first in the column stands."""
    away = ticks * side.direction
    inside = np.flatnonzero((away >= side.best * side.direction) & (away < end) & (ticks > 0))
    away = away[inside]
    order = np.argsort(away, kind="stable")
    away = away[order]
    first = np.ones(len(away), dtype=np.bool_)
    np.not_equal(away[1:], away[:-1], out=first[1:])
    return inside[order[first]]


def _sizes(side: Side, prices: Prices, walled: Where) -> Integers:
    notional = dollars(side, prices, walled)
    notional[0] *= _BEST
    return settled_sizes(prices.own, notional / side.usd_per_step)


def _slots(side: Side, levels: int, reach_pct: float) -> tuple[Slots, float]:
    """Slots for that many levels beyond the best price, or up to a band beyond `reach_pct`, nearest band first, and where they end.

    The end is a price in ticks times the direction, infinite where the side ends by itself.
    """
    wanted, pieces, last_width, end = 20 + 1.3 * levels / side.profile.filled, list[Slots](), 0, math.inf
    for near, far, width in _bands(side.profile):
        if wanted <= 0 or near > reach_pct:
            # Slots of this band may reach over the edge, so what stands close to it is not final.
            end = side.direction * side.best + near / 100 * side.mid - 3 * last_width
            break
        edges = sorted(side.best + side.direction * pct / 100 * side.mid for pct in (near, far))
        first, beyond = (int(edge // width) for edge in edges)
        pieces += slots(side.keys, width, first, beyond)
        wanted -= beyond - first
        last_width = width
    return Slots._make(map(np.concatenate, zip(*pieces, strict=True))), end


@cache
def _bands(profile: Profile) -> tuple[tuple[float, float, int], ...]:
    """The distances from mid in per cent between which slots are of one width, and that width in ticks, up to where a side ends."""
    edges = [0.0]
    while edges[-1] < profile.reach_pct:
        edges.append(min(EVEN_PCT * 2.0 ** (len(edges) - 1), profile.reach_pct))
    return tuple((*ends, width) for ends, width in zip(pairwise(edges), slot_widths(profile, np.array(edges[1:])).tolist(), strict=True))


def _held(side: Side, slots: Slots) -> Where:
    return uniform(slots.held_bits, term(side.seconds, slots.held_life_s, slots.held_shift)) < side.profile.filled


def _walls(side: Side) -> Integers:
    """Round prices that hold a large order now, within 3 per cent of the best price: one of every two neighbours."""
    slot = _bands(side.profile)[0][2]
    every = _round_number(max(_WALL_EVERY_PCT / 100 * side.profile.usual_ticks, _WALL_EVERY_LEVELS * slot))
    if every > _WALLS_WITHIN / 3 * side.profile.usual_ticks:
        # Of so thin a book a wall would be the most of it.
        return np.empty(0, dtype=np.int64)
    edges = sorted((side.best + side.direction, side.best + side.direction * _WALLS_WITHIN * side.mid))
    ids = np.arange(-(-edges[0] // every), edges[1] // every, dtype=np.int64)
    pair = ids // 2
    term = np.floor(side.seconds / _WALL_LIFE_S + uniform(side.keys.of("wall term"), pair)).astype(np.int64)
    return (ids * every)[(uniform(side.keys.of("wall"), pair, term) < 0.5) == (ids % 2 == 0)]


def _round_number(ticks: float) -> int:
    """The nearest 1, 2 or 5 times a power of ten below, at least 1."""
    power = 10 ** int(np.floor(np.log10(max(ticks, 1.0))))
    return max(step * power for step in (1, 2, 5) if step * power <= max(ticks, 1.0))


def _with_absurd(side: Side, ticks: Integers, sizes: Integers) -> Ladder:
    """A whole side and what stands at the ends of real full books: bids of a cent and asks of a thousand times the price."""
    mid = int(side.mid)
    far = np.array([mid * times for times in _ABSURD_ASKS] if side.direction > 0 else [*(mid // times for times in _ABSURD_BIDS), 1])
    far = far[(far * side.direction > ticks[-1] * side.direction) & (far > 0) & (np.diff(far, prepend=0) != 0)]
    return Ladder(np.concatenate((ticks, far)), np.concatenate((sizes, _ABSURD_SIZES[: len(far)])), whole=True)
