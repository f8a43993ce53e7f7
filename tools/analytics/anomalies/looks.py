"""A stored series as the looks that it was recorded by."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..bands_over_time import DepthColumn, depth_column
from ..figures import row
from ..series import Series, Times, moment
from .norms import Norm, interval_of
from .watching import Observation


@dataclass(frozen=True)
class Looks:
    """Every look at a market, valid or failed, in order of time: `time_ms`, and which row of the series it gave, -1 where none.

    `interval_s` is what usually lies between two of them.
    """

    series: Series
    time_ms: Times
    rows: NDArray[np.intp]
    interval_s: float

    @classmethod
    def of(cls, series: Series) -> "Looks":
        """The looks that made a series whose snapshots know their prices."""
        time_ms = np.concatenate((series.time_ms, series.failed_ms))
        order = np.argsort(time_ms, kind="stable")
        rows = np.where(order < len(series), order, -1)
        return cls(series, time_ms[order], rows, interval_of(time_ms[order]))

    @cached_property
    def depth(self) -> DepthColumn:
        """The depth that the series can be judged by."""
        return depth_column(self.series)

    def observation(self, index: int, usual: Norm | None) -> Observation:
        """A look as `step` takes it."""
        series, of = self.series, int(self.rows[index])
        seen = row(series, of) if of >= 0 else None
        at = moment(int(self.time_ms[index]))
        return Observation(source=series.source, exchange=series.exchange, symbol=series.symbol, at=at, figures=seen, interval_s=self.interval_s, norm=usual)
