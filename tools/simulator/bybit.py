"""Bybit's public API v5, spot category only."""

from typing import Any

from .source import ListedMarket, RawBook
from .venue import BookQuery, Listing, Query, Refused, Venue, whole_number

_MOST_LEVELS = 200


def _market_id(market: ListedMarket) -> str:
    return market.base + market.quote


def _answer(result: dict[str, Any], time_ms: int) -> dict[str, Any]:
    return {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": time_ms}


def _refusal(what: str) -> Refused:
    return Refused({"retCode": 10001, "retMsg": what, "result": {}, "retExtInfo": {}})


def _instrument(market: ListedMarket) -> dict[str, Any]:
    return {
        "symbol": _market_id(market),
        "baseCoin": market.base,
        "quoteCoin": market.quote,
        "innovation": "0",
        "status": "Trading",
        "marginTrading": "none",
        "lotSizeFilter": {
            "basePrecision": market.size_step,
            "quotePrecision": "0.00000001",
            "minOrderQty": market.size_step,
            "maxOrderQty": "99999999",
            "minOrderAmt": "5",
            "maxOrderAmt": "4000000",
        },
        "priceFilter": {"tickSize": market.price_tick},
    }


def _instruments(listing: Listing, query: Query) -> dict[str, Any]:
    category = query.get("category", "")
    instruments = [_instrument(market) for market in listing.markets] if category == "spot" else []
    return _answer({"category": category, "list": instruments, "nextPageCursor": ""}, listing.now_ms)


def _time(listing: Listing, _: Query) -> dict[str, Any]:
    return _answer({"timeSecond": str(listing.now_ms // 1_000), "timeNano": str(listing.now_ms * 1_000_000)}, listing.now_ms)


def _orderbook(query: Query) -> BookQuery:
    levels = whole_number(query.get("limit", "1"))
    if levels is None or not 1 <= levels <= _MOST_LEVELS:
        raise _refusal("params error: limit is out of range")
    return BookQuery(query.get("symbol", "") if query.get("category") == "spot" else "", levels)


def _book(market: ListedMarket, raw: RawBook) -> dict[str, Any]:
    result = {"s": _market_id(market), "b": raw.bids, "a": raw.asks, "ts": raw.timestamp_ms, "u": raw.timestamp_ms, "seq": raw.timestamp_ms}
    return _answer(result, raw.clock_ms)


def _config(http: str, ws: str) -> dict[str, Any]:
    return {"urls": {"api": {"public": http, "ws": {"public": {"spot": ws + "/v5/public/spot"}}}}, "options": {"fetchMarkets": {"types": ["spot"]}}}


VENUE = Venue(
    exchange="bybit",
    market_id=_market_id,
    pages={"/v5/market/instruments-info": _instruments, "/v5/market/time": _time},
    books={"/v5/market/orderbook": _orderbook},
    book=_book,
    unknown_market=lambda _: _refusal("Not supported symbols"),
    config=_config,
)
