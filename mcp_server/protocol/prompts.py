"""Questions worth asking often, with blanks to fill in."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.prompts import Prompt
from mcp_types import Prompt as ListedPrompt
from pydantic import Field

from tools.errors import did_you_mean, outside_text

Symbol = Annotated[str, Field(description="Asset or market, such as BTC or BTC/USDT.")]
Size = Annotated[str, Field(description="Order size in US dollars, such as 50000.")]
Side = Annotated[str, Field(description="buy or sell; buy where it is left out.")]
Exchange = Annotated[str, Field(description="Exchange id such as kraken; the default exchanges where it is left out.")]


def add(server: MCPServer[Any]) -> None:
    """Offer every prompt."""
    for function, title in ((pre_trade_check, "Pre-trade check"), (venue_comparison, "Venue comparison"), (liquidity_report, "Liquidity report")):
        server.add_prompt(Prompt.from_function(function, title=title))


def mistake(listed: Sequence[ListedPrompt], name: str, given: Mapping[str, str]) -> str:
    """What is wrong with asking for a prompt, in one sentence; empty where nothing is."""
    blanks = {one.name: one.arguments or [] for one in listed}
    if name not in blanks:
        return f"There is no prompt {outside_text(name)!r}; the prompts are {', '.join(blanks)}.{did_you_mean(get_close_matches(name, blanks, n=1))}"
    names = [one.name for one in blanks[name]]
    unknown = next((one for one in given if one not in names), None)
    if unknown is not None:
        return f"{outside_text(unknown)} is no blank of {name}, which takes {', '.join(names)}."
    missing = next((one.name for one in blanks[name] if one.required and not given.get(one.name)), None)
    return "" if missing is None else f"{missing} is required."


def pre_trade_check(symbol: Symbol, order_size_usd: Size, side: Side = "buy", exchange: Exchange = "") -> str:
    """What an order would cost now, where it is cheapest, and whether to wait or split it."""
    where = f"on {exchange}" if exchange else "on each of the default exchanges"
    return f"""\
Before I {side} {order_size_usd} USD of {symbol} {where}, check:
1. What the order costs there: average price, slippage, fee and all-in cost in USD and basis points, and whether the book fills it.
2. Which exchange is cheapest all-in, and what that saves.
3. Where the nearest walls stand, and how far the order would move the price.
4. Whether spread and depth are usual there now, by their percentiles and sample counts, and which alerts stand.
Then advise: trade now, split it, use a limit price (which), or take another exchange. Name the time and source of the books, and every warning."""


def venue_comparison(symbol: Symbol) -> str:
    """Which exchange is best for an asset now, by price, spread, depth and fees."""
    return f"""\
Compare the exchanges for {symbol}: best bid and ask, spread, depth near mid and taker fee of each, in one table.
Say which has the best price to buy and to sell, the tightest spread and the deepest book, whether a price gap survives the fees,
and which exchanges failed and why.
Show the comparison as a chart."""


def liquidity_report(symbol: Symbol, exchange: Exchange = "") -> str:
    """A page on how liquid an asset is now, with charts."""
    where = f"on {exchange}" if exchange else "across the default exchanges"
    return f"""\
Write a one-page liquidity report on {symbol} {where}: price and spread, depth within 0.1, 0.5, 1 and 2 % of mid, walls and thin stretches,
and what orders of 10,000, 100,000 and 1,000,000 USD would cost on either side. Say how that compares with the last 24 hours where they are recorded,
and which alerts there were. Include the heatmap, a depth chart and the trend.
Close with three sentences that a treasurer can act on. Name the time and source of the books, and every warning."""
