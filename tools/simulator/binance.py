"""Binance's spot API v3, and as much of its futures APIs as shows that none is listed."""

from typing import Any

from .source import ListedMarket, RawBook
from .venue import BookQuery, Listing, Query, Refused, Venue, decimals, whole_number

_MOST_LEVELS = 5_000


def _market_id(market: ListedMarket) -> str:
    return market.base + market.quote


def _symbol(market: ListedMarket) -> dict[str, Any]:
    return {
        "symbol": _market_id(market),
        "status": "TRADING",
        "baseAsset": market.base,
        "baseAssetPrecision": max(8, decimals(market.size_step)),
        "quoteAsset": market.quote,
        "quotePrecision": 8,
        "orderTypes": ["LIMIT", "MARKET"],
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": market.price_tick, "maxPrice": "1000000.00", "tickSize": market.price_tick},
            {"filterType": "LOT_SIZE", "minQty": market.size_step, "maxQty": "90000000.00", "stepSize": market.size_step},
            {"filterType": "NOTIONAL", "minNotional": "5.00", "maxNotional": "9000000.00"},
        ],
        "permissions": ["SPOT"],
    }


def _exchange_info(listing: Listing, _: Query) -> dict[str, Any]:
    symbols = [_symbol(market) for market in listing.markets]
    return {"timezone": "UTC", "serverTime": listing.now_ms, "rateLimits": [], "exchangeFilters": [], "symbols": symbols}


def _no_derivatives(listing: Listing, _: Query) -> dict[str, Any]:
    return {"timezone": "UTC", "serverTime": listing.now_ms, "rateLimits": [], "exchangeFilters": [], "symbols": []}


def _depth(query: Query) -> BookQuery:
    levels = whole_number(query.get("limit", "100"))
    if not levels:
        raise Refused({"code": -1100, "msg": "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'."}, 400)
    # More than the most is no error: Binance documents that it then sends the most.
    return BookQuery(query.get("symbol", ""), min(levels, _MOST_LEVELS))


def _book(_: ListedMarket, raw: RawBook) -> dict[str, Any]:
    return {"lastUpdateId": raw.timestamp_ms, "bids": raw.bids, "asks": raw.asks}


def _unknown_market(_: str) -> Refused:
    return Refused({"code": -1121, "msg": "Invalid symbol."}, 400)


def _config(http: str, ws: str) -> dict[str, Any]:
    return {
        "urls": {
            "api": {
                "public": http + "/api/v3",
                "fapiPublic": http + "/fapi/v1",
                "dapiPublic": http + "/dapi/v1",
                "eapiPublic": http + "/eapi/v1",
                "ws": {"spot": ws + "/stream/ws"},
            }
        },
        "options": {"fetchMarkets": {"types": ["spot"]}},
    }


VENUE = Venue(
    exchange="binance",
    market_id=_market_id,
    pages={
        "/api/v3/ping": lambda _listing, _query: {},
        "/api/v3/time": lambda listing, _: {"serverTime": listing.now_ms},
        "/api/v3/exchangeInfo": _exchange_info,
        "/fapi/v1/exchangeInfo": _no_derivatives,
        "/dapi/v1/exchangeInfo": _no_derivatives,
    },
    books={"/api/v3/depth": _depth},
    book=_book,
    unknown_market=_unknown_market,
    config=_config,
)
