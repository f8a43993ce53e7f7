"""The point check: whether one market's liquidity is anomalous now."""

from datetime import datetime
from typing import Literal

from ...units import Count, Pct, Ratio
from ..alerts import AlertType, ByUnit, LiquidityAlert, ValueUnit
from ..result import Record, Result
from ..series import Series
from .watching import Observation


class Check(Record):
    """One figure that was looked at: now, its median, and how far it is from counting as an anomaly. Null where it could not be checked; `note` says why."""

    alert_type: AlertType
    unit: ValueUnit
    current_value: ByUnit | None
    baseline_value: ByUnit | None
    deviation_percentage: Pct | None
    limit_percentage: Pct | None
    z_score: Ratio | None
    outcome: Literal["normal", "deviating", "alert", "not checked"]
    note: str


class AnomalyReport(Result):
    """Whether one market's liquidity is anomalous now: the alerts that stand, those of the window that have cleared, and what was checked.

    `deviating` is an observation beyond the threshold that needs a second one in a row to raise an alert.
    """

    symbol: str
    symbol_used: str
    exchange: str
    threshold_pct: Pct
    lookback_hours: Ratio
    sample_count: Count
    depth_band_pct: Pct | None
    alerts: list[LiquidityAlert]
    cleared: list[LiquidityAlert]
    checked: list[Check]


def report(series: Series, asked: str, current: Observation, threshold_pct: float, lookback_hours: float, now: datetime) -> AnomalyReport:
    """The point check: `step` run over the series' window and then over `current`.

    Raises InsufficientHistory where the window before `current` is too short for a norm.
    """
    raise NotImplementedError
