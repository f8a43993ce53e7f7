"""The tool liquidity_chart."""

from .. import charts
from ..analytics.comparison import compare
from ..analytics.curves import depth_curves, impact_curves
from ..charts.chart import Chart
from ..market import Market
from ..parameters import ChartKind, Exchanges, OrderSizeUsd, Side, Symbol
from .fetching import book_covering_depth, book_covering_order, books_of, one_order
from .tool import tool

_COMPARED_LEVELS = 20


@tool
async def liquidity_chart(
    market: Market,
    kind: ChartKind,
    symbol: Symbol,
    exchanges: Exchanges = (),
    order_size_usd: OrderSizeUsd = 0,
    side: Side = "buy",
) -> Chart:
    """Draw a chart of liquidity: depth, comparison of exchanges, or impact (cost by order size; needs order_size_usd). Use when a picture helps."""
    if kind == "depth":
        gathered = await books_of(market, exchanges, symbol, lambda exchange: book_covering_depth(market, exchange, symbol))
        return charts.depth(depth_curves(symbol, gathered.books, gathered.failures, market.now()))
    if kind == "comparison":
        gathered = await books_of(market, exchanges, symbol, lambda exchange: market.books.fetch(exchange, symbol))
        return charts.comparison(compare(symbol, gathered.books, gathered.failures, _COMPARED_LEVELS, market.now()))
    order = one_order(side, order_size_usd, 0)
    gathered = await books_of(market, exchanges, symbol, lambda exchange: book_covering_order(market, exchange, symbol, order))
    return charts.impact(impact_curves(symbol, gathered.books, order, gathered.failures, market.now()))
