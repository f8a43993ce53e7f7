"""What never changes about the price axis of a simulated market, so that a later moment need not work it out again."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .noise import Bits, Floats, Integers, bits, key, uniform

_CHUNK = 1_024


class MarketKeys(NamedTuple):
    """The keys of a market; both sides share them, a price belongs to one of them at a time."""

    seed: int
    exchange: str
    symbol: str

    def of(self, purpose: str) -> int:
        """The key of one purpose."""
        return key(self.seed, purpose, self.exchange, self.symbol)


class Prices(NamedTuple):
    """Prices in ticks and of what their sizes are made, columns of one shape (n,).

    `life_s` and `shift` give the `term` of a size, `bits` are those to go on from with it; sizes settle by `own`.
    """

    ticks: Integers
    life_s: Floats
    shift: Floats
    bits: Bits
    own: Floats


class Slots(NamedTuple):
    """Slots of the price axis, columns of one shape (n,): what says whether each holds an order, and the `Prices` columns of that order."""

    held_life_s: Floats
    held_shift: Floats
    held_bits: Bits
    ticks: Integers
    life_s: Floats
    shift: Floats
    bits: Bits
    own: Floats


def term(seconds: float, life_s: Floats, shift: Floats) -> Integers:
    """Which order each place holds at `seconds` since 1970: a number that changes every `life_s`, at a moment of the place's own."""
    return np.floor(seconds / life_s + shift).astype(np.int64)


def prices(keys: MarketKeys, ticks: Integers) -> Prices:
    """Any prices."""
    return Prices(ticks, *_lives(keys.of("size term"), ticks, np.ones_like(ticks)), bits(keys.of("size"), ticks), uniform(keys.of("settle"), ticks))


def slots(keys: MarketKeys, width: int, first: int, end: int) -> list[Slots]:
    """The slots of one width in ticks from number `first` to before `end`, in pieces."""
    pieces = list[Slots]()
    for number in range(first // _CHUNK, -(-end // _CHUNK)):
        wanted = slice(max(0, first - number * _CHUNK), end - number * _CHUNK)
        pieces.append(Slots._make(column[wanted] for column in chunk(keys, width, number)))
    return pieces


@lru_cache(maxsize=512)
def chunk(keys: MarketKeys, width: int, number: int) -> Slots:
    """Slots that are worked out at once: 64 kB."""
    ids = np.arange(number * _CHUNK, (number + 1) * _CHUNK, dtype=np.int64)
    widths = np.full_like(ids, width)
    ticks = ids * width + (uniform(keys.of("place"), ids, widths) * width).astype(np.int64)
    return Slots(*_lives(keys.of("held term"), ids, widths), bits(keys.of("held"), ids, widths), *prices(keys, ticks))


def _lives(start: int, *coordinates: Integers) -> tuple[Floats, Floats]:
    """How long the orders of each place live, 8 to 128 s, and how far their terms are shifted."""
    chance = uniform(start, *coordinates)
    return 8.0 * 2.0 ** np.floor(5.0 * chance), 32.0 * chance
