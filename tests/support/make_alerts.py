"""LiquidityAlert values, for tests."""

from datetime import timedelta
from typing import Any

from make_books import NOON

from tools.analytics.alerts import LiquidityAlert

_WIDENED = {
    "severity": "MEDIUM",
    "symbol": "BTC/USD",
    "exchange": "kraken",
    "source": "live",
    "alert_type": "SPREAD_WIDENING",
    "unit": "pct",
    "current_value": 0.16,
    "baseline_value": 0.1,
    "deviation_percentage": 60.0,
    "z_score": 9.0,
    "sample_count": 1_440,
    "message": "spread 60% above its median",
    "suggested_action": "Split large orders.",
    "requires_action": True,
    "state": "raised",
}


def alert(alert_id: str = "a1", *, after_s: float = 0.0, **changes: Any) -> LiquidityAlert:
    """A widened spread of BTC/USD on kraken, raised so many seconds after NOON, with these changes."""
    return LiquidityAlert(**{**_WIDENED, "alert_id": alert_id, "timestamp": NOON + timedelta(seconds=after_s), **changes})
