"""The tool capture_snapshot."""

from ..analytics.snapshot import LiquiditySnapshot, snapshot, stored
from ..deepening import kept_depth
from ..market import Market
from ..parameters import Exchange, Symbol
from .fetching import one_exchange
from .tool import tool, writes


@writes()
@tool
async def capture_snapshot(market: Market, symbol: Symbol, exchange: Exchange = "") -> LiquiditySnapshot:
    """Take one exchange's liquidity now and store it in the history. Use to keep a moment, or to begin a history."""
    book = await kept_depth(market.books, one_exchange(market, exchange), symbol)
    taken = snapshot(book)
    new = await market.history.append([taken])
    return stored(taken, book, symbol, [] if new else ["This moment was stored already."], market.now())
