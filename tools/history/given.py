"""Rows of a file as snapshots. What follows from other fields is computed anew, and fields that nobody knows are passed over."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, cast

from ..analytics.snapshot import Snapshot
from ..errors import NotReadable, did_you_mean, outside_text
from ..parameters import Source, normal_symbol, normal_word
from .bounds import LARGEST, MOST_USD, SMALLEST, checked, depth_of, number_of, profile_of

_FILE_NAME = re.compile(r"(?P<exchange>[A-Za-z0-9]+)_(?P<base>[A-Za-z0-9]+)_(?P<quote>[A-Za-z0-9]+)\.")
_EXCHANGE = re.compile(r"[a-z0-9_-]{1,40}")
# Assets may be called by a number alone, such as 4/USDT, but none that is paid with.
_SYMBOL = re.compile(r"(?=.{3,40}$)[\w.$@!*+-]+/(?!\d+(?::|$))[\w.$@!*+-]+(:[\w.$@!*+-]+)?")
_SIZES = ("bid_volume_10", "ask_volume_10", "total_volume_20")
_AMOUNTS = ("liquidity_1pct_usd", "liquidity_2pct_usd")
_DOLLARS = ("USD", "USDT", "USDC")
# Seconds since 1970 reach this in the year 5138, milliseconds did in 1973.
_FIRST_MILLISECONDS = 1e11
_FIRST_TIME = datetime(1971, 1, 1, tzinfo=UTC)


class Presumed(NamedTuple):
    """The market that rows are of where they do not say, empty is unknown; and the time that none of them can lie behind.

    `doubt` says why a file's name that looks like one gives no market, and `instead` which exchanges it may have meant.
    """

    source: Source
    exchange: str
    symbol: str
    latest: datetime
    doubt: str = ""
    instead: Sequence[str] = ()


def of_file(path: Path, source: Source, latest: datetime, exchanges: Collection[str]) -> Presumed:
    """What a file's name says of its rows: `binance_SOL_USDT.json` holds SOL/USDT on binance, if that is one of `exchanges`."""
    named = _FILE_NAME.match(path.name)
    if not named:
        return Presumed(source, "", "", latest)
    exchange, symbol = named["exchange"].lower(), f"{named['base']}/{named['quote']}".upper()
    if exchange not in exchanges:
        doubt = f", and the file's name begins with {outside_text(exchange)}, which is no exchange that is known"
        return Presumed(source, "", "", latest, doubt, get_close_matches(exchange, exchanges, n=2))
    if not _SYMBOL.fullmatch(symbol):
        return Presumed(source, "", "", latest, f", and the file's name says {outside_text(symbol)}, which is no market")
    return Presumed(source, exchange, symbol, latest)


def snapshot_of(row: Any, market: Presumed) -> Snapshot:
    """A row as a snapshot; raises NotReadable, which says what is wrong with it."""
    if not isinstance(row, dict):
        raise NotReadable("is no object with the fields of a snapshot: a .jsonl file holds one a line, a .json file a list of them.")
    given = cast("Mapping[str, Any]", row)
    source = given.get("source") or market.source
    if source != market.source:
        raise NotReadable(f"is {outside_text(str(source))}, and this history is {market.source}.")
    exchange, symbol = _names(given, market)
    bid, ask = (number_of(given, name, SMALLEST, LARGEST) for name in ("best_bid", "best_ask"))
    if bid >= ask:
        raise NotReadable(f"has its best bid {bid:.12g} at or above its best ask {ask:.12g}.")
    volumes = {name: number_of(given, name, SMALLEST if name == "ask_volume_10" else 0, LARGEST) for name in _SIZES}
    amounts = {name: number_of(given, name, 0, MOST_USD) for name in _AMOUNTS}
    mid = (bid + ask) / 2
    known = {
        "source": market.source,
        "exchange": exchange,
        "symbol": symbol,
        "timestamp": _time(given.get("timestamp"), market.latest),
        "best_bid": bid,
        "best_ask": ask,
        "spread": ask - bid,
        "spread_percentage": 100 * (ask - bid) / mid,
        "mid_price": mid,
        "imbalance_ratio": volumes["bid_volume_10"] / volumes["ask_volume_10"],
        "usd_rate": _usd_rate(given, symbol),
        "depth": depth_of(given.get("depth") or []),
        "profile": None if given.get("profile") is None else profile_of(given["profile"]),
    }
    return checked(Snapshot, {**known, **volumes, **amounts})


def _names(row: Mapping[str, Any], market: Presumed) -> tuple[str, str]:
    exchange = str(normal_word(row.get("exchange") or market.exchange))
    symbol = str(normal_symbol(row.get("symbol") or market.symbol))
    if not exchange or "/" not in symbol:
        instead = did_you_mean(market.instead)
        raise NotReadable(f"names no exchange or no market{market.doubt}; name the file after them, such as binance_SOL_USDT.json.{instead}")
    if not _EXCHANGE.fullmatch(exchange):
        raise NotReadable(f"has {outside_text(exchange)} for an exchange, which must be a word of a-z, 0-9, _ and - of at most 40 characters.")
    if not _SYMBOL.fullmatch(symbol):
        raise NotReadable(f"has {outside_text(symbol)} for a symbol, which must be a market such as SOL/USDT of at most 40 characters.")
    return exchange, symbol


def _usd_rate(row: Mapping[str, Any], symbol: str) -> float:
    quote = symbol.partition("/")[2].partition(":")[0]
    if row.get("usd_rate") is None:
        if quote in _DOLLARS:
            return 1.0
        raise NotReadable(f"has no usd_rate, what one {outside_text(quote)} is worth in US dollars; markets in {', '.join(_DOLLARS)} need none.")
    return number_of(row, "usd_rate", SMALLEST, LARGEST)


def _time(value: Any, latest: datetime) -> datetime:
    try:
        time = _utc(value)
    except (ValueError, OverflowError, OSError):
        given = "no time" if value is None else f"{outside_text(str(value))} for a time"
        raise NotReadable(f"has {given}; timestamp must be ISO 8601, or seconds or milliseconds since 1970.") from None
    if not _FIRST_TIME <= time <= latest:
        raise NotReadable(f"is of {time.isoformat()}, which must not lie before {_FIRST_TIME.year} nor more than a day ahead of now.")
    return time


def _utc(value: Any) -> datetime:
    """Raises ValueError, OverflowError or OSError for what is no time; one that names no zone is UTC."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1_000 if abs(value) >= _FIRST_MILLISECONDS else value, UTC)
    time = value if isinstance(value, datetime) else datetime.fromisoformat(str(value or "none").strip())
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
