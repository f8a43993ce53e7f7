"""The tool compare_exchanges."""

from ..analytics.comparison import ExchangeComparison, compare
from ..market import Market
from ..parameters import Exchanges, Levels, Symbol
from .fetching import books_of
from .tool import tool


@tool
async def compare_exchanges(market: Market, symbol: Symbol, exchanges: Exchanges = (), levels: Levels = 20) -> ExchangeComparison:
    """Compare exchanges for one asset: best bid and ask, spread, depth, arbitrage. Use for which exchange has the best price, spread or liquidity."""
    gathered = await books_of(market, exchanges, symbol, lambda exchange: market.books.fetch(exchange, symbol))
    return compare(symbol, gathered.books, gathered.failures, levels, market.now())
