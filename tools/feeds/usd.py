"""What quote currencies are worth in US dollars, read from books."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from ..book import UsdRate
from ..errors import LiquidityError, NoUsdRate

STABLECOINS = frozenset({"USDT", "USDC", "DAI", "FDUSD", "TUSD", "PYUSD", "USDP", "USDS", "USD1", "RLUSD"})
_BRIDGES = ("USD", "USDT", "USDC")
_PATIENCE_S = 2.0


@dataclass(frozen=True)
class PairQuote:
    """The top of a pair's book as a rate: quote units per base unit, and what taking it costs in per cent (half the spread, and the fee)."""

    mid: float
    cost_pct: float | None


QuotePair = Callable[[str, str], Awaitable[PairQuote | None]]
"""(exchange, market) -> its quote; None where the exchange lists no such market."""


class UsdRates:
    """Finds the rate of a quote currency on the exchanges given, asking each in turn."""

    def __init__(self, quote_pair: QuotePair, exchanges: Sequence[str]) -> None:
        self._quote_pair = quote_pair
        self._exchanges = exchanges

    async def rate(self, exchange: str, quote: str) -> UsdRate:
        """The USD value of one `quote` unit, read on `exchange` first and on the other exchanges after it.

        A stablecoin that none prices counts as 1 at an unknown conversion cost; any other currency raises NoUsdRate.
        """
        if quote == "USD":
            return UsdRate()
        for venue in dict.fromkeys((exchange, *self._exchanges)):
            found = await self._patiently(venue, quote)
            if found is not None:
                return found
        if quote in STABLECOINS:
            return UsdRate(1.0, None)
        raise NoUsdRate(exchange, quote)

    async def _patiently(self, venue: str, quote: str) -> UsdRate | None:
        """The rate on one venue, None where it has none or suffers from anything: a rate only helps another question."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await self._on(venue, quote)
        except (TimeoutError, LiquidityError):
            return None

    async def _on(self, venue: str, quote: str) -> UsdRate | None:
        for bridge in _BRIDGES[:1] if quote in STABLECOINS else _BRIDGES:
            for market, inverse in ((f"{quote}/{bridge}", False), (f"{bridge}/{quote}", True)):
                top = await self._quote_pair(venue, market)
                if top is not None:
                    # A bridge that only counts as dollars leaves the cost of the last step unknown.
                    cost = top.cost_pct if bridge == "USD" else None
                    return UsdRate(1 / top.mid if inverse else top.mid, cost, f"{venue} {market}")
        return None
