"""What the simulated venues sell: books as exchanges write them, and the seam that generated and recorded books share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..parameters import Source

SPOKEN = ("binance", "coinbase", "kraken", "okx", "bybit")
"""The exchanges whose protocols the simulator speaks."""

Level = tuple[str, str]
"""Price in quote currency and size in base units, as written by the exchange."""


@dataclass(frozen=True)
class ListedMarket:
    """A spot market that an exchange lists; `price_tick` and `size_step` are decimal strings such as "0.01"."""

    symbol: str
    price_tick: str
    size_step: str

    @property
    def base(self) -> str:
        """The asset that is traded."""
        return self.symbol.partition("/")[0]

    @property
    def quote(self) -> str:
        """The currency that prices are in."""
        return self.symbol.partition("/")[2]


@dataclass(frozen=True)
class RawBook:
    """One book as an exchange writes it, best level first.

    `timestamp_ms` is when the book was true and `clock_ms` what the source's clock showed when it was asked, so its age is their
    difference. `loop` counts how often a replay has begun anew; at its change time jumps back.
    """

    timestamp_ms: int
    clock_ms: int
    bids: Sequence[Level]
    asks: Sequence[Level]
    loop: int = 0


class BookSource(Protocol):
    """Where the simulated venues get their books."""

    @property
    def source(self) -> Source:
        """What these books are: simulated or replay, never live."""
        ...

    @property
    def exchanges(self) -> tuple[str, ...]:
        """The exchanges there are books for, all among SPOKEN."""
        ...

    def markets(self, exchange: str) -> Sequence[ListedMarket]:
        """What an exchange lists, nothing for one without books."""
        ...

    def book(self, exchange: str, symbol: str, levels: int | None = None) -> RawBook:
        """The book as it stands, the best `levels` of each side or all. Raises UnknownSymbol for one that is not listed."""
        ...

    def now(self) -> datetime:
        """The source's clock in UTC; for a replay the recording's."""
        ...
