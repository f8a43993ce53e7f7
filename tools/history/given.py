"""Rows of a file as snapshots. What follows from other fields is computed anew, and fields that nobody knows are passed over."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, cast

from pydantic import ValidationError

from ..analytics.depth import BAND_WIDTHS_PCT, DepthBand
from ..analytics.snapshot import PROFILE_EDGES_PCT, DepthProfile, Snapshot
from ..errors import NotReadable, outside_text
from ..parameters import Source, normal_symbol, normal_time, normal_word

_FILE_NAME = re.compile(r"(?P<exchange>[a-z0-9]+)_(?P<base>[A-Za-z0-9]+)_(?P<quote>[A-Za-z0-9]+)\.")
_VOLUMES = ("bid_volume_10", "ask_volume_10", "total_volume_20", "liquidity_1pct_usd", "liquidity_2pct_usd")
_DOLLARS = ("USD", "USDT", "USDC")
# Seconds since 1970 reach this in the year 5138, milliseconds did in 1973.
_FIRST_MILLISECONDS = 1e11


class Market(NamedTuple):
    """The market that rows are of where they do not say; empty is unknown."""

    source: Source
    exchange: str
    symbol: str


def of_file(path: Path, source: Source) -> Market:
    """What a file's name says of its rows: `binance_SOL_USDT.json` holds SOL/USDT on binance."""
    named = _FILE_NAME.match(path.name)
    return Market(source, named["exchange"], f"{named['base']}/{named['quote']}".upper()) if named else Market(source, "", "")


def snapshot_of(row: Any, market: Market) -> Snapshot:
    """A row as a snapshot; raises NotReadable, which says what is wrong with it."""
    if not isinstance(row, dict):
        raise NotReadable("is no object with the fields of a snapshot.")
    given = cast("Mapping[str, Any]", row)
    source = given.get("source") or market.source
    if source != market.source:
        raise NotReadable(f"is {outside_text(str(source))}, and this history is {market.source}.")
    exchange = str(normal_word(given.get("exchange") or market.exchange))
    symbol = str(normal_symbol(given.get("symbol") or market.symbol))
    if not exchange or "/" not in symbol:
        raise NotReadable("names no exchange or no market; name the file after them, such as binance_SOL_USDT.json.")
    bid, ask = (_number(given, name, above_zero=True) for name in ("best_bid", "best_ask"))
    if bid >= ask:
        raise NotReadable(f"has its best bid {bid:.12g} at or above its best ask {ask:.12g}.")
    volumes = {name: _number(given, name, above_zero=name == "ask_volume_10") for name in _VOLUMES}
    mid = (bid + ask) / 2
    return Snapshot(
        source=market.source,
        exchange=exchange,
        symbol=symbol,
        timestamp=_time(given.get("timestamp")),
        best_bid=bid,
        best_ask=ask,
        spread=ask - bid,
        spread_percentage=100 * (ask - bid) / mid,
        mid_price=mid,
        imbalance_ratio=volumes["bid_volume_10"] / volumes["ask_volume_10"],
        usd_rate=_usd_rate(given, symbol),
        depth=_checked(_depth, given.get("depth") or []),
        profile=None if given.get("profile") is None else _checked(_profile, given["profile"]),
        **volumes,
    )


def _number(row: Mapping[str, Any], name: str, *, above_zero: bool) -> float:
    value = row.get(name)
    if value is None:
        raise NotReadable(f"has no {name}.")
    try:
        number = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not isfinite(number) or number < 0 or (above_zero and number == 0):
        raise NotReadable(f"has {outside_text(str(value))} for {name}, which must be a number {'above' if above_zero else 'of at least'} 0.")
    return number


def _usd_rate(row: Mapping[str, Any], symbol: str) -> float:
    quote = symbol.partition("/")[2].partition(":")[0]
    if row.get("usd_rate") is None and quote in _DOLLARS:
        return 1.0
    return _number(row, "usd_rate", above_zero=True)


def _time(value: Any) -> datetime:
    try:
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1_000 if abs(value) >= _FIRST_MILLISECONDS else value, UTC)
        return datetime.fromisoformat(str(normal_time(value or "none")))
    except (ValueError, OverflowError, OSError):
        given = "no time" if value is None else f"{outside_text(str(value))} for a time"
        raise NotReadable(f"has {given}; timestamp must be ISO 8601, or seconds or milliseconds since 1970.") from None


def _checked(read: Callable[[Any], Any], value: Any) -> Any:
    try:
        return read(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise NotReadable(f"has a wrong {'.'.join(str(part) for part in first['loc']) or 'field'}: {outside_text(first['msg'])}.") from None


def _depth(value: Any) -> list[DepthBand]:
    bands = [DepthBand.model_validate(one) for one in value] if isinstance(value, list) else []
    if not isinstance(value, list) or any(band.width_pct not in BAND_WIDTHS_PCT for band in bands):
        raise NotReadable(f"has a depth that is no list of bands of {', '.join(f'{width:g}' for width in BAND_WIDTHS_PCT)}%.")
    return bands


def _profile(value: Any) -> DepthProfile:
    profile = DepthProfile.model_validate(value)
    if {len(profile.bid_sizes), len(profile.ask_sizes)} != {len(PROFILE_EDGES_PCT)}:
        raise NotReadable(f"has a profile of other than {len(PROFILE_EDGES_PCT)} bins a side.")
    return profile
