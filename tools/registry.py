"""The one list of tools, and how it is closed over a market."""

from collections.abc import Callable, Coroutine
from difflib import get_close_matches
from types import MethodType
from typing import Any

from .analytics.result import Result
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
from .errors import UnknownTool
from .market import Market

Tool = Callable[..., Coroutine[Any, Any, Result]]

TOOLS: tuple[Tool, ...] = (
    get_order_book,
    compare_exchanges,
    calculate_market_impact,
    capture_snapshot,
    get_liquidity_history,
    get_baseline_metrics,
    detect_anomalies,
    liquidity_heatmap,
    liquidity_chart,
    alert_rules,
)


def bind(market: Market) -> dict[str, Tool]:
    """Every tool by name, closed over `market`; name, docstring and the remaining signature are the tool's own."""
    return {tool.__name__: MethodType(tool, market) for tool in TOOLS}


def find(name: str) -> Tool:
    """The tool of that name; raises UnknownTool with the closest match."""
    tools = {tool.__name__: tool for tool in TOOLS}
    if name not in tools:
        raise UnknownTool(name, list(tools), get_close_matches(name, tools, n=1))
    return tools[name]
