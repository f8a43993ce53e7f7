"""The tool liquidity_heatmap."""

from .. import charts
from ..analytics import heatmap
from ..charts.chart import Chart
from ..market import Market
from ..parameters import Exchange, Levels, Symbol
from .fetching import book_covering_depth, one_exchange
from .tool import tool


@tool
async def liquidity_heatmap(market: Market, symbol: Symbol, exchange: Exchange = "", levels: Levels = 30) -> Chart:
    """Draw where liquidity stands by price on one exchange, with its walls. Use for walls, support and resistance, or a heatmap."""
    book = await book_covering_depth(market, one_exchange(market, exchange), symbol)
    return charts.heatmap(heatmap.grid(book, symbol, levels, market.now()))
