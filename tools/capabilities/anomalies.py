"""The tool detect_anomalies."""

import asyncio

from ..analytics.anomalies import THRESHOLD_PCT, AnomalyReport, report
from ..analytics.baseline import FEWEST_SAMPLES
from ..analytics.gaps import edge_warnings
from ..analytics.rules import concerns
from ..errors import InsufficientHistory
from ..market import Market
from ..parameters import Exchange, Hours, Symbol, ThresholdPct, Until
from .remembering import own_rules, place, seen
from .tool import tool


@tool
async def detect_anomalies(
    market: Market, symbol: Symbol, exchange: Exchange = "", threshold_pct: ThresholdPct = 30, lookback_hours: Hours = 24, until: Until = ""
) -> AnomalyReport:
    """Check one exchange's liquidity against its usual: spread, depth, imbalance, price jumps, outages. Use for alerts, or for what is wrong now."""
    meant = await place(market, exchange, symbol, lookback_hours, until)
    (series, last, failure), every, raised = await asyncio.gather(
        seen(market, meant, until), own_rules(market), market.history.alerts(meant.exchange, meant.symbol, meant.start, meant.end)
    )
    if last is None:
        raise InsufficientHistory(meant.exchange, meant.symbol, 0, FEWEST_SAMPLES, lookback_hours, market.source)
    rules = [one for one in every if concerns(one.rule, meant.exchange, meant.symbol)]
    # Whoever watches goes by this threshold.
    stored = raised if threshold_pct == THRESHOLD_PCT else []
    found = report(series, symbol, last, threshold_pct, lookback_hours, meant.now, rules, stored)
    return found.model_copy(update={"warnings": [*found.warnings, *edge_warnings(series), *([failure] if failure else [])]})
