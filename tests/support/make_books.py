"""OrderBook values from rows, for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from tools.book import Contract, OrderBook, TakerFee, UsdRate, clean

NOON = datetime(2026, 8, 9, 12, tzinfo=UTC)
"""The moment books are taken, unless a test says otherwise."""


def book(
    bids: Sequence[Sequence[Any]],
    asks: Sequence[Sequence[Any]],
    *,
    exchange: str = "kraken",
    symbol: str = "BTC/USD",
    all_sent: tuple[bool, bool] = (False, False),
    usd: float = 1.0,
    conversion_cost_pct: float | None = 0.0,
    fee_pct: float | None = 0.0,
    fee_origin: Literal["configured", "default schedule"] = "configured",
    source: Literal["live", "simulated", "replay"] = "live",
    taken_after_s: float = 0.0,
    lag_ms: float = 0.0,
    contract: Contract = Contract(),
    warnings: Sequence[str] = (),
) -> OrderBook:
    """A book from raw rows (price, size), cleaned as the product cleans; taken `taken_after_s` after NOON."""
    bid_levels, ask_levels = clean(exchange, symbol, bids, asks, all_sent=all_sent, contract=contract)
    taken = NOON + timedelta(seconds=taken_after_s)
    return OrderBook(
        exchange=exchange,
        symbol=symbol,
        bids=bid_levels,
        asks=ask_levels,
        source=source,
        as_of=taken - timedelta(milliseconds=lag_ms),
        received_at=taken,
        usd=UsdRate(usd, conversion_cost_pct),
        fee=TakerFee(fee_pct, "unknown" if fee_pct is None else fee_origin),
        lag_ms=lag_ms,
        warnings=tuple(warnings),
    )
