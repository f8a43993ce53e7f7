"""Liquidity across exchanges as typed async functions: `async with open_market() as market: await compare_exchanges(market, "SOL")`."""

from .analytics.comparison import ExchangeComparison, VenueLiquidity
from .analytics.depth import BookLevel, DepthBand, OrderBookView
from .analytics.impact import MarketImpact
from .analytics.result import Result
from .capabilities.chart import liquidity_chart
from .capabilities.comparison import compare_exchanges
from .capabilities.heatmap import liquidity_heatmap
from .capabilities.impact import calculate_market_impact
from .capabilities.order_book import get_order_book
from .charts.chart import Chart
from .errors import LiquidityError
from .market import Market, open_market
from .registry import TOOLS, bind
from .settings import Settings

__all__ = [
    "TOOLS",
    "BookLevel",
    "Chart",
    "DepthBand",
    "ExchangeComparison",
    "LiquidityError",
    "Market",
    "MarketImpact",
    "OrderBookView",
    "Result",
    "Settings",
    "VenueLiquidity",
    "bind",
    "calculate_market_impact",
    "compare_exchanges",
    "get_order_book",
    "liquidity_chart",
    "liquidity_heatmap",
    "open_market",
]
