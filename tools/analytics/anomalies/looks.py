"""A stored series as the looks that it was recorded by."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ...book import Column
from ..bands_over_time import DepthColumn, depth_column
from ..figures import row
from ..series import Series, Times, moment, usual_spacing_ms
from .norms import Norm
from .watching import Observation

_LASTING = 11
"""So many spacings say how often a market is looked at: every five minutes at first, it may be, and later every ten seconds."""
# A spacing this near to the median of all, as a part of it, is no other one.
_NEAR = 0.25


@dataclass(frozen=True)
class Looks:
    """Every look at a market, valid or failed, in order of time: `time_ms`, and which row of the series it gave, -1 where none.

    `intervals_s` is what usually lay between two of them at each, shape (n,).
    """

    series: Series
    time_ms: Times
    rows: NDArray[np.intp]
    intervals_s: Column

    @classmethod
    def of(cls, series: Series) -> "Looks":
        """The looks that made a series whose snapshots know their prices."""
        time_ms = np.concatenate((series.time_ms, series.failed_ms))
        order = np.argsort(time_ms, kind="stable")
        rows = np.where(order < len(series), order, -1)
        return cls(series, time_ms[order], rows, _intervals_s(time_ms[order]))

    def part(self, start: int, end: int) -> "Looks":
        """The looks from one place to before another."""
        if (start, end) == (0, len(self.time_ms)):
            return self
        return Looks(self.series, self.time_ms[start:end], self.rows[start:end], self.intervals_s[start:end])

    @cached_property
    def depth(self) -> DepthColumn:
        """The depth that the series can be judged by."""
        return depth_column(self.series)

    def observation(self, index: int, usual: Norm | None) -> Observation:
        """A look as `step` takes it."""
        series, of = self.series, int(self.rows[index])
        seen = row(series, of) if of >= 0 else None
        at = moment(int(self.time_ms[index]))
        return Observation(
            source=series.source, exchange=series.exchange, symbol=series.symbol, at=at, figures=seen, interval_s=float(self.intervals_s[index]), norm=usual
        )


def lately_ms(series: Series) -> float:
    """What usually lay between the last looks of a series, valid or failed: how often its market is looked at by its end."""
    last = np.concatenate((series.time_ms[-_LASTING - 1 :], series.failed_ms[-_LASTING - 1 :]))
    return usual_spacing_ms(np.sort(last)[-_LASTING - 1 :])


def _intervals_s(time_ms: Times) -> Column:
    """The median of the last spacings up to each look, or where most of them are near to that of all, that; at the beginning of the first spacings."""
    spacings, usual_s = np.diff(time_ms) / 1_000, usual_spacing_ms(time_ms) / 1_000
    other = np.abs(spacings - usual_s) > _NEAR * usual_s
    if not other.any():
        return np.full(len(time_ms), usual_s)
    lasting = min(_LASTING, len(spacings))
    changed = 2 * np.convolve(other, np.ones(lasting), "valid") >= lasting
    medians = np.full(len(changed), usual_s)
    medians[changed] = np.median(sliding_window_view(spacings, lasting)[changed], axis=1)
    return medians[np.maximum(np.arange(len(time_ms)) - lasting, 0)]
