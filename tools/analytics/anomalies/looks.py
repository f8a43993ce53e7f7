"""A stored series as the looks that it was recorded by."""

from dataclasses import dataclass

import numpy as np

from ..figures import row
from ..series import Series, moment
from .norms import Norm, interval_of
from .watching import Observation


@dataclass(frozen=True)
class Looks:
    """Every look at a market, valid or failed, in order of time: `time_ms`, and which row of the series it gave, -1 where none.

    `interval_s` is what usually lies between two of them.
    """

    series: Series
    time_ms: list[int]
    rows: list[int]
    interval_s: float

    @classmethod
    def of(cls, series: Series) -> "Looks":
        """The looks that made a series whose snapshots know their prices."""
        time_ms = np.concatenate((series.time_ms, series.failed_ms))
        order = np.argsort(time_ms, kind="stable")
        rows = np.where(order < len(series), order, -1)
        return cls(series, time_ms[order].tolist(), rows.tolist(), interval_of(time_ms[order]))

    def observation(self, index: int, usual: Norm | None) -> Observation:
        """A look as `step` takes it."""
        series, of = self.series, self.rows[index]
        seen = row(series, of) if of >= 0 else None
        return Observation(series.source, series.exchange, series.symbol, moment(self.time_ms[index]), self.interval_s, seen, usual)
