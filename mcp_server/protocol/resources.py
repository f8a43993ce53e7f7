"""Books, comparisons and history as resources: JSON by address, such as `liquidity://kraken/BTC-USDT/book`."""

from collections.abc import Awaitable
from functools import partial
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.server.mcpserver.resources import FunctionResource

from tools import LiquidityError, Market, Result, compare_exchanges, get_liquidity_history, get_order_book
from tools.errors import InvalidArgument

BOOK = "liquidity://{exchange}/{symbol}/book"
HISTORY = "liquidity://{exchange}/{symbol}/history"
COMPARISON = "liquidity://compare/{symbol}"
_JSON = "application/json"
# Shown in lists, where hosts offer what a person can attach without writing an address.
_OFFERED = ("BTC", "ETH")


def add(server: MCPServer[Any], market: Market) -> None:
    """Offer the templates, and for a few assets the resources themselves."""

    async def book(exchange: str, symbol: str) -> str:
        return await _json(get_order_book(market, symbol, exchange))

    async def history(exchange: str, symbol: str) -> str:
        return await _json(get_liquidity_history(market, symbol, exchange))

    async def comparison(symbol: str) -> str:
        return await _json(compare_exchanges(market, symbol))

    server.resource(
        COMPARISON,
        name="comparison",
        title="Comparison of exchanges",
        description="Best bid and ask, spread, depth and arbitrage of one asset (BTC) or market (BTC-USDT) on the default exchanges.",
        mime_type=_JSON,
    )(comparison)
    server.resource(
        BOOK,
        name="book",
        title="Order book",
        description="One exchange's order book of an asset (BTC) or market (BTC-USDT): best levels, spread and depth.",
        mime_type=_JSON,
    )(book)
    server.resource(
        HISTORY,
        name="history",
        title="Liquidity over a day",
        description="One exchange's recorded liquidity of an asset (BTC) or market (BTC-USDT) over the last 24 hours.",
        mime_type=_JSON,
    )(history)
    for symbol in _OFFERED:
        server.add_resource(
            FunctionResource(
                uri=COMPARISON.format(symbol=symbol),
                name=f"comparison-{symbol}",
                title=f"{symbol} on {', '.join(market.exchanges)}",
                mime_type=_JSON,
                fn=partial(comparison, symbol),
            )
        )


async def _json(answer: Awaitable[Result]) -> str:
    """The result as JSON; an address that means nothing is not found, and what else stands in the way is said."""
    try:
        return (await answer).model_dump_json()
    except InvalidArgument as error:
        raise ResourceNotFoundError(str(error)) from error
    except LiquidityError as error:
        raise ResourceError(str(error)) from error
