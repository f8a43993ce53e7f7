"""Where simulated prices stand at any moment: one dollar price per asset, pegs that breathe, and each venue a little beside the others."""

import math
from functools import lru_cache

import numpy as np

from .catalog import ASSETS
from .noise import Floats, key, wander

_PERIODS: Floats = 0.5 * np.power(4.0, np.arange(11, dtype=np.float64))
"""Half a second to six days: octaves whose amplitude grows with the root of their period make what looks like a random walk."""
_ROOTS: Floats = np.sqrt(_PERIODS / 86_400)
_PEGS = {"USDT": 0.9998, "USDC": 0.99995}
_PEG_PERIODS: Floats = np.array([900.0, 14_400.0])
_PEG_SWINGS: Floats = np.array([0.00005, 0.0002])
_BASIS_PERIODS: Floats = np.array([20.0, 600.0])
_BASIS_SWINGS: Floats = np.array([0.3e-4, 0.6e-4])


# As many as a day of one market needs, so that the next market and the next venue find theirs.
@lru_cache(maxsize=4_096)
def usd(seed: int, asset: str, seconds: float) -> float:
    """What one unit of an asset or currency is worth in US dollars at `seconds` since 1970."""
    if asset in ASSETS:
        swings = wander([key(seed, "mid", asset)], seconds, _PERIODS)[0] @ _ROOTS
        return ASSETS[asset].usd * math.exp(1.2e-2 * ASSETS[asset].daily_pct * swings)
    if asset in _PEGS:
        return _PEGS[asset] + float(wander([key(seed, "peg", asset)], seconds, _PEG_PERIODS)[0] @ _PEG_SWINGS)
    return 1.0


def mid(seed: int, exchange: str, base: str, quote: str, seconds: float) -> float:
    """A venue's price halfway between bid and ask, in quote currency, before it is put on the tick."""
    own = key(seed, "basis", exchange, base)
    constant = (own / 2.0**64 - 0.5) * 1e-4
    basis = constant + float(wander([own], seconds, _BASIS_PERIODS)[0] @ _BASIS_SWINGS)
    pegged = base in _PEGS
    return usd(seed, base, seconds) / usd(seed, quote, seconds) * (1 + (0.1 if pegged else 1.0) * basis)
