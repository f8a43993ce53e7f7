"""The arguments that tools take, each named, bounded and described once."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

Source = Literal["live", "simulated", "replay"]
"""Where a book came from. Sources never mix."""

_SPACED_OFFSET = re.compile(r"(:\d\d(?:\.\d+)?) (\d\d:\d\d)$")
_EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
_SEPARATORS = re.compile(r"\s*[/_\-\s]\s*")


def normal_symbol(value: object) -> object:
    """A symbol as people spell it (`btc-usdt`, ` Sol/USDT `) in ccxt's spelling; other types are left for validation to refuse."""
    return _SEPARATORS.sub("/", value.strip().upper(), count=1) if isinstance(value, str) else value


def normal_word(value: object) -> object:
    """A word of a fixed vocabulary, such as an exchange id, in lower case without surrounding space."""
    return value.strip().lower() if isinstance(value, str) else value


def normal_time(value: object) -> object:
    """An ISO 8601 time in UTC, where none is named taken as UTC, or a datetime that names its zone; raises ValueError for anything else that is not empty."""
    if isinstance(value, str) and not value.strip():
        return ""
    try:
        utc = _time(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be an ISO 8601 time such as 2026-11-22T14:00:00Z, or empty for now") from None
    if utc < _EARLIEST:
        raise ValueError(f"must not lie before {_EARLIEST.year}")
    return utc.isoformat()


def _time(value: object) -> datetime:
    """Raises ValueError for what is no time. A datetime without a zone is none: it would mean this machine's, and a text without one UTC."""
    if isinstance(value, datetime) and value.tzinfo:
        return value
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004 - told as every other value that is no time
    # In a query string the plus of an offset reads as a space; RFC 3339 lets T and Z be small.
    time = datetime.fromisoformat(_SPACED_OFFSET.sub(r"\1+\2", value.strip().upper()))
    return time if time.tzinfo else time.replace(tzinfo=UTC)


ChartKind = Annotated[
    Literal["depth", "comparison", "impact", "trend", "alerts"],
    BeforeValidator(normal_word),
    Field(description="depth: cumulative book; comparison: exchanges; impact: cost by order size; trend: liquidity over hours; alerts: over hours."),
]
Symbol = Annotated[
    str,
    BeforeValidator(normal_symbol),
    Field(
        min_length=1,
        max_length=40,
        description="Asset (BTC: each exchange's deepest USD, USDT or USDC market) or market (BTC/USDT).",
        examples=["BTC", "SOL/USDT"],
    ),
]
SymbolOrAll = Annotated[
    str,
    BeforeValidator(normal_symbol),
    Field(max_length=40, description="Asset (BTC) or market (BTC/USDT); empty with kind alerts for every recorded market.", examples=["BTC"]),
]
Exchange = Annotated[
    str,
    BeforeValidator(normal_word),
    Field(max_length=40, description="Exchange id such as kraken; empty for the default.", examples=["kraken"]),
]
Exchanges = Annotated[
    Sequence[Annotated[str, BeforeValidator(normal_word), Field(min_length=1, max_length=40)]],
    Field(max_length=20, description="Exchange ids; empty for the configured ones.", examples=[["binance", "coinbase"]]),
]
Side = Annotated[Literal["buy", "sell"], BeforeValidator(normal_word), Field(description="buy takes asks, sell takes bids.")]
OrderSizeUsd = Annotated[
    float,
    Field(
        ge=0,
        le=1e12,
        allow_inf_nan=False,
        description="Order size in US dollars; 0 where order_size_base is given.",
        examples=[50000],
        json_schema_extra={"unit": "usd"},
    ),
]
OrderSizeBase = Annotated[
    float,
    Field(
        ge=0,
        le=1e15,
        allow_inf_nan=False,
        description="Order size in units of the asset, instead of order_size_usd.",
        examples=[0],
        json_schema_extra={"unit": "base"},
    ),
]
Levels = Annotated[
    int, Field(ge=1, le=100, description="Price levels per side to show; analysis always uses the deep book.", json_schema_extra={"unit": "count"})
]
Hours = Annotated[float, Field(gt=0, le=24 * 90, allow_inf_nan=False, description="Hours back.", json_schema_extra={"unit": "hours"})]
PastHours = Annotated[
    float,
    Field(ge=0, le=24 * 90, allow_inf_nan=False, description="0: the book now (a day with until), else the last hours.", json_schema_extra={"unit": "hours"}),
]
Until = Annotated[
    str,
    BeforeValidator(normal_time),
    Field(max_length=40, description="End of the window, ISO 8601 (2026-11-22T14:00Z); empty for now."),
]
ThresholdPct = Annotated[
    float, Field(ge=1, le=1_000, allow_inf_nan=False, description="Deviation from the usual that counts.", json_schema_extra={"unit": "pct"})
]
RuleAction = Annotated[
    Literal["list", "add", "remove"], BeforeValidator(normal_word), Field(description="What to do with the caller's rules.", examples=["add"])
]
RuleText = Annotated[
    str,
    Field(
        max_length=120,
        description="Rule to add (BTC spread on kraken > 5 bps), or rule or id to remove.",
        examples=["BTC spread on kraken > 5 bps"],
    ),
]
