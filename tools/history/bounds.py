"""What a row of a file may hold: numbers within which no sum, ratio or square overflows, bands that grow outward, whole profiles."""

from collections.abc import Mapping
from itertools import pairwise
from math import nan
from typing import Any, TypeVar, cast

import numpy as np
from pydantic import BaseModel, ValidationError

from ..analytics.depth import BAND_WIDTHS_PCT, DepthBand
from ..analytics.snapshot import PROFILE_EDGES_PCT, DepthProfile
from ..errors import NotReadable, outside_text
from ..mistakes import mistake

SMALLEST, LARGEST = 1e-30, 1e30
"""Of prices and sizes, as book.clean has them."""
# A profile is kept as float32, which makes a little more of the largest; what was kept can be exported and must be taken back.
_LARGEST_KEPT = float(np.float32(LARGEST))
MOST_USD = 1e15
"""More than all the money there is."""
# Sums of the same levels in another order differ by less.
_ROUNDING = 1e-9

T = TypeVar("T", bound=BaseModel)


def number_of(row: Mapping[str, Any], name: str, least: float, most: float) -> float:
    """A field as a number from `least` to `most`; raises NotReadable."""
    value = row.get(name)
    if value is None:
        raise NotReadable(f"has no {name}.")
    number = _number(value)
    if not least <= number <= most:
        wanted = f"of at least 0 and at most {most:g}" if least == 0 else f"above 0, from {least:g} to {most:g}"
        raise NotReadable(f"has {outside_text(str(value))} for {name}, which must be a number {wanted}.")
    return number


def checked(model: type[T], value: Any) -> T:
    """A value as a model; raises NotReadable, which names the first field that is wrong."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        where, problem, _ = mistake(error)
        raise NotReadable(f"has a wrong {'.'.join(str(part) for part in where) or 'field'}: it {problem}.") from None


def depth_of(value: Any) -> list[DepthBand]:
    """Bands from the narrowest outward; raises NotReadable where they are none, given twice, out of bounds or shrink outward."""
    bands = [checked(DepthBand, one) for one in cast("list[Any]", value)] if isinstance(value, list) else []
    widths = [band.width_pct for band in bands]
    if not isinstance(value, list) or not set(widths) <= set(BAND_WIDTHS_PCT):
        raise NotReadable(f"has a depth that is no list of bands of {', '.join(f'{width:g}' for width in BAND_WIDTHS_PCT)}%.")
    if len(set(widths)) < len(widths):
        raise NotReadable("has a depth that gives a band twice.")
    bands.sort(key=_width)
    if not all(0 <= usd <= MOST_USD for band in bands for usd in (band.bid_usd, band.ask_usd)):
        raise NotReadable(f"has a depth that is not from 0 to {MOST_USD:g} USD.")
    if any(_shrinks(near.bid_usd, far.bid_usd) or _shrinks(near.ask_usd, far.ask_usd) for near, far in pairwise(bands)):
        raise NotReadable("has a depth that holds less in a wider band than in a narrower one.")
    return bands


def profile_of(value: Any) -> DepthProfile:
    """A profile of as many bins a side as there are edges; raises NotReadable."""
    profile = checked(DepthProfile, value)
    if {len(profile.bid_sizes), len(profile.ask_sizes)} != {len(PROFILE_EDGES_PCT)}:
        raise NotReadable(f"has a profile of other than {len(PROFILE_EDGES_PCT)} bins a side.")
    if not all(size is None or 0 <= size <= _LARGEST_KEPT for size in (*profile.bid_sizes, *profile.ask_sizes)):
        raise NotReadable(f"has a profile with a size that is not from 0 to {LARGEST:g}.")
    return profile


def _number(value: Any) -> float:
    try:
        return nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return nan


def _width(band: DepthBand) -> float:
    return band.width_pct


def _shrinks(near: float, far: float) -> bool:
    return far < near * (1 - _ROUNDING)
