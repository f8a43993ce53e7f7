"""Which market a symbol means on an exchange."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches

USD_QUOTES = ("USDT", "USD", "USDC")
"""The quotes that count as dollars, nearest first."""


def candidates(symbol: str, markets: Collection[str]) -> list[str]:
    """The listed markets that a normal symbol can mean, best first; none where the exchange has none.

    A bare asset means its markets in USD_QUOTES, of which the caller picks the deepest; a full symbol that market, else its nearest among USD_QUOTES.
    """
    if "/" not in symbol:
        listed = [f"{symbol}/{quote}" for quote in USD_QUOTES if f"{symbol}/{quote}" in markets]
        return listed or _joined(symbol, markets)
    if symbol in markets:
        return [symbol]
    base, _, quote = symbol.partition("/")
    if quote not in USD_QUOTES:
        return []
    return [f"{base}/{near}" for near in USD_QUOTES if f"{base}/{near}" in markets][:1]


def _joined(symbol: str, markets: Collection[str]) -> list[str]:
    """The market of a symbol written without a separator, such as BTCUSDT."""
    for quote in (*USD_QUOTES, "EUR", "BTC", "ETH"):
        if symbol.endswith(quote) and len(symbol) > len(quote):
            return candidates(f"{symbol.removesuffix(quote)}/{quote}", markets)
    return []


def suggestions(symbol: str, markets: Collection[str]) -> Sequence[str]:
    """The listed assets or markets closest to what was asked, at most three."""
    if "/" not in symbol:
        return get_close_matches(symbol, {market.partition("/")[0] for market in markets}, n=3, cutoff=0.6)
    base, _, quote = symbol.partition("/")
    same_base = [market for market in markets if market.partition("/")[0] == base]
    return get_close_matches(symbol, same_base, n=3, cutoff=0) or get_close_matches(f"{base}/{quote}", markets, n=3, cutoff=0.7)
