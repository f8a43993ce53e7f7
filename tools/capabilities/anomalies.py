"""The tool detect_anomalies."""

from ..analytics.anomalies import AnomalyReport, observe, report
from ..analytics.baseline import FEWEST_SAMPLES
from ..analytics.gaps import edge_warnings
from ..errors import InsufficientHistory
from ..market import Market
from ..parameters import Exchange, Hours, Symbol, ThresholdPct, Until
from .remembering import look, place
from .tool import tool


@tool
async def detect_anomalies(
    market: Market, symbol: Symbol, exchange: Exchange = "", threshold_pct: ThresholdPct = 30, lookback_hours: Hours = 24, until: Until = ""
) -> AnomalyReport:
    """Check one exchange's liquidity against its usual: spread, depth, imbalance, price jumps, outages. Use for alerts, or for what is wrong now."""
    meant = await place(market, exchange, symbol, lookback_hours, until)
    series = await market.history.series(*meant.window)
    now = await look(market, meant, until, series)
    if now.taken is None:
        raise InsufficientHistory(meant.exchange, meant.symbol, 0, FEWEST_SAMPLES, lookback_hours, market.source)
    # The norm and the interval are the window's, which the report reads from the series.
    found = report(series, symbol, observe(now.taken, None, 0.0), threshold_pct, lookback_hours, meant.now)
    beside = [*edge_warnings(series), *([now.failure] if now.failure else [])]
    return found.model_copy(update={"warnings": [*found.warnings, *beside]}) if beside else found
