"""Now among the samples of the same hour of the week."""

from datetime import datetime

import numpy as np

from ..units import Count, Pct, Percentile, Usd
from .bands_over_time import DepthColumn, depth_within
from .dispersion import dispersion, percentile_of
from .result import Record
from .series import HOUR_MS, HOURS_A_WEEK, Series, milliseconds, priced

_FEWEST_WEEKS = 2


class HourOfWeek(Record):
    """Now among the samples of the same hour of the week, in UTC; Monday is 0."""

    weekday: Count
    hour: Count
    sample_count: Count
    spread_median_pct: Pct
    spread_percentile: Percentile | None
    depth_median_usd: Usd | None
    depth_percentile: Percentile | None


def of_same_hour(past: Series, at: datetime) -> Series:
    """The samples of a series that stand in the hour of the week of `at`, in weeks before."""
    known = priced(past)
    hours, present = known.time_ms // HOUR_MS, milliseconds(at) // HOUR_MS
    return known.where(((present - hours) % HOURS_A_WEEK == 0) & (hours < present) & ~known.hourly)


def same_hour(past: Series, at: datetime, spread_now: float | None, depth_usd_now: float | None, band: DepthColumn) -> HourOfWeek | None:
    """Now among the samples of earlier weeks at the hour of `at`; depth is measured as in `band`.

    The samples of one hour stand close together, so that many of them from one week say little: None unless at least two earlier weeks hold
    that hour, with dispersion.FEWEST_SAMPLES samples in all. The hour that is running is left out, and so are hourly means.
    """
    chosen = of_same_hour(past, at)
    spread = dispersion(chosen.spread_pct)
    if spread is None or len(np.unique(chosen.time_ms // HOUR_MS)) < _FEWEST_WEEKS:
        return None
    depth_usd = depth_within(chosen, band)
    depth = None if depth_usd is None else dispersion(depth_usd)
    return HourOfWeek(
        weekday=at.weekday(),
        hour=at.hour,
        sample_count=len(chosen),
        spread_median_pct=spread.median,
        spread_percentile=None if spread_now is None else percentile_of(spread.ordered, spread_now),
        depth_median_usd=None if depth is None else depth.median,
        depth_percentile=None if depth is None or depth_usd_now is None else percentile_of(depth.ordered, depth_usd_now),
    )
