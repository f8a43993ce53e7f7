"""Random numbers that are pure functions of what they belong to, so that any moment is had without the moments before it."""

from collections.abc import Sequence
from functools import cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


@cache
def key(*parts: str | int) -> int:
    """A 64-bit key for a purpose, the same in every process."""
    return int.from_bytes(blake2b("/".join(map(str, parts)).encode(), digest_size=8).digest(), "big")


def _bits(key: int, coordinates: Sequence[Integers]) -> NDArray[np.uint64]:
    """64 random bits for each point, by the finalizer of SplitMix64 (Steele, Lea and Flood 2014)."""
    state = np.full(coordinates[0].shape, key, dtype=np.uint64)
    for coordinate in coordinates:
        state += coordinate.view(np.uint64) * _GOLDEN
        state ^= state >> np.uint64(30)
        state *= _FIRST
        state ^= state >> np.uint64(27)
        state *= _SECOND
        state ^= state >> np.uint64(31)
    return state


def uniform(key: int, *coordinates: Integers) -> Floats:
    """A number in [0, 1) for each point; the coordinates are columns of one shape (n,)."""
    return (_bits(key, coordinates) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def bell(key: int, *coordinates: Integers) -> Floats:
    """A number for each point, mean 0 and standard deviation 1, never beyond 3.5: the sum of four uniform ones (Irwin-Hall)."""
    quarters = _bits(key, coordinates).view(np.uint16).reshape(-1, 4)
    return (quarters.sum(axis=1) / 2.0**16 - 2.0) * 3.0**0.5


def wander(key: int, seconds: float, periods: Floats) -> Floats:
    """One smooth curve over time for each period (in seconds): its value at `seconds`, within [-1, 1]."""
    position = seconds / periods
    cell = np.floor(position).astype(np.int64)
    along = position - cell
    octave = np.arange(len(periods), dtype=np.int64)
    before, after = uniform(key, np.concatenate((octave, octave)), np.concatenate((cell, cell + 1))).reshape(2, -1)
    return 2.0 * (before + (after - before) * along * along * (3.0 - 2.0 * along)) - 1.0
