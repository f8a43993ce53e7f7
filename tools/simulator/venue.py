"""What a venue's protocol is made of: pure functions from books and markets to the JSON that the exchange would send."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .source import ListedMarket, RawBook

Query = Mapping[str, str]
"""The parameters of a request's query string."""


class Refused(Exception):
    """The exchange says no, in its own words."""

    def __init__(self, body: Any, status: int = 200) -> None:
        super().__init__(body)
        self.body = body
        self.status = status


@dataclass(frozen=True)
class Listing:
    """What pages that are not books are made of; `now` is the clock of the source."""

    markets: Sequence[ListedMarket]
    now: datetime

    @property
    def now_ms(self) -> int:
        """The clock in milliseconds since 1970."""
        return round(self.now.timestamp() * 1_000)

    @property
    def assets(self) -> list[str]:
        """Every asset and currency that is traded."""
        return sorted({name for market in self.markets for name in (market.base, market.quote)})


@dataclass(frozen=True)
class BookQuery:
    """Which book a request asks for: the exchange's id of the market, and the levels per side, None for all."""

    market_id: str
    levels: int | None


@dataclass(frozen=True)
class Venue:
    """One exchange's public REST protocol; paths start after the venue's prefix.

    `books` reads the query of a request for a book and `pages` answers other requests; both may raise Refused, and `unknown_market`
    makes the refusal of an unlisted one. `config` makes the part of a ccxt configuration that differs, from the HTTP and WebSocket prefixes.
    """

    exchange: str
    market_id: Callable[[ListedMarket], str]
    pages: Mapping[str, Callable[[Listing, Query], Any]]
    books: Mapping[str, Callable[[Query], BookQuery]]
    book: Callable[[ListedMarket, RawBook], Any]
    unknown_market: Callable[[str], Refused]
    config: Callable[[str, str], dict[str, Any]]


def whole_number(text: str) -> int | None:
    """The number that a query parameter holds, None where it is none."""
    return int(text) if text.isascii() and text.isdigit() else None


def decimals(step: str) -> int:
    """Decimal places of a step such as "0.01"."""
    return len(step.partition(".")[2])
