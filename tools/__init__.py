"""Liquidity across exchanges as typed async functions: `async with open_market() as market: await compare_exchanges(market, "SOL")`."""

from typing import TYPE_CHECKING, Any

from .analytics.alerts import LiquidityAlert
from .analytics.anomalies import AnomalyReport
from .analytics.baseline import Baseline
from .analytics.comparison import ExchangeComparison, VenueLiquidity
from .analytics.depth import BookLevel, DepthBand, OrderBookView
from .analytics.impact import MarketImpact
from .analytics.result import Result
from .analytics.rules import AlertRules
from .analytics.snapshot import LiquiditySnapshot
from .analytics.trend import LiquidityHistory
from .capabilities.anomalies import detect_anomalies
from .capabilities.baseline import get_baseline_metrics
from .capabilities.chart import liquidity_chart
from .capabilities.comparison import compare_exchanges
from .capabilities.heatmap import liquidity_heatmap
from .capabilities.history import get_liquidity_history
from .capabilities.impact import calculate_market_impact
from .capabilities.order_book import get_order_book
from .capabilities.rules import alert_rules
from .capabilities.snapshot import capture_snapshot
from .charts.chart import Chart
from .errors import LiquidityError
from .market import Market, open_market
from .registry import TOOLS, bind
from .settings import Settings

if TYPE_CHECKING:
    from .recorder import record

__all__ = [
    "TOOLS",
    "AlertRules",
    "AnomalyReport",
    "Baseline",
    "BookLevel",
    "Chart",
    "DepthBand",
    "ExchangeComparison",
    "LiquidityAlert",
    "LiquidityError",
    "LiquidityHistory",
    "LiquiditySnapshot",
    "Market",
    "MarketImpact",
    "OrderBookView",
    "Result",
    "Settings",
    "VenueLiquidity",
    "alert_rules",
    "bind",
    "calculate_market_impact",
    "capture_snapshot",
    "compare_exchanges",
    "detect_anomalies",
    "get_baseline_metrics",
    "get_liquidity_history",
    "get_order_book",
    "liquidity_chart",
    "liquidity_heatmap",
    "open_market",
    "record",
]


def __getattr__(name: str) -> Any:
    # Only those who record wait for what recording needs; an MCP host lists the tools the sooner.
    if name == "record":
        from .recorder import record  # noqa: PLC0415

        return record
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
