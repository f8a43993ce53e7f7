"""Stored alerts as they stood at a past moment: nothing that was not known then."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from ..analytics.alerts import LiquidityAlert
from ..analytics.anomalies import LOOKBACK_HOURS, as_known, as_stood, undated
from ..market import Market

# The looks before the one that raised an alert have a norm too.
_BEFORE = timedelta(hours=LOOKBACK_HOURS + 1)


async def as_of(market: Market, found: Iterable[LiquidityAlert], end: datetime) -> list[LiquidityAlert]:
    """Alerts that were raised by `end` as they stood then, in their order.

    Where an alert became worse afterwards, its figures are found anew by the looks until then; where those are gone they stay, without their time.
    """
    return [await _one(market, as_known(alert, end), end) for alert in found]


async def _one(market: Market, alert: LiquidityAlert, end: datetime) -> LiquidityAlert:
    if (alert.worst_at or alert.timestamp) <= end:
        return alert
    series = await market.history.series(alert.exchange, alert.symbol, alert.timestamp - _BEFORE, end)
    return await asyncio.to_thread(as_stood, alert, series) or undated(alert)
