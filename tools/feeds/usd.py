"""What quote currencies are worth in US dollars, read from books."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median

from ..book import UsdRate
from ..errors import LiquidityError, NoUsdRate

STABLECOINS = frozenset({"USDT", "USDC", "DAI", "FDUSD", "TUSD", "PYUSD", "USDP", "USDS", "USD1", "RLUSD"})
_BRIDGES = ("USD", "USDT", "USDC")
_PATIENCE_S = 2.0
_AGREEMENT = 0.2


@dataclass(frozen=True)
class PairQuote:
    """The top of a pair's book as a rate: quote units per base unit, and what taking it costs in per cent (half the spread, and the fee)."""

    mid: float
    cost_pct: float | None


QuotePair = Callable[[str, str], Awaitable[PairQuote | None]]
"""(exchange, market) -> its quote; None where the exchange lists no such market."""


class UsdRates:
    """Finds the rate of a quote currency on the exchanges given."""

    def __init__(self, quote_pair: QuotePair, exchanges: Sequence[str]) -> None:
        self._quote_pair = quote_pair
        self._exchanges = exchanges

    async def rate(self, exchange: str, quote: str) -> UsdRate:
        """The USD value of one `quote` unit: what `exchange` itself says, else the first of the others that most agree with.

        A stablecoin that none prices counts as 1 at an unknown conversion cost; NoUsdRate is raised for any other currency, and where they disagree.
        """
        if quote == "USD":
            return UsdRate()
        own = await self._patiently(exchange, quote)
        if own is not None:
            return own
        others = await asyncio.gather(*(self._patiently(venue, quote) for venue in self._exchanges if venue != exchange))
        found = [rate for rate in others if rate is not None]
        if not found and quote in STABLECOINS:
            return UsdRate(1.0, None)
        agreed = _agreed(found, quote)
        if agreed is None:
            raise NoUsdRate(exchange, quote)
        return agreed

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


def _agreed(rates: Sequence[UsdRate], quote: str) -> UsdRate | None:
    """The first rate near the median of all, so that one exchange that errs cannot price another's book; a stablecoin's peg has a vote of its own."""
    votes = [rate.value for rate in rates] + ([1.0] if quote in STABLECOINS else [])
    middle = median(votes) if votes else 0.0
    return next((rate for rate in rates if abs(rate.value - middle) <= _AGREEMENT * middle), None)
