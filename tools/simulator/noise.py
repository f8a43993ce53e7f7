"""Random numbers that are pure functions of what they belong to, so that any moment is had without the moments before it."""

from collections.abc import Sequence
from functools import cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bits = NDArray[np.uint64]

# Arrays without dimensions: as operands they cost numpy less than its scalars.
_GOLDEN, _FIRST, _SECOND, _30, _27, _31, _11 = (
    np.array(number, dtype=np.uint64) for number in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 30, 27, 31, 11)
)
_OCTAVES: Integers = np.arange(64)
_ENDS: Integers = np.array([0, 1]).reshape(2, 1, 1)


@cache
def key(*parts: str | int) -> int:
    """A 64-bit key for a purpose, the same in every process."""
    return int.from_bytes(blake2b("/".join(map(str, parts)).encode(), digest_size=8).digest(), "big")


def bits(start: int | Bits, *coordinates: Integers) -> Bits:
    """64 random bits for each point, by the finalizer of SplitMix64 (Steele, Lea and Flood 2014).

    The coordinates are columns of one shape (n,). `start` is a key, or the bits that the coordinates before these gave: both ways end alike.
    """
    for coordinate in coordinates:
        state = coordinate.view(np.uint64) * _GOLDEN + start
        state ^= state >> _30
        state *= _FIRST
        state ^= state >> _27
        state *= _SECOND
        state ^= state >> _31
        start = state
    return np.asarray(start, dtype=np.uint64)


def uniform(start: int | Bits, *coordinates: Integers) -> Floats:
    """A number in [0, 1) for each point, of its `bits`."""
    return (bits(start, *coordinates) >> _11).astype(np.float64) * 2.0**-53


def bell(start: int | Bits, *coordinates: Integers) -> Floats:
    """A number for each point, of its `bits`, mean 0 and standard deviation 1, never beyond 3.5: the sum of four uniform ones (Irwin-Hall)."""
    first, second, third, fourth = bits(start, *coordinates).view(np.uint16).reshape(-1, 4).T
    # Column by column is ten times faster than numpy's sum of rows so short.
    return ((np.add(first, second, dtype=np.uint32) + third + fourth) / 2.0**16 - 2.0) * 3.0**0.5


def wander(keys: Sequence[int], seconds: float, periods: Floats) -> Floats:
    """For each key one smooth curve over time for each period (in seconds): their values at `seconds`, within [-1, 1], of shape (keys, periods)."""
    position = seconds / periods
    cell = np.floor(position).astype(np.int64)
    along = position - cell
    octaves = _OCTAVES[: len(periods)]
    starts = np.array(keys, dtype=np.uint64)[:, np.newaxis]
    before, after = uniform(starts, octaves, cell + _ENDS)
    return 2.0 * (before + (after - before) * along * along * (3.0 - 2.0 * along)) - 1.0
