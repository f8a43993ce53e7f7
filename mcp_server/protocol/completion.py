"""What hosts offer while an exchange or a symbol is being typed."""

from typing import Any

from mcp.server import MCPServer
from mcp_types import Completion, CompletionArgument, CompletionContext, PromptReference, ResourceTemplateReference

from tools import Market
from tools.parameters import normal_symbol

_ASSETS = ("BTC", "ETH", "SOL", "XRP", "DOGE", "ADA", "LINK", "LTC", "AVAX", "DOT")
_QUOTES = ("USDT", "USD", "USDC")
_SIDES = ("buy", "sell")


def add(server: MCPServer[Any], market: Market) -> None:
    """Complete the arguments of prompts and of resource addresses."""

    async def complete(reference: PromptReference | ResourceTemplateReference, argument: CompletionArgument, _: CompletionContext | None) -> Completion:
        in_address = isinstance(reference, ResourceTemplateReference)
        offered = {"exchange": list(market.exchanges), "side": list(_SIDES), "symbol": _symbols(argument.value, "-" if in_address else "/")}
        typed = argument.value.strip().lower()
        values = [one for one in offered.get(argument.name, []) if one.lower().startswith(typed)]
        return Completion(values=values, total=len(values), has_more=False)

    server.completion()(complete)


def _symbols(typed: str, separator: str) -> list[str]:
    """The assets, and once one of them is written its markets, spelt as they were begun."""
    asset = str(normal_symbol(typed)).partition("/")[0]
    written = next((one for one in "/-_ " if one in typed), separator)
    return [*_ASSETS, *(f"{asset}{written}{quote}" for quote in _QUOTES if asset in _ASSETS)]
