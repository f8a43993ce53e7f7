"""OKX's public API v5, spot instruments only."""

from collections.abc import Callable
from typing import Any

from .source import ListedMarket, RawBook
from .venue import BookQuery, Listing, Query, Refused, Venue, whole_number

_MOST_LEVELS = 400
_MOST_LEVELS_FULL = 5_000


def _market_id(market: ListedMarket) -> str:
    return f"{market.base}-{market.quote}"


def _answer(data: list[Any]) -> dict[str, Any]:
    return {"code": "0", "msg": "", "data": data}


def _refusal(code: str, what: str) -> Refused:
    return Refused({"code": code, "msg": what, "data": []})


def _instrument(market: ListedMarket) -> dict[str, Any]:
    return {
        "instType": "SPOT",
        "instId": _market_id(market),
        "baseCcy": market.base,
        "quoteCcy": market.quote,
        "tickSz": market.price_tick,
        "lotSz": market.size_step,
        "minSz": market.size_step,
        "maxLmtSz": "99999999",
        "maxMktSz": "1000000",
        "listTime": "1548133413000",
        "lever": "",
        "settleCcy": "",
        "state": "live",
        "uly": "",
    }


def _instruments(listing: Listing, query: Query) -> dict[str, Any]:
    return _answer([_instrument(market) for market in listing.markets] if query.get("instType") == "SPOT" else [])


def _depth(most: int) -> Callable[[Query], BookQuery]:
    def read(query: Query) -> BookQuery:
        levels = whole_number(query.get("sz", "1"))
        if levels is None or not 1 <= levels <= most:
            raise _refusal("51000", "Parameter sz error")
        return BookQuery(query.get("instId", ""), levels)

    return read


def _book(_: ListedMarket, raw: RawBook) -> dict[str, Any]:
    # The third and fourth column: a retired field that is always 0, and the number of orders at the price.
    sides = {"asks": [(*level, "0", "1") for level in raw.asks], "bids": [(*level, "0", "1") for level in raw.bids]}
    return _answer([sides | {"ts": str(raw.timestamp_ms)}])


def _unknown_market(_: str) -> Refused:
    return _refusal("51001", "Instrument ID, Instrument ID code, or Spread ID doesn't exist.")


def _config(http: str, ws: str) -> dict[str, Any]:
    return {"urls": {"api": {"rest": http, "ws": ws + "/ws/v5"}}, "options": {"fetchMarkets": {"types": ["spot"]}}}


VENUE = Venue(
    exchange="okx",
    market_id=_market_id,
    pages={
        "/api/v5/public/instruments": _instruments,
        "/api/v5/public/time": lambda listing, _: _answer([{"ts": str(listing.now_ms)}]),
    },
    books={"/api/v5/market/books": _depth(_MOST_LEVELS), "/api/v5/market/books-full": _depth(_MOST_LEVELS_FULL)},
    book=_book,
    unknown_market=_unknown_market,
    config=_config,
)
