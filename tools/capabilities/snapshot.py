"""The tool capture_snapshot."""

from ..analytics.snapshot import LiquiditySnapshot, snapshot, stored
from ..deepening import kept_depth
from ..history import Appended
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
    appended = await market.history.append([taken])
    return stored(taken, book, symbol, _told(appended), market.now())


def _told(appended: Appended) -> list[str]:
    if appended.refused:
        return ["Its hour was down-sampled before and takes no more: this moment is not stored."]
    return [] if appended.new else ["This moment was stored already."]
