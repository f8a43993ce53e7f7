"""Coinbase's Advanced Trade API v3, and the currencies of its v2, as they answer without a key."""

from datetime import UTC, datetime
from typing import Any

from .source import ListedMarket, RawBook
from .venue import BookQuery, Listing, Query, Refused, Venue, whole_number

_FIAT = ("USD",)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _market_id(market: ListedMarket) -> str:
    return f"{market.base}-{market.quote}"


def _product(market: ListedMarket) -> dict[str, Any]:
    return {
        "product_id": _market_id(market),
        "base_increment": market.size_step,
        "quote_increment": market.price_tick,
        "price_increment": market.price_tick,
        "base_min_size": market.size_step,
        "base_max_size": "100000000",
        "quote_min_size": "1",
        "quote_max_size": "150000000",
        "base_name": market.base,
        "quote_name": market.quote,
        "status": "online",
        "is_disabled": False,
        "trading_disabled": False,
        "product_type": "SPOT",
        "base_currency_id": market.base,
        "quote_currency_id": market.quote,
        "alias": "",
        "alias_to": [],
    }


def _products(listing: Listing, query: Query) -> dict[str, Any]:
    products = [_product(market) for market in listing.markets] if query.get("product_type", "SPOT") == "SPOT" else []
    return {"products": products, "num_products": len(products)}


def _fiat(listing: Listing, _: Query) -> dict[str, Any]:
    return {"data": [{"id": name, "name": name, "min_size": "0.01"} for name in listing.assets if name in _FIAT]}


def _crypto(listing: Listing, _: Query) -> dict[str, Any]:
    return {"data": [{"asset_id": name, "code": name, "name": name, "exponent": "8", "type": "crypto"} for name in listing.assets if name not in _FIAT]}


def _seconds(listing: Listing, _: Query) -> dict[str, Any]:
    return {"data": {"iso": _iso(listing.now), "epoch": listing.now_ms // 1_000}}


def _time(listing: Listing, _: Query) -> dict[str, Any]:
    return {"iso": _iso(listing.now), "epochSeconds": str(listing.now_ms // 1_000), "epochMillis": str(listing.now_ms)}


def _product_book(query: Query) -> BookQuery:
    levels = whole_number(query["limit"]) if "limit" in query else None
    # Coinbase passes any limit through, and sends everything where it is 0 or absent.
    return BookQuery(query.get("product_id", ""), levels or None)


def _book(market: ListedMarket, raw: RawBook) -> dict[str, Any]:
    return {
        "pricebook": {
            "product_id": _market_id(market),
            "bids": [{"price": price, "size": size} for price, size in raw.bids],
            "asks": [{"price": price, "size": size} for price, size in raw.asks],
            "time": _iso(datetime.fromtimestamp(raw.timestamp_ms / 1_000, UTC)),
        }
    }


def _unknown_market(_: str) -> Refused:
    what = "valid product_id is required"
    return Refused({"error": "INVALID_ARGUMENT", "error_details": what, "message": what}, 400)


def _config(http: str, ws: str) -> dict[str, Any]:
    return {"urls": {"api": {"rest": http, "ws": ws + "/ws"}}}


VENUE = Venue(
    exchange="coinbase",
    market_id=_market_id,
    pages={
        "/api/v3/brokerage/market/products": _products,
        "/api/v3/brokerage/time": _time,
        "/v2/time": _seconds,
        "/v2/currencies": _fiat,
        "/v2/currencies/crypto": _crypto,
        "/v2/exchange-rates": lambda _listing, _query: {"data": {"currency": "USD", "rates": {"USD": "1.0"}}},
    },
    books={"/api/v3/brokerage/market/product_book": _product_book},
    book=_book,
    unknown_market=_unknown_market,
    config=_config,
)
