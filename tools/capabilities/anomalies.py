"""The tool detect_anomalies."""

import asyncio

from ..analytics.alerts import LiquidityAlert
from ..analytics.anomalies import THRESHOLD_PCT, AnomalyReport, report
from ..analytics.dispersion import FEWEST_SAMPLES
from ..analytics.gaps import edge_warnings
from ..analytics.rules import concerns
from ..analytics.series import too_few
from ..market import Market
from ..parameters import Exchange, Hours, Symbol, ThresholdPct, Until
from .past_alerts import as_of
from .remembering import Place, own_rules, place, seen
from .tool import tool


@tool
async def detect_anomalies(
    market: Market, symbol: Symbol, exchange: Exchange = "", threshold_pct: ThresholdPct = 30, lookback_hours: Hours = 24, until: Until = ""
) -> AnomalyReport:
    """Check one exchange's liquidity against its usual: spread, depth, imbalance, price jumps, outages. Use for alerts, or for what is wrong now."""
    meant = await place(market, exchange, symbol, lookback_hours, until)
    (series, last, failure), every, stored = await asyncio.gather(seen(market, meant, until), own_rules(market), _stored(market, meant, threshold_pct, until))
    if last is None:
        raise too_few(series, meant.symbol, 0, FEWEST_SAMPLES)
    rules = [one for one in every if concerns(one.rule, meant.exchange, meant.symbol)]
    found = report(series, symbol, last, threshold_pct, lookback_hours, meant.now, rules, stored)
    return found.model_copy(update={"warnings": [*found.warnings, *edge_warnings(series), *([failure] if failure else [])]})


async def _stored(market: Market, meant: Place, threshold_pct: float, until: str) -> list[LiquidityAlert]:
    """The alerts that whoever watches has raised, of a past window as they stood then; none at another threshold than theirs, at which they say nothing."""
    if threshold_pct != THRESHOLD_PCT:
        return []
    found = await market.history.alerts(*meant.window)
    return await as_of(market, found, meant.end) if until else found
