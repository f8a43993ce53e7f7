"""The tool get_order_book."""

from ..analytics import depth
from ..deepening import covering_depth
from ..market import Market
from ..parameters import Exchange, Levels, Symbol
from .fetching import one_exchange
from .tool import tool


@tool
async def get_order_book(market: Market, symbol: Symbol, exchange: Exchange = "", levels: Levels = 20) -> depth.OrderBookView:
    """Show one exchange's order book: best levels, spread, mid and USD depth within 0.1 to 5 % of mid. Use for prices, spread or depth of one exchange."""
    book = await covering_depth(market.books, one_exchange(market, exchange), symbol)
    return depth.view(book, symbol, levels, market.now())
