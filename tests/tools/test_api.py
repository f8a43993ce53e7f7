import inspect

import tools
from tools import TOOLS, bind, open_market
from tools.settings import Settings


def test_the_public_api_is_what_it_says():
    assert tools.__all__ == [
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
    assert all(hasattr(tools, name) for name in tools.__all__)


def test_every_tool_is_a_documented_coroutine_function_over_a_market():
    for tool in TOOLS:
        parameters = list(inspect.signature(tool).parameters)
        assert inspect.iscoroutinefunction(tool)
        assert parameters[:1] == ["market"], tool.__name__
        assert "Use " in (inspect.getdoc(tool) or ""), tool.__name__


def test_the_parameters_of_the_tools_are_a_contract():
    defaults = {tool.__name__: {name: one.default for name, one in list(inspect.signature(tool).parameters.items())[1:]} for tool in TOOLS}
    needed = inspect.Parameter.empty
    assert defaults == {
        "get_order_book": {"symbol": needed, "exchange": "", "levels": 20},
        "compare_exchanges": {"symbol": needed, "exchanges": (), "levels": 20},
        "calculate_market_impact": {"symbol": needed, "order_size_usd": 0, "side": "buy", "exchange": "", "order_size_base": 0},
        "capture_snapshot": {"symbol": needed, "exchange": ""},
        "get_liquidity_history": {"symbol": needed, "exchange": "", "hours": 24, "until": ""},
        "get_baseline_metrics": {"symbol": needed, "exchange": "", "hours": 24, "until": ""},
        "detect_anomalies": {"symbol": needed, "exchange": "", "threshold_pct": 30, "lookback_hours": 24, "until": ""},
        "liquidity_heatmap": {"symbol": needed, "exchange": "", "levels": 30, "hours": 0, "until": ""},
        "liquidity_chart": {"kind": needed, "symbol": "", "exchanges": (), "order_size_usd": 0, "side": "buy", "hours": 24, "until": ""},
        "alert_rules": {"action": needed, "rule": ""},
    }


async def test_a_bound_tool_keeps_its_name_docstring_and_the_callers_parameters(tmp_path):
    async with open_market(Settings(demo=True, cache_dir=tmp_path)) as market:
        for tool, (name, bound) in zip(TOOLS, bind(market).items(), strict=True):
            assert name == bound.__name__ == tool.__name__
            assert bound.__doc__ == tool.__doc__
            assert list(inspect.signature(bound).parameters) == list(inspect.signature(tool).parameters)[1:]
