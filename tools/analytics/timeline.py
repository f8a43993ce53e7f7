"""Where liquidity stood over time: depth by distance from mid, a column for each stretch of the window."""

from datetime import datetime

from ..parameters import Source
from ..units import Count, Pct, Price, Usd
from .result import Result
from .series import Profiles


class LiquidityTimeline(Result):
    """Depth over time on one exchange: `usd[i][j]` stood from `edges_pct[i]` to `edges_pct[i + 1]` from mid (negative: bids) at `times[j]`.

    Null is what lies beyond the exchange's answer, or a stretch without snapshots; `mid_price[j]` is the mid then.
    `column_seconds` is what a column stands for.
    """

    symbol: str
    symbol_used: str
    exchange: str
    price_currency: str
    base_currency: str
    start: datetime
    end: datetime
    sample_count: Count
    column_seconds: Count
    edges_pct: list[Pct]
    times: list[datetime]
    mid_price: list[Price | None]
    usd: list[list[Usd | None]]


def timeline(profiles: Profiles, market: tuple[Source, str, str], asked: str, window: tuple[datetime, datetime], now: datetime) -> LiquidityTimeline:
    """The timeline of (source, exchange, symbol) over (start, end). The edges reach as far from mid as at least half the columns know, on both sides.

    Raises InsufficientHistory where there is no profile at all.
    """
    raise NotImplementedError
