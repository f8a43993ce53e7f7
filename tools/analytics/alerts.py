"""What an alert is."""

from datetime import datetime
from typing import Literal

from ..parameters import Source
from ..units import ByUnit, Count, Pct, Ratio
from .result import Record

AlertType = Literal["SPREAD_WIDENING", "DEPTH_DROP", "IMBALANCE", "PRICE_ANOMALY", "VENUE_OUTAGE", "RULE"]
Severity = Literal["LOW", "MEDIUM", "HIGH"]
ValueUnit = Literal["pct", "bps", "usd", "price", "count", "ratio"]


class LiquidityAlert(Record):
    """One incident of one market, from when it was raised until it was cleared: `cleared_at` is of the first calm look.

    Its figures are of its worst look: at `worst_at`, or where that is null at `timestamp`, when it was raised.

    `current_value` and `baseline_value` are in `unit`: spread in pct, a price move in pct of the price before, imbalance in pct points, depth in usd, an
    outage in failed looks (count). `z_score` is robust, null where the window's MAD is zero. `rule` is empty for what is watched by itself.
    """

    alert_id: str
    timestamp: datetime
    severity: Severity
    symbol: str
    exchange: str
    source: Source
    alert_type: AlertType
    unit: ValueUnit
    current_value: ByUnit
    baseline_value: ByUnit | None
    deviation_percentage: Pct | None
    z_score: Ratio | None
    sample_count: Count
    message: str
    suggested_action: str
    requires_action: bool
    state: Literal["raised", "cleared"]
    rule: str = ""
    worst_at: datetime | None = None
    cleared_at: datetime | None = None
    acknowledged_at: datetime | None = None
