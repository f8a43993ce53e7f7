"""The tool liquidity_chart."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from .. import charts
from ..analytics.comparison import compare
from ..analytics.curves import depth_curves, impact_curves
from ..charts.chart import Chart
from ..deepening import covering_depth
from ..errors import InvalidArgument
from ..market import Market
from ..parameters import ChartKind, Exchanges, Hours, OrderSizeUsd, Side, SymbolOrAll, Until
from .charts_over_time import alerts, trend
from .fetching import book_covering_order, books_of, one_order
from .tool import tool

_COMPARED_LEVELS = 20
_LOOKING_BACK = ("trend", "alerts")


class _Asked(NamedTuple):
    """What the picture is of."""

    symbol: str
    exchanges: tuple[str, ...]
    order_size_usd: float
    side: Side
    hours: float
    until: str


@tool
async def liquidity_chart(
    market: Market,
    kind: ChartKind,
    symbol: SymbolOrAll = "",
    exchanges: Exchanges = (),
    order_size_usd: OrderSizeUsd = 0,
    side: Side = "buy",
    hours: Hours = 24,
    until: Until = "",
) -> Chart:
    """Draw a chart of liquidity: depth, comparison of exchanges, impact (needs order_size_usd), trend or alerts over hours. Use when a picture helps.

    Use kind alerts without a symbol for the alerts of every recorded market.
    """
    if not symbol and kind != "alerts":
        raise InvalidArgument(f"symbol is required for kind {kind}, such as BTC; only kind alerts may leave it empty, for every recorded market.")
    if until and kind not in _LOOKING_BACK:
        raise InvalidArgument(f"until is for the kinds {' and '.join(_LOOKING_BACK)}; kind {kind} is of the books now.")
    return await _DRAWN[kind](market, _Asked(symbol, tuple(exchanges), order_size_usd, side, hours, until))


async def _depth(market: Market, asked: _Asked) -> Chart:
    gathered = await books_of(market, asked.exchanges, asked.symbol, lambda exchange: covering_depth(market.books, exchange, asked.symbol))
    return charts.depth(depth_curves(asked.symbol, gathered.books, gathered.failures, market.now()))


async def _comparison(market: Market, asked: _Asked) -> Chart:
    gathered = await books_of(market, asked.exchanges, asked.symbol, lambda exchange: market.books.fetch(exchange, asked.symbol))
    return charts.comparison(compare(asked.symbol, gathered.books, gathered.failures, _COMPARED_LEVELS, market.now()))


async def _impact(market: Market, asked: _Asked) -> Chart:
    order = one_order(asked.side, asked.order_size_usd, 0)
    gathered = await books_of(market, asked.exchanges, asked.symbol, lambda exchange: book_covering_order(market, exchange, asked.symbol, order))
    return charts.impact(impact_curves(asked.symbol, gathered.books, order, gathered.failures, market.now()))


async def _trend(market: Market, asked: _Asked) -> Chart:
    return await trend(market, asked.symbol, asked.exchanges, asked.hours, asked.until)


async def _alerts(market: Market, asked: _Asked) -> Chart:
    return await alerts(market, asked.symbol, asked.exchanges, asked.hours, asked.until)


_DRAWN: dict[str, Callable[[Market, _Asked], Awaitable[Chart]]] = {
    "depth": _depth,
    "comparison": _comparison,
    "impact": _impact,
    "trend": _trend,
    "alerts": _alerts,
}
