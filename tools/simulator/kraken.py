"""Kraken's public spot API, old names included: bitcoin is XBT, and the oldest assets carry an X or Z before theirs."""

from typing import Any

from .source import ListedMarket, RawBook
from .venue import BookQuery, Listing, Query, Refused, Venue, decimals, whole_number

_MOST_LEVELS = 500
_ALTNAMES = {"BTC": "XBT", "DOGE": "XDG"}
_PREFIXES = {"XBT": "X", "XDG": "X", "ETH": "X", "XRP": "X", "USD": "Z"}
_OLD_PAIRS = {"XBTUSD": "XXBTZUSD", "ETHUSD": "XETHZUSD", "XRPUSD": "XXRPZUSD", "USDTUSD": "USDTZUSD"}


def _altname(asset: str) -> str:
    return _ALTNAMES.get(asset, asset)


def _asset_id(asset: str) -> str:
    name = _altname(asset)
    return _PREFIXES.get(name, "") + name


def _pair_altname(market: ListedMarket) -> str:
    return _altname(market.base) + _altname(market.quote)


def _market_id(market: ListedMarket) -> str:
    name = _pair_altname(market)
    return _OLD_PAIRS.get(name, name)


def _answer(result: Any) -> dict[str, Any]:
    return {"error": [], "result": result}


def _refusal(error: str) -> Refused:
    return Refused({"error": [error]})


def _pair(market: ListedMarket) -> dict[str, Any]:
    return {
        "altname": _pair_altname(market),
        "wsname": f"{_altname(market.base)}/{_altname(market.quote)}",
        "aclass_base": "currency",
        "base": _asset_id(market.base),
        "aclass_quote": "currency",
        "quote": _asset_id(market.quote),
        "lot": "unit",
        "pair_decimals": decimals(market.price_tick),
        "lot_decimals": decimals(market.size_step),
        "lot_multiplier": 1,
        "leverage_buy": [],
        "leverage_sell": [],
        "fees": [[0, 0.4]],
        "fees_maker": [[0, 0.25]],
        "fee_volume_currency": "ZUSD",
        "ordermin": market.size_step,
        "costmin": "0.5",
        "tick_size": market.price_tick,
        "status": "online",
    }


def _pairs(listing: Listing, _: Query) -> dict[str, Any]:
    return _answer({_market_id(market): _pair(market) for market in listing.markets})


def _assets(listing: Listing, _: Query) -> dict[str, Any]:
    assets = {
        _asset_id(name): {"aclass": "currency", "altname": _altname(name), "decimals": 10, "display_decimals": 5, "status": "enabled"}
        for name in listing.assets
    }
    return _answer(assets)


def _time(listing: Listing, _: Query) -> dict[str, Any]:
    return _answer({"unixtime": listing.now_ms // 1_000, "rfc1123": f"{listing.now:%a, %d %b %y %H:%M:%S} +0000"})


def _status(listing: Listing, _: Query) -> dict[str, Any]:
    return _answer({"status": "online", "timestamp": f"{listing.now:%Y-%m-%dT%H:%M:%SZ}"})


def _depth(query: Query) -> BookQuery:
    levels = whole_number(query.get("count", "100"))
    if levels is None or not 1 <= levels <= _MOST_LEVELS:
        raise _refusal("EGeneral:Invalid arguments:count")
    return BookQuery(query.get("pair", ""), levels)


def _book(market: ListedMarket, raw: RawBook) -> dict[str, Any]:
    seconds = raw.timestamp_ms // 1_000
    sides = {"asks": [(*level, seconds) for level in raw.asks], "bids": [(*level, seconds) for level in raw.bids]}
    return _answer({_market_id(market): sides})


def _config(http: str, ws: str) -> dict[str, Any]:
    return {"urls": {"api": {"public": http, "ws": {"publicV2": ws + "/v2"}}}}


VENUE = Venue(
    exchange="kraken",
    market_id=_market_id,
    pages={
        "/0/public/AssetPairs": _pairs,
        "/0/public/Assets": _assets,
        "/0/public/SystemStatus": _status,
        "/0/public/Time": _time,
    },
    books={"/0/public/Depth": _depth},
    book=_book,
    unknown_market=lambda _: _refusal("EQuery:Unknown asset pair"),
    config=_config,
)
