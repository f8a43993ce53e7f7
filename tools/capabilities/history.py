"""The tool get_liquidity_history."""

from ..analytics.trend import LiquidityHistory, trend
from ..market import Market
from ..parameters import Exchange, Hours, Symbol, Until
from .remembering import place
from .tool import tool


@tool
async def get_liquidity_history(market: Market, symbol: Symbol, exchange: Exchange = "", hours: Hours = 24, until: Until = "") -> LiquidityHistory:
    """Show how one exchange's liquidity went over the last hours: spread, depth, imbalance and mid over time. Use for what happened, or for a trend."""
    meant = await place(market, exchange, symbol, hours, until)
    series = await market.history.series(*meant.window)
    return trend(series, symbol, meant.now)
