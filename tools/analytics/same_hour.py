"""Now among the samples of the same hour of the week."""

from datetime import datetime

import numpy as np

from ..units import Count, Pct, Percentile, Usd
from .bands_over_time import DepthColumn, depth_within
from .dispersion import FEWEST_SAMPLES, dispersion, percentile_of
from .result import Record
from .series import HOUR_MS, HOURS_A_WEEK, Series, milliseconds, priced

_FEWEST_WEEKS = 2
_NOT_COMPARED = "This hour of the week is not compared:"
_FEW_WEEKS = f"{_NOT_COMPARED} fewer than two earlier weeks of it are recorded."
_ONLY_MEANS = f"{_NOT_COMPARED} earlier weeks of it are stored only as hourly means, which is what remains beyond the retention time."
_FEW_SAMPLES = f"{_NOT_COMPARED} earlier weeks hold fewer than {FEWEST_SAMPLES} samples of it."


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
    """The samples of a series that stand in the hour of the week of `at`, in weeks before; hourly means among them."""
    known = priced(past)
    hours, present = known.time_ms // HOUR_MS, milliseconds(at) // HOUR_MS
    return known.where(((present - hours) % HOURS_A_WEEK == 0) & (hours < present))


def same_hour(past: Series, at: datetime, spread_now: float | None, depth_usd_now: float | None, band: DepthColumn) -> HourOfWeek | str:
    """Now among the samples of earlier weeks at the hour of `at`; depth is measured as in `band`.

    The samples of one hour stand close together, so that many of them from one week say little: at least two earlier weeks must hold
    that hour, with dispersion.FEWEST_SAMPLES samples in all. The hour that is running is left out, and so are hourly means. Otherwise the sentence that
    says why it is not compared.
    """
    stored = of_same_hour(past, at)
    chosen = stored.where(~stored.hourly)
    if _weeks(chosen) < _FEWEST_WEEKS:
        return _FEW_WEEKS if _weeks(stored) < _FEWEST_WEEKS else _ONLY_MEANS
    spread = dispersion(chosen.spread_pct)
    if spread is None:
        return _FEW_SAMPLES
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


def _weeks(chosen: Series) -> int:
    return len(np.unique(chosen.time_ms // HOUR_MS))
