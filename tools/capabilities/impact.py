"""The tool calculate_market_impact."""

from ..analytics.impact import MarketImpact, market_impact
from ..market import Market
from ..parameters import Exchange, OrderSizeBase, OrderSizeUsd, Side, Symbol
from .fetching import book_covering_order, one_exchange, one_order
from .tool import tool


@tool
async def calculate_market_impact(
    market: Market,
    symbol: Symbol,
    order_size_usd: OrderSizeUsd = 0,
    side: Side = "buy",
    exchange: Exchange = "",
    order_size_base: OrderSizeBase = 0,
) -> MarketImpact:
    """Simulate a market order walking one exchange's book. Use for slippage, cost with fees, or sizing of an order."""
    order = one_order(side, order_size_usd, order_size_base)
    book = await book_covering_order(market, one_exchange(market, exchange), symbol, order)
    return market_impact(book, symbol, order, market.now())
