"""When liquidity is not as usual: one pure step from observation to observation, behind the point check, the recorder, the live monitor and the backtest.

Deviations are from the median of a window. What counts, with the default threshold T of 30 %:

- SPREAD_WIDENING: spread at least T % above its median.
- DEPTH_DROP: depth in the widest band complete in every sample at least T % below its median.
- IMBALANCE: imbalance of that band at least T percentage points from its median.
- PRICE_ANOMALY: log return over one interval beyond JUMP_SIGMAS * T / 30 robust sigmas, and at least 0.2 %.
- VENUE_OUTAGE: no valid book for two intervals.

Two observations in a row raise an alert (a price jump needs one); it clears with hysteresis, and a cool-down keeps one incident one alert.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ..parameters import Source
from ..units import Count, Pct, Ratio
from .alerts import AlertType, ByUnit, LiquidityAlert, ValueUnit
from .result import Record, Result
from .rules import Rule
from .series import Series
from .snapshot import Snapshot

THRESHOLD_PCT = 30.0


@dataclass(frozen=True)
class Norm:
    """What is usual over a window, as `step` needs it: median and MAD of each figure, None where the window does not say."""

    sample_count: int
    spread_median_pct: float
    spread_mad_pct: float
    depth_band_pct: float | None
    depth_median_usd: float | None
    depth_mad_usd: float | None
    imbalance_median_pct: float | None
    imbalance_mad_pct: float | None
    return_sigma_pct: float | None


@dataclass(frozen=True)
class Observation:
    """One look at a market: the snapshot, or why there is none (`failure`); `norm` is None where history is too short to judge by."""

    source: Source
    exchange: str
    symbol: str
    at: datetime
    interval_s: float
    snapshot: Snapshot | None
    norm: Norm | None
    failure: str = ""


@dataclass(frozen=True)
class AlertState:
    """What `step` remembers of one market between observations. A new one is quiet. Its fields are step's own business."""

    threshold_pct: float = THRESHOLD_PCT
    rules: tuple[Rule, ...] = ()
    open_alerts: tuple[LiquidityAlert, ...] = field(default=())


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


def norm(series: Series) -> Norm | None:
    """What is usual over the series; None under baseline.FEWEST_SAMPLES."""
    raise NotImplementedError


def step(state: AlertState, observation: Observation) -> tuple[AlertState, list[LiquidityAlert]]:
    """The state after an observation, and the alerts that it raised (state "raised") or cleared (state "cleared", with the id they were raised under)."""
    raise NotImplementedError


def resume(open_alerts: Iterable[LiquidityAlert], rules: Sequence[Rule] = (), threshold_pct: float = THRESHOLD_PCT) -> AlertState:
    """The state of a watch that starts anew while these alerts stand."""
    raise NotImplementedError


def backtest(
    series: Series, *, lookback_hours: float = 24, threshold_pct: float = THRESHOLD_PCT, rules: Sequence[Rule] = (), first: datetime | None = None
) -> list[LiquidityAlert]:
    """Every alert that `step` would have raised over the series, oldest first, as it stood at the end (cleared or still raised).

    The norm at each moment is that of the `lookback_hours` before it. Observations before `first` only serve as history.
    """
    raise NotImplementedError


def report(series: Series, asked: str, current: Observation, threshold_pct: float, lookback_hours: float, now: datetime) -> AnomalyReport:
    """The point check: `step` run over the series' window and then over `current`.

    Raises InsufficientHistory where the window before `current` is too short for a norm.
    """
    raise NotImplementedError
